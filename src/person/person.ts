// The person: everything we hold about one user, as plain JSON. One row of the outbox shard. apply.ts changes it. An
// organization is the other kind of subject: its row has the same billing, and `organization` in the place of `user`.

import type { SubscriptionFacet, UserFacet } from './facet.ts';
import type { Ledgers } from './ledger.ts';
import type { Moment } from './moment.ts';
import type { Membership } from './organization-facet.ts';
import type { OrganizationState } from './organization-facet.ts';
import type { SubscriptionMarks } from './payments.ts';

/**
 * A way to pay. `asOf` in Unix milliseconds. One that was detached is remembered, so that older news does not
 * attach it again.
 */
export type Card = {
  readonly customerId: string;
  readonly asOf: number;
  readonly expiresAt: number | null;
  readonly isAttached: boolean;
};

/** What a customer pays with where a subscription says nothing else; null: nothing. `asOf` in Unix milliseconds. */
export type DefaultMethod = { readonly asOf: number; readonly id: string | null };

/** Which of a person's facts came through a customer's link, and which links have moved away. */
type Tenure = {
  /** Subscriptions whose events named the person themselves: they stay when the customer's link moves. */
  readonly named: readonly string[];
  /** Customer or subscription → the version of what took it away: events found by an older one are not theirs. */
  readonly closed: Readonly<Record<string, number>>;
  /** A customer has left with what was known by it: from now on every billing trait is sent, also empty ones. */
  readonly hasLost: boolean;
  /** Customers of theirs that only what a buyer typed says are theirs. Absent where there are none. */
  readonly typed?: readonly string[];
  /** Customers of theirs that are deleted at Stripe: nothing that comes late makes them theirs again. Absent where there are none. */
  readonly gone?: readonly string[];
};

/** What is known of the purchases that stand apart (earlier.ts) without looking at them. */
export type Earlier = {
  /** None does now: the person is whole, and the rest is not said. */
  readonly isHere?: true;
  readonly count?: number;
  /** From here on, Unix seconds, the newest of what was over stands in the person. */
  readonly since?: number;
  readonly hasBought?: true;
  readonly hasTrial?: true;
  readonly wasPaid?: true;
};

export type Person = {
  /** Of an organization its own id. */
  readonly userId: string;
  readonly user: UserFacet | null;
  readonly subscriptions: Readonly<Record<string, SubscriptionFacet>>;
  /** By purchase id, also for purchases we have only seen invoices of. */
  readonly marks: Readonly<Record<string, SubscriptionMarks>>;
  /** By payment method id. */
  readonly cards: Readonly<Record<string, Card>>;
  /** By customer. Absent before the first, as in rows of older releases. */
  readonly defaultMethods?: Readonly<Record<string, DefaultMethod>>;
  /** By customer; under '' what events have told that name the person themselves. Absent in rows of older releases. */
  readonly ledgers?: Ledgers;
  /** The plan of those who pay for none, as the provider calls it. `asOf` in Unix milliseconds. Absent where none is told. */
  readonly freePlan?: { readonly plan: string; readonly asOf: number };
  /** When they last completed a checkout, Unix milliseconds. */
  readonly checkedOutAt?: number;
  /** Stripe customers that are this person, in the order they were learnt. */
  readonly customers: readonly string[];
  readonly tenure: Tenure;
  /** What is over and stands apart. Absent where all of it is here. */
  readonly earlier?: Earlier;
  /** The timestamp of the newest identify made for them, Unix milliseconds; 0 before the first. */
  readonly lastIdentifyAt: number;
  /** The fingerprint of what that identify says. Absent before the first, and in rows of older releases. */
  readonly told?: string;
  /** By organization. Absent before the first. */
  readonly memberships?: Readonly<Record<string, Membership>>;
  /** Where the subject is an organization. */
  readonly organization?: OrganizationState;
};

/** The person after news, and what happened by it. */
export type Step = { readonly person: Person; readonly moments: readonly Moment[] };

export function newPerson(userId: string): Person {
  return {
    userId,
    user: null,
    subscriptions: {},
    marks: {},
    cards: {},
    customers: [],
    tenure: { named: [], closed: {}, hasLost: false },
    lastIdentifyAt: 0,
  };
}
