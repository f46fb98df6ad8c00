// Which links object holds a Stripe customer.

import { namespaceIn } from '../outbox/outboxes.ts';
import { shardName, shardOf } from '../outbox/shards.ts';
import type { Layout } from '../outbox/shards.ts';

export function linksOf(env: Cloudflare.Env, layout: Layout, customerId: string) {
  return namespaceIn(env.LINKS, layout).getByName(shardName(shardOf(customerId, layout.shards)));
}
