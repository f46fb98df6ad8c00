// The shards behind Cloudflare's namespaces, asked by whole pages.

import { shardsOf } from '../links/cloudflare-shards.ts';
import { namespaceIn } from '../platform/namespaces.ts';
import type { Asking } from '../platform/parts.ts';
import { callShard } from '../platform/shards.ts';
import type { Layout } from '../platform/shards.ts';
import { askingMany } from './many.ts';
import { askingPeople } from './people/ask-people.ts';
import type { PeopleShards } from './people/shards.ts';
import type { SyncShards } from './shards.ts';

type Stub<Class extends 'OUTBOX' | 'LINKS'> = ReturnType<Cloudflare.Env[Class]['getByName']>;

export function syncShardsOf(env: Cloudflare.Env, layout: () => Layout): SyncShards {
  const links: Asking<Stub<'LINKS'>> = (name, call) =>
    callShard(() => namespaceIn(env.LINKS, layout()).getByName(name), call);
  return {
    ...shardsOf(env, layout),
    ...askingMany({ layout, outbox: askingOutboxes(env, layout), links }),
    people: peopleShardsOf(env, layout),
  };
}

export function peopleShardsOf(env: Cloudflare.Env, layout: () => Layout): PeopleShards {
  return askingPeople({ layout, outbox: askingOutboxes(env, layout) });
}

function askingOutboxes(env: Cloudflare.Env, layout: () => Layout): Asking<Stub<'OUTBOX'>> {
  return (name, call) => callShard(() => namespaceIn(env.OUTBOX, layout()).getByName(name), call);
}
