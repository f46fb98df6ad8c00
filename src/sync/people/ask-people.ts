// The outbox shards as a job over our own people asks them.

import type { RefreshedSlice, RefreshRequest } from '../../outbox/people/refresh.ts';
import type { Strangers, ToldEarlier, ToldPage } from '../../outbox/people/told.ts';
import { byShard, costOf, inEach } from '../../platform/parts.ts';
import type { Asking } from '../../platform/parts.ts';
import type { Layout } from '../../platform/shards.ts';
import type { Identified, PeopleShards } from './shards.ts';

type Stubs = {
  readonly layout: () => Layout;
  readonly outbox: Asking<{
    readonly refresh: (request: RefreshRequest) => Promise<RefreshedSlice>;
    readonly told: (after: string, most: number) => Promise<ToldPage>;
    readonly toldObjects: (after: string, most: number) => Promise<ToldPage>;
    readonly userIdsOf: (keys: readonly string[]) => Promise<Readonly<Record<string, string>>>;
    readonly identifyAgain: (userIds: readonly string[]) => Promise<Identified>;
    readonly toldBefore: (userIds: readonly string[]) => Promise<ToldEarlier>;
    readonly strangersAmong: (userIds: readonly string[]) => Promise<Strangers>;
  }>;
};

export function askingPeople({ layout, outbox }: Stubs): PeopleShards {
  const parted = (userIds: readonly string[]) => byShard(userIds, (userId) => userId, layout());
  return {
    refresh: (name, request) => outbox(name, async (shard) => shard.refresh(request)),
    told: (name, after, most) => outbox(name, async (shard) => shard.told(after, most)),
    toldObjects: (name, after, most) =>
      outbox(name, async (shard) => shard.toldObjects(after, most)),
    toldBefore: (name, userIds) => outbox(name, async (shard) => shard.toldBefore(userIds)),
    userIdsOf: (name, keys) => outbox(name, async (shard) => shard.userIdsOf(keys)),
    identifyAgain: async (userIds) => {
      const answers = await inEach(parted(userIds), (name, members) =>
        outbox(name, async (shard) => shard.identifyAgain(members)),
      );
      const identified = answers.reduce((sum, each) => sum + each.identified, 0);
      return { identified, ...costOf(answers) };
    },
    strangersAmong: async (userIds) => {
      const answers = await inEach(parted(userIds), (name, members) =>
        outbox(name, async (shard) => shard.strangersAmong(members)),
      );
      return {
        unknown: answers.flatMap(({ unknown }) => unknown),
        erased: answers.flatMap(({ erased }) => erased),
      };
    },
  };
}
