// What a job asks of the shards, as plain functions: one call for every shard that is concerned, however many people it
// is about. Every call is durable when it returns, and may be repeated.

import type { Placement, PlaceRequest } from '../links/place.ts';
import type { Shards } from '../links/shards.ts';
import type { ExternalId } from '../links/tables/externals.ts';
import type { IdsOf, IdsPage } from '../outbox/organizations/ids.ts';
import type { Arrival, Taken } from '../outbox/people/arrival.ts';
import type { IdsAsked, UserIds } from '../outbox/people/many.ts';
import type { LinkClaim } from '../person/news.ts';
import type { PeopleShards } from './people/shards.ts';

export type SyncShards = ManyShards & {
  readonly people: PeopleShards;
} & Pick<
    Shards,
    | 'accept'
    | 'untold'
    | 'toldIn'
    | 'place'
    | 'placeCharge'
    | 'learnCharge'
    | 'erase'
    | 'parkEvent'
    | 'leave'
  >;

export type ManyShards = {
  /** A page of the people of one shard whom an instance has told of as users; `next` null at the end. */
  readonly userIds: (shard: number, asked: IdsAsked) => Promise<UserIds>;
  /** The same of organizations, or of who is in one that has more of them here than Clerk counts. */
  readonly idsOf: (of: IdsOf, shard: number, asked: IdsAsked) => Promise<IdsPage>;
  /** All is here: members are told how their organizations are. */
  readonly tellMembers: () => Promise<void>;
  /** Entries that the fullest outbox has still to deliver. */
  readonly pending: () => Promise<number>;
  /** Answers in the order of the arrivals. */
  readonly acceptMany: (arrivals: readonly Arrival[]) => Promise<Taken>;
  /** A customer's events, or what says who a customer is. Answers in the order of the requests, and the rows written. */
  readonly placeMany: (
    requests: readonly Omit<PlaceRequest, 'now'>[],
  ) => Promise<{ readonly placements: readonly Placement[]; readonly rows: number }>;
  /** Which of them a provider has told of as users, or a list has. Writes nothing. */
  readonly areKnown: (userIds: readonly string[]) => Promise<readonly boolean[]>;
  /** Charges, each with its customer. Answers the rows written, as the next. */
  readonly learnCharges: (charges: readonly (readonly [string, string])[]) => Promise<number>;
  /** What a page says of links, and names that users had before: those are told every shard. */
  readonly learnMany: (
    claims: readonly LinkClaim[],
    externals: readonly ExternalId[],
  ) => Promise<number>;
};
