// Which outbox object holds a person.

import { shardName, shardOf } from './shards.ts';
import type { Layout } from './shards.ts';

export function outboxOf(env: Cloudflare.Env, layout: Layout, key: string) {
  return namespaceIn(env.OUTBOX, layout).getByName(shardName(shardOf(key, layout.shards)));
}

/** The same namespace inside the configured jurisdiction: objects there are other objects. */
export function namespaceIn<Class extends Rpc.DurableObjectBranded | undefined>(
  namespace: DurableObjectNamespace<Class>,
  layout: Layout,
): DurableObjectNamespace<Class> {
  return layout.jurisdiction === null ? namespace : namespace.jurisdiction(layout.jurisdiction);
}
