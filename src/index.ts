// What wrangler.toml points at: the HTTP handler, the cron's sweep and the two Durable Object classes.

import { app } from './app.ts';
import { isolateConfig } from './isolate-config.ts';
import { log } from './log.ts';
import { namespaceIn } from './outbox/outboxes.ts';
import { shardName } from './outbox/shards.ts';

export { Links } from './links/links.ts';
export { Outbox } from './outbox/outbox.ts';

/** Every shard once: a lost alarm is found within one cron interval even where no webhook comes. */
async function sweep(env: Cloudflare.Env): Promise<void> {
  const checked = isolateConfig(env);
  if (!checked.ok) return;
  const { config } = checked;
  const names = Array.from({ length: config.shards }, (_, index) => shardName(index));
  const swept = await Promise.allSettled(
    names.flatMap((name) => [
      namespaceIn(env.OUTBOX, config).getByName(name).sweep(),
      namespaceIn(env.LINKS, config).getByName(name).sweep(),
    ]),
  );
  const failed = swept.filter((each) => each.status === 'rejected').length;
  log({ stage: 'sweep', decision: 'swept', objects: swept.length, failed });
}

export default {
  fetch: app.fetch,
  scheduled: (_controller, env) => sweep(env),
} satisfies ExportedHandler<Cloudflare.Env>;
