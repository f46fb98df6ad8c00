// The desk where webhooks are taken, with the Durable Objects behind it.

import type { Config } from '../config/config.ts';
import { linksOf } from '../links/directory.ts';
import { outboxOf } from '../platform/namespaces.ts';
import { callShard } from '../platform/shards.ts';
import type { Desk } from './deliver.ts';

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
