// The person: everything we hold about one user, and how one event changes it. `takeEvent` is the whole decision
// of an accept; the outbox only stores what comes out. No I/O. No clock.

import { knowCustomer, NO_TENURE } from './customers.ts';
import type { Tenure } from './customers.ts';
import { isAtLeastAsNew, isFinal } from './facet.ts';
import type { SubscriptionFacet, UserFacet } from './facet.ts';
import { lifecycle } from './lifecycle.ts';
import type { Change } from './lifecycle.ts';
import type { Moment } from './moment.ts';
import type { News, Payment, PersonEvent } from './news.ts';
import { NO_MARKS, paymentMoments, takePayment, takeTrialEnds } from './payments.ts';
import type { SubscriptionMarks } from './payments.ts';

/** Plain JSON: it is one row of the outbox shard. */
export type Person = {
  readonly userId: string;
  readonly user: UserFacet | null;
  readonly subscriptions: Readonly<Record<string, SubscriptionFacet>>;
  /** By subscription id, also for subscriptions we have only seen invoices of. */
  readonly marks: Readonly<Record<string, SubscriptionMarks>>;
  /** By Stripe customer id. */
  readonly cards: Readonly<Record<string, Card>>;
  /** Stripe customers that are this person, in the order they were learnt. */
  readonly customers: readonly string[];
  readonly tenure: Tenure;
  /** The timestamp of the newest identify made for them, Unix milliseconds; 0 before the first. */
  readonly lastIdentifyAt: number;
};

export type Card = { readonly asOf: number; readonly expiresAt: number | null };

export type Step = { readonly person: Person; readonly moments: readonly Moment[] };

export function newPerson(userId: string): Person {
  return {
    userId,
    user: null,
    subscriptions: {},
    marks: {},
    cards: {},
    customers: [],
    tenure: NO_TENURE,
    lastIdentifyAt: 0,
  };
}

/** Applies everything an event says, in its order. A replay changes nothing and names the same moments again. */
export function takeEvent(person: Person, event: PersonEvent): Step {
  let step: Step = { person: knowCustomer(person, event), moments: [] };
  for (const news of event.news) {
    const next = takeNews(step.person, news);
    step = { person: next.person, moments: [...step.moments, ...next.moments] };
  }
  return step;
}

function takeNews(person: Person, news: News): Step {
  switch (news.kind) {
    case 'user':
      return takeUser(person, news);
    case 'subscription':
      return takeSubscription(person, news);
    case 'payment':
      return takeInvoice(person, news.payment);
    case 'card':
      return { person: takeCard(person, news), moments: [] };
    case 'moment':
      return { person, moments: [withPlan(news.moment, person)] };
    case 'deleted':
      // The outbox erases the person before anything is applied; nothing is left to change here.
      return { person, moments: [] };
  }
}

function takeUser(person: Person, news: Extract<News, { kind: 'user' }>): Step {
  const isNews = person.user === null || isAtLeastAsNew(news.facet, person.user);
  const moments: Moment[] = !news.created
    ? []
    : [
        {
          name: 'user_created',
          key: ['user_created', person.userId],
          keyAt: news.createdAt,
          occurredAt: news.createdAt,
          subscriptionId: null,
          properties: {},
          once: 'seen',
        },
      ];
  return { person: isNews ? { ...person, user: news.facet } : person, moments };
}

function takeSubscription(person: Person, news: Extract<News, { kind: 'subscription' }>): Step {
  const { facet, occurredAt } = news;
  const stored = own(person.subscriptions, facet.id);
  const current = stored === null || moves(facet, stored) ? facet : stored;
  const before = beforeOf(news, stored);
  const known = own(person.marks, facet.id) ?? NO_MARKS;
  const settled = takeTrialEnds(known, [facet.trialEndsAt, before?.trialEndsAt ?? null], current);
  const change = { before: before ?? null, after: facet, occurredAt, wasPaid: known.wasPaid };
  const isTold = before !== undefined && !(stored !== null && isFinal(stored));
  const marks = withPlanChange(settled.marks, change);
  return {
    person: {
      ...person,
      subscriptions: { ...person.subscriptions, [facet.id]: current },
      marks: { ...person.marks, [facet.id]: marks },
    },
    moments: [...(isTold ? lifecycle(change) : []), ...settled.moments],
  };
}

/** What is over stays over, and old news never moves a facet. */
function moves(facet: SubscriptionFacet, stored: SubscriptionFacet): boolean {
  return !isFinal(stored) && isAtLeastAsNew(facet, stored);
}

/** Undefined: the event tells of no change that we could trust. */
function beforeOf(
  news: Extract<News, { kind: 'subscription' }>,
  stored: SubscriptionFacet | null,
): SubscriptionFacet | null | undefined {
  switch (news.before) {
    case 'none':
      return null;
    case 'unsaid':
      return undefined;
    case 'stored':
      return stored !== null && isAtLeastAsNew(news.facet, stored) ? stored : undefined;
    default:
      return news.before;
  }
}

/** The newest change of plan wins, in whatever order the changes arrive. */
function withPlanChange(marks: SubscriptionMarks, change: Change): SubscriptionMarks {
  const { before, after, occurredAt } = change;
  if (before === null || before.plan === after.plan) return marks;
  if (marks.planChange !== null && marks.planChange.at > occurredAt) return marks;
  return { ...marks, planChange: { at: occurredAt, from: before.plan } };
}

function takeInvoice(person: Person, payment: Payment): Step {
  const id = payment.subscriptionId;
  if (id === null) return { person, moments: paymentMoments(payment, null) };
  const facet = own(person.subscriptions, id);
  const settled = takePayment(own(person.marks, id) ?? NO_MARKS, payment, facet);
  return {
    person:
      payment.amountMinor > 0
        ? { ...person, marks: { ...person.marks, [id]: settled.marks } }
        : person,
    moments: [...paymentMoments(payment, facet), ...settled.moments],
  };
}

function takeCard(person: Person, news: Extract<News, { kind: 'card' }>): Person {
  const { customerId, asOf, expiresAt } = news;
  const known = own(person.cards, customerId);
  if (known !== null && known.asOf > asOf) return person;
  return { ...person, cards: { ...person.cards, [customerId]: { asOf, expiresAt } } };
}

/** A moment that names a subscription carries its plan, which its own payload seldom knows. */
function withPlan(moment: Moment, person: Person): Moment {
  const facet = own(person.subscriptions, moment.subscriptionId);
  if (facet === null) return moment;
  return { ...moment, properties: { ...moment.properties, plan: facet.plan } };
}

/** Ids are foreign text: one that happens to be the name of an inherited property finds nothing. */
function own<Value>(record: Readonly<Record<string, Value>>, key: string | null): Value | null {
  return key !== null && Object.hasOwn(record, key) ? (record[key] ?? null) : null;
}
