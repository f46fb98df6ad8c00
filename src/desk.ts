// The desk where webhooks are taken, with the Durable Objects behind it.

import type { Config } from './config.ts';
import { linksOf } from './links/directory.ts';
import { outboxOf } from './outbox/outboxes.ts';
import { callShard } from './outbox/shards.ts';
import type { Desk } from './take.ts';

export function deskOf(
  env: Cloudflare.Env,
  config: Config,
  about: Pick<Desk, 'provider' | 'body' | 'now'>,
): Desk {
  return {
    ...about,
    outbox: (key, call) => callShard(() => outboxOf(env, config, key), call),
    links: (key, call) => callShard(() => linksOf(env, config, key), call),
  };
}
