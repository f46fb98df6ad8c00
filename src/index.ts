// What wrangler.toml points at: the three Durable Object classes, the HTTP handler and the cron's sweep. They stand in the order of the
// flow from its ground up, so that what is alike stands near in the bundle: compressed, that is 0.9 kB.

import { PROVIDERS } from './intake/providers.ts';

export { Outbox } from './outbox/outbox.ts';
export { Links } from './links/links.ts';
export { Sync } from './sync/sync.ts';

import { appWith } from './app.ts';
import { sweep } from './watch/sweep.ts';

export default {
  fetch: appWith(PROVIDERS).fetch,
  scheduled: (_controller, env) => sweep(env, Date.now()),
} satisfies ExportedHandler<Cloudflare.Env>;
