// The shards behind Cloudflare's namespaces, asked by whole pages.

import { shardsOf } from '../links/cloudflare-shards.ts';
import { namespaceIn } from '../platform/namespaces.ts';
import { callShard } from '../platform/shards.ts';
import type { Layout } from '../platform/shards.ts';
import { askingMany } from './many.ts';
import { peopleShardsOf } from './people/cloudflare-people.ts';
import type { SyncShards } from './shards.ts';

export function syncShardsOf(env: Cloudflare.Env, layout: () => Layout): SyncShards {
  return {
    ...shardsOf(env, layout),
    ...askingMany({
      layout,
      outbox: (name, call) =>
        callShard(() => namespaceIn(env.OUTBOX, layout()).getByName(name), call),
      links: (name, call) =>
        callShard(() => namespaceIn(env.LINKS, layout()).getByName(name), call),
    }),
    people: peopleShardsOf(env, layout),
  };
}
