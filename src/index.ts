// What wrangler.toml points at: the HTTP handler, the cron's sweep and the two Durable Object classes.

import { app } from './app.ts';
import { sweep } from './watch/sweep.ts';

export { Links } from './links/links.ts';
export { Outbox } from './outbox/outbox.ts';

export default {
  fetch: app.fetch,
  scheduled: (_controller, env) => sweep(env, Date.now()),
} satisfies ExportedHandler<Cloudflare.Env>;
