// The outbox shards behind Cloudflare's namespaces, as a job over our own people asks them.

import { namespaceIn } from '../../platform/namespaces.ts';
import { callShard, shardName, shardOf } from '../../platform/shards.ts';
import type { Layout } from '../../platform/shards.ts';
import type { PeopleShards } from './shards.ts';

export function peopleShardsOf(env: Cloudflare.Env, layout: () => Layout): PeopleShards {
  const outbox = (name: string) => () => namespaceIn(env.OUTBOX, layout()).getByName(name);
  const parted = (userIds: readonly string[]) =>
    Object.entries(
      Object.groupBy(userIds, (userId) => shardName(shardOf(userId, layout().shards))),
    ).map(([name, members = []]) => ({ name, members }));
  return {
    refresh: (name, request) => callShard(outbox(name), async (shard) => shard.refresh(request)),
    told: (name, after, most) => callShard(outbox(name), async (shard) => shard.told(after, most)),
    userIdsOf: (name, keys) => callShard(outbox(name), async (shard) => shard.userIdsOf(keys)),
    identifyAgain: async (userIds) => {
      const answers = await Promise.all(
        parted(userIds).map(({ name, members }) =>
          callShard(outbox(name), async (shard) => shard.identifyAgain(members)),
        ),
      );
      return {
        identified: answers.reduce((sum, each) => sum + each.identified, 0),
        pending: Math.max(0, ...answers.map(({ pending }) => pending)),
        rows: answers.reduce((sum, { rows }) => sum + rows, 0),
      };
    },
    strangersAmong: async (userIds) => {
      const answers = await Promise.all(
        parted(userIds).map(({ name, members }) =>
          callShard(outbox(name), async (shard) => shard.strangersAmong(members)),
        ),
      );
      return {
        unknown: answers.flatMap(({ unknown }) => unknown),
        erased: answers.flatMap(({ erased }) => erased),
      };
    },
  };
}
