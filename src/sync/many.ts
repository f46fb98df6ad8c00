// Many people at once: a page is parted by the shards that hold them, each is asked once, and the answers come back in the
// page's order.

import type { Placement, PlaceRequest } from '../links/place.ts';
import type { Arrival, Taken, UserIds } from '../outbox/people/many.ts';
import type { LinkClaim } from '../person/news.ts';
import { shardName, shardNames, shardOf } from '../platform/shards.ts';
import type { Layout } from '../platform/shards.ts';
import type { ManyShards } from './shards.ts';

type Placeable = Omit<PlaceRequest, 'now'>;
type Charge = readonly [chargeId: string, customerId: string];

/** One call of the shard of this name. */
type Asking<Stub> = <Value>(name: string, call: (stub: Stub) => Promise<Value>) => Promise<Value>;

type Stubs = {
  readonly layout: () => Layout;
  readonly outbox: Asking<{
    readonly acceptMany: (arrivals: readonly Arrival[]) => Promise<Taken>;
    readonly userIds: (after: string, most: number) => Promise<UserIds>;
    readonly areKnown: (userIds: readonly string[]) => Promise<readonly boolean[]>;
  }>;
  readonly links: Asking<{
    readonly placeMany: (requests: readonly Placeable[]) => Promise<readonly Placement[]>;
    readonly learnCharges: (charges: readonly Charge[]) => Promise<void>;
    readonly learn: (claims: readonly LinkClaim[]) => Promise<void>;
  }>;
};

export function askingMany({ layout, outbox, links }: Stubs): ManyShards {
  return {
    acceptMany: async (arrivals) => {
      const parts = byShard(arrivals, ({ userId }) => userId, layout());
      const answers = await inEach(parts, (name, members) =>
        outbox(name, async (shard) => shard.acceptMany(members)),
      );
      const takings = answers.map((answer) => answer.takings);
      return {
        takings: inOrder(parts, takings),
        pending: Math.max(0, ...answers.map(({ pending }) => pending)),
        rows: answers.reduce((sum, { rows }) => sum + rows, 0),
      };
    },
    pending: async () => {
      const asked = shardNames(layout()).map((name) =>
        outbox(name, async (shard) => shard.acceptMany([])),
      );
      return Math.max(0, ...(await Promise.all(asked)).map(({ pending }) => pending));
    },
    userIds: (shard, after, most) =>
      outbox(shardName(shard), async (stub) => stub.userIds(after, most)),
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
      return inOrder(parts, answers);
    },
    learnCharges: async (charges) => {
      const parts = byShard(charges, ([chargeId]) => chargeId, layout());
      await inEach(parts, (name, members) =>
        links(name, async (shard) => shard.learnCharges(members)),
      );
    },
    learnMany: async (claims) => {
      const parts = byShard(claims, ({ customerId }) => customerId, layout());
      await inEach(parts, (name, members) => links(name, async (shard) => shard.learn(members)));
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

function inEach<Member, Value>(
  parts: readonly Part<Member>[],
  ask: (name: string, members: readonly Member[]) => Promise<Value>,
): Promise<Value[]> {
  return Promise.all(parts.map(({ name, members }) => ask(name, members)));
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
