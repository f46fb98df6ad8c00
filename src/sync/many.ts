// Many people at once: a page is parted by the shards that hold them, each is asked once, and the answers come back in the
// page's order.

import type { Placement, PlaceRequest } from '../links/place.ts';
import type { ExternalId } from '../links/tables/externals.ts';
import type { IdsOf, IdsPage } from '../outbox/organizations/ids.ts';
import type { Arrival, Taken } from '../outbox/people/arrival.ts';
import { acceptByShard } from '../outbox/people/by-shard.ts';
import type { IdsAsked, UserIds } from '../outbox/people/many.ts';
import type { LinkClaim } from '../person/news.ts';
import { byShard, inEach, inOrder } from '../platform/parts.ts';
import type { Asking } from '../platform/parts.ts';
import { shardName, shardNames } from '../platform/shards.ts';
import type { Layout } from '../platform/shards.ts';
import type { ManyShards } from './shards.ts';

type Placeable = Omit<PlaceRequest, 'now'>;
type Charge = readonly [chargeId: string, customerId: string];

type Stubs = {
  readonly layout: () => Layout;
  readonly outbox: Asking<{
    readonly acceptMany: (arrivals: readonly Arrival[]) => Promise<Taken>;
    readonly userIds: (asked: IdsAsked) => Promise<UserIds>;
    readonly idsOf: (of: IdsOf, asked: IdsAsked) => IdsPage | Promise<IdsPage>;
    readonly areKnown: (userIds: readonly string[]) => Promise<readonly boolean[]>;
    readonly tellMembers: () => void | Promise<void>;
  }>;
  readonly links: Asking<{
    readonly placeMany: (
      requests: readonly Placeable[],
    ) => Promise<{ readonly placements: readonly Placement[]; readonly rows: number }>;
    readonly learnCharges: (charges: readonly Charge[]) => Promise<number>;
    readonly learn: (
      claims: readonly LinkClaim[],
      externals: readonly ExternalId[],
    ) => Promise<number>;
  }>;
};

export function askingMany({ layout, outbox, links }: Stubs): ManyShards {
  return {
    acceptMany: (arrivals) => acceptByShard({ layout, outbox }, arrivals),
    pending: async () => {
      const asked = shardNames(layout()).map((name) =>
        outbox(name, async (shard) => shard.acceptMany([])),
      );
      return Math.max(0, ...(await Promise.all(asked)).map(({ pending }) => pending));
    },
    tellMembers: async () => {
      await Promise.all(
        shardNames(layout()).map((name) => outbox(name, async (shard) => shard.tellMembers())),
      );
    },
    userIds: (shard, asked) => outbox(shardName(shard), async (stub) => stub.userIds(asked)),
    idsOf: (of, shard, asked) => outbox(shardName(shard), async (stub) => stub.idsOf(of, asked)),
    areKnown: async (userIds) => {
      const parts = byShard(userIds, (userId) => userId, layout());
      const answers = await inEach(parts, (name, members) =>
        outbox(name, async (shard) => shard.areKnown(members)),
      );
      return inOrder(parts, answers);
    },
    placeMany: async (requests) => {
      const parts = byShard(requests, ({ customerId }) => customerId, layout());
      const answers = await inEach(parts, (name, members) =>
        links(name, async (shard) => shard.placeMany(members)),
      );
      const placements = inOrder(
        parts,
        answers.map((answer) => answer.placements),
      );
      return { placements, rows: sum(answers.map(({ rows }) => rows)) };
    },
    learnCharges: async (charges) => {
      const parts = byShard(charges, ([chargeId]) => chargeId, layout());
      return sum(
        await inEach(parts, (name, members) =>
          links(name, async (shard) => shard.learnCharges(members)),
        ),
      );
    },
    learnMany: async (claims, externals) => {
      const parts = byShard(claims, ({ customerId }) => customerId, layout());
      const names = externals.length > 0 ? shardNames(layout()) : parts.map(({ name }) => name);
      const tell = (name: string) => {
        const { members = [] } = parts.find((part) => part.name === name) ?? {};
        return links(name, async (shard) => shard.learn(members, externals));
      };
      return sum(await Promise.all(names.map(tell)));
    },
  };
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
