// The shards as plain functions: each finds the shard that holds its key and asks it. Every call is durable when it
// returns, and may be repeated. Plain, so that any one of them can be decorated, or played by the simulation.

import type { UnreadableEvent } from '../outbox/parked/shelf.ts';
import type { Acceptance } from '../outbox/people/recorded.ts';
import type { CustomerFacts, LinkVersion } from '../person/customers.ts';
import type { HoldingVersion, SubscriptionFacts } from '../person/holdings.ts';
import type { Leaving, LinkClaim, PersonEvent } from '../person/news.ts';
import type { HintQuestion, Voucher } from '../person/typed.ts';
import type { ChargePlacement, Placement, PlaceRequest } from './place.ts';
import type { ExternalId } from './tables/externals.ts';

/** What is asked of a person's outbox shard. */
type OutboxShards = {
  /** `ignored`: events by provider that nothing wanted since the last time. */
  readonly accept: (
    userId: string,
    event: PersonEvent,
    ignored?: Readonly<Record<string, number>>,
  ) => Promise<Acceptance>;
  readonly closeCustomer: (userId: string, link: LinkVersion) => Promise<CustomerFacts>;
  readonly gainCustomer: (
    userId: string,
    link: LinkVersion,
    facts: CustomerFacts,
  ) => Promise<Acceptance>;
  readonly loseCustomer: (userId: string, link: LinkVersion) => Promise<Acceptance>;
  readonly closeSubscription: (userId: string, left: HoldingVersion) => Promise<SubscriptionFacts>;
  readonly gainSubscription: (
    userId: string,
    gained: HoldingVersion,
    facts: SubscriptionFacts,
  ) => Promise<Acceptance>;
  readonly loseSubscription: (userId: string, left: HoldingVersion) => Promise<Acceptance>;
  readonly vouch: (userId: string, question: HintQuestion) => Promise<Voucher>;
  readonly noteUnusable: (provider: string, remedy: string) => Promise<void>;
  readonly parkEvent: (event: UnreadableEvent) => Promise<'parked' | 'duplicate'>;
};

/** What is asked of a customer's, or a charge's, links shard. */
type LinksShards = {
  readonly place: (request: Omit<PlaceRequest, 'now'>) => Promise<Placement>;
  readonly placeCharge: (chargeId: string, event: PersonEvent) => Promise<ChargePlacement>;
  readonly leave: (leaving: Leaving) => Promise<void>;
  /** An event has named both. */
  readonly learnCharge: (chargeId: string, customerId: string) => Promise<void>;
  readonly learn: (claim: LinkClaim) => Promise<void>;
  /** Clerk's user had this name before: every shard is told. */
  readonly learnExternal: (told: ExternalId) => Promise<void>;
  /** Whom metadata means by this id or name of before. */
  readonly meant: (named: string) => Promise<string | null>;
  /** The shard of this customer forgets a deleted person. `at` in Unix milliseconds. */
  readonly erase: (customerId: string, userId: string, at: number) => Promise<void>;
};

export type Shards = OutboxShards & LinksShards;

/** What only the links ask, when something moves from one person to another. */
export type HandOver =
  | 'closeCustomer'
  | 'gainCustomer'
  | 'loseCustomer'
  | 'closeSubscription'
  | 'gainSubscription'
  | 'loseSubscription';
