// Which links object holds a Stripe customer.

import { namespaceIn } from '../platform/namespaces.ts';
import { shardName, shardOf } from '../platform/shards.ts';
import type { Layout } from '../platform/shards.ts';

export function linksOf(env: Cloudflare.Env, layout: Layout, customerId: string) {
  return namespaceIn(env.LINKS, layout).getByName(shardName(shardOf(customerId, layout.shards)));
}
