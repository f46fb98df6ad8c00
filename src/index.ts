// What wrangler.toml points at: the HTTP handler, the cron's sweep and the three Durable Object classes.

import { appWith } from './app.ts';
import { PROVIDERS } from './intake/providers.ts';
import { sweep } from './watch/sweep.ts';

export { Links } from './links/links.ts';
export { Outbox } from './outbox/outbox.ts';
export { Sync } from './sync/sync.ts';

export default {
  fetch: appWith(PROVIDERS).fetch,
  scheduled: (_controller, env) => sweep(env, Date.now()),
} satisfies ExportedHandler<Cloudflare.Env>;
