// The shards behind Cloudflare's namespaces, asked by whole pages.

import { shardsOf } from '../links/cloudflare-shards.ts';
import { namespaceIn } from '../platform/namespaces.ts';
import { callShard, shardName, shardOf } from '../platform/shards.ts';
import type { Layout } from '../platform/shards.ts';
import { peopleShardsOf } from './people/cloudflare-people.ts';
import type { SyncShards } from './shards.ts';

export function syncShardsOf(env: Cloudflare.Env, layout: () => Layout): SyncShards {
  const outbox = (name: string) => () => namespaceIn(env.OUTBOX, layout()).getByName(name);
  const links = (name: string) => () => namespaceIn(env.LINKS, layout()).getByName(name);
  return {
    ...shardsOf(env, layout),
    acceptMany: async (arrivals) => {
      const parts = byShard(arrivals, ({ userId }) => userId, layout());
      const answers = await Promise.all(
        parts.map(({ name, members }) =>
          callShard(outbox(name), async (shard) => shard.acceptMany(members)),
        ),
      );
      return {
        takings: inOrder(
          parts,
          answers.map(({ takings }) => takings),
        ),
        pending: Math.max(0, ...answers.map(({ pending }) => pending)),
        rows: answers.reduce((sum, { rows }) => sum + rows, 0),
      };
    },
    placeMany: async (requests) => {
      const parts = byShard(requests, ({ customerId }) => customerId, layout());
      const answers = await Promise.all(
        parts.map(({ name, members }) =>
          callShard(links(name), async (shard) => shard.placeMany(members)),
        ),
      );
      return inOrder(parts, answers);
    },
    people: peopleShardsOf(env, layout),
    areKnown: async (userIds) => {
      const parts = byShard(userIds, (userId) => userId, layout());
      const answers = await Promise.all(
        parts.map(({ name, members }) =>
          callShard(outbox(name), async (shard) => shard.areKnown(members)),
        ),
      );
      return inOrder(parts, answers);
    },
    learnCharges: async (charges) => {
      const parts = byShard(charges, ([chargeId]) => chargeId, layout());
      await Promise.all(
        parts.map(({ name, members }) =>
          callShard(links(name), async (shard) => shard.learnCharges(members)),
        ),
      );
    },
    learnMany: async (claims) => {
      const parts = byShard(claims, ({ customerId }) => customerId, layout());
      await Promise.all(
        parts.map(({ name, members }) =>
          callShard(links(name), async (shard) => shard.learn(members)),
        ),
      );
    },
  };
}

type Part<Member> = {
  readonly name: string;
  readonly members: Member[];
  /** Where each of them stood. */
  readonly places: number[];
};

function byShard<Member>(
  members: readonly Member[],
  keyOf: (member: Member) => string,
  { shards }: Layout,
): readonly Part<Member>[] {
  const parts = new Map<string, Part<Member>>();
  for (const [place, member] of members.entries()) {
    const name = shardName(shardOf(keyOf(member), shards));
    const part = parts.get(name) ?? { name, members: [], places: [] };
    part.members.push(member);
    part.places.push(place);
    parts.set(name, part);
  }
  return [...parts.values()];
}

function inOrder<Member, Value>(
  parts: readonly Part<Member>[],
  answers: readonly (readonly Value[])[],
): Value[] {
  const placed = parts.flatMap(({ places }, part) =>
    places.map((place, index) => [place, answers[part]?.[index]] as const),
  );
  return placed
    .toSorted(([a], [b]) => a - b)
    .flatMap(([, value]) => (value === undefined ? [] : [value]));
}
