// What the links stage needs of the world: its own store, the other objects, the providers' APIs and the platform.
// Real objects behind it in production, plain functions in the simulation.

import type { Acceptance } from '../outbox/people/accept.ts';
import type { Belongings, Hold } from '../person/customers.ts';
import type { PersonEvent } from '../person/news.ts';
import type { Decision } from '../platform/log.ts';
import type { Answer } from './ask.ts';
import type { Placement, PlaceRequest } from './place.ts';
import type { LinksStore } from './tables/tables.ts';
import type { LinkCounters } from './tally.ts';

/** A person's outbox shard. Every call is durable when it returns, and may be repeated. */
export type OutboxPort = {
  readonly accept: (userId: string, event: PersonEvent) => Promise<Acceptance>;
  readonly closeCustomer: (userId: string, hold: Hold) => Promise<Belongings>;
  readonly gainCustomer: (
    userId: string,
    hold: Hold,
    belongings: Belongings,
  ) => Promise<Acceptance>;
  readonly loseCustomer: (userId: string, hold: Hold) => Promise<Acceptance>;
};

export type LinksPort = {
  readonly place: (request: Omit<PlaceRequest, 'now'>) => Promise<Placement>;
};

/** Whose is this customer, or which customer's is this charge? Null: no keys are configured. */
export type LookUp = (key: string) => Promise<Answer>;

export type LinksShell = {
  readonly store: LinksStore;
  /** All of it or nothing. */
  readonly transaction: <Value>(write: () => Value) => Value;
  readonly now: () => number;
  readonly random: () => number;
  readonly outbox: <Value>(
    userId: string,
    call: (outbox: OutboxPort) => Promise<Value>,
  ) => Promise<Value>;
  readonly links: <Value>(
    customerId: string,
    call: (links: LinksPort) => Promise<Value>,
  ) => Promise<Value>;
  readonly lookUp: LookUp | null;
  readonly count: (changes: Partial<Record<keyof LinkCounters, number>>) => void;
  readonly log: (decision: Decision) => void;
};
