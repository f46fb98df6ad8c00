// Which shard holds what, as Cloudflare's stubs: a person's outbox shard, a customer's links shard.

import { hinted, shardName, shardOf } from './shards.ts';
import type { Layout, Location } from './shards.ts';

/** By user id, or by any other key that spreads. */
export function outboxOf(env: Cloudflare.Env, layout: Layout, key: string) {
  return namespaceIn(env.OUTBOX, layout).getByName(shardName(shardOf(key, layout.shards)));
}

/** By the id of a Stripe customer or charge. */
export function linksOf(env: Cloudflare.Env, layout: Layout, key: string) {
  return namespaceIn(env.LINKS, layout).getByName(shardName(shardOf(key, layout.shards)));
}

/** There is one: it asks the providers, and what it hears goes to the shards. */
export function syncOf(env: Cloudflare.Env, layout: Layout) {
  return namespaceIn(env.SYNC, layout).getByName('sync');
}

/** The shards of a class in the configured jurisdiction: what is stored there is stored nowhere else. */
export function namespaceIn<Class extends Rpc.DurableObjectBranded | undefined>(
  namespace: DurableObjectNamespace<Class>,
  { jurisdiction, location }: Layout & { readonly location?: Location },
): Pick<DurableObjectNamespace<Class>, 'getByName'> {
  const inside = jurisdiction === null ? namespace : namespace.jurisdiction(jurisdiction);
  const locationHint = jurisdiction === null ? location : 'weur';
  return { getByName: (name) => inside.getByName(name, hinted(locationHint)) };
}
