// What a job over our own people asks of the outbox shards, as plain functions, one shard at a time: `name` is a shard's.

import type { RefreshedSlice, RefreshRequest } from '../../outbox/people/refresh.ts';
import type { Strangers, ToldEarlier, ToldPage } from '../../outbox/people/told.ts';

export type PeopleShards = {
  readonly refresh: (name: string, request: RefreshRequest) => Promise<RefreshedSlice>;
  readonly told: (name: string, after: string, most: number) => Promise<ToldPage>;
  /** The same of organizations' objects. */
  readonly toldObjects: (name: string, after: string, most: number) => Promise<ToldPage>;
  readonly userIdsOf: (
    name: string,
    keys: readonly string[],
  ) => Promise<Readonly<Record<string, string>>>;
  /** Of any shard; organizations, too. */
  readonly identifyAgain: (userIds: readonly string[]) => Promise<Identified>;
  /** What these people of one shard were told lately, as it went over the wire. */
  readonly toldBefore: (name: string, userIds: readonly string[]) => Promise<ToldEarlier>;
  readonly strangersAmong: (userIds: readonly string[]) => Promise<Strangers>;
};

/** How many were; what is to be delivered in the fullest shard, and the rows written. */
export type Identified = {
  readonly identified: number;
  readonly pending: number;
  readonly rows: number;
};
