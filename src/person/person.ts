// The person: everything we hold about one user, and how one event changes it. `takeEvent` is the whole decision
// of an accept; the outbox only stores what comes out. No I/O. No clock.

import { takeCard } from './cards.ts';
import type { Card } from './cards.ts';
import { knowCustomer, NO_TENURE } from './customers.ts';
import type { Tenure } from './customers.ts';
import { isAtLeastAsNew } from './facet.ts';
import type { SubscriptionFacet, UserFacet } from './facet.ts';
import type { Moment } from './moment.ts';
import type { News, Payment, PersonEvent } from './news.ts';
import { own } from './own.ts';
import { NO_MARKS, paymentMoments, takePayment } from './payments.ts';
import type { SubscriptionMarks } from './payments.ts';
import { takePlanned, takePurchase, takeUnpaid } from './purchases.ts';
import { takeSubscription } from './subscriptions.ts';

/** Plain JSON: it is one row of the outbox shard. */
export type Person = {
  readonly userId: string;
  readonly user: UserFacet | null;
  readonly subscriptions: Readonly<Record<string, SubscriptionFacet>>;
  /** By purchase id, also for purchases we have only seen invoices of. */
  readonly marks: Readonly<Record<string, SubscriptionMarks>>;
  /** By payment method id. */
  readonly cards: Readonly<Record<string, Card>>;
  /** Stripe customers that are this person, in the order they were learnt. */
  readonly customers: readonly string[];
  readonly tenure: Tenure;
  /** The timestamp of the newest identify made for them, Unix milliseconds; 0 before the first. */
  readonly lastIdentifyAt: number;
};

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
    case 'purchase':
      return takePurchase(person, news);
    case 'planned':
      return { person: takePlanned(person, news), moments: [] };
    case 'unpaid':
      return takeUnpaid(person, news);
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

function takeInvoice(person: Person, payment: Payment): Step {
  const { purchaseId } = payment;
  if (purchaseId === null) return { person, moments: paymentMoments(payment, null) };
  const facet = purchaseOf(person, purchaseId);
  const settled = takePayment(own(person.marks, purchaseId) ?? NO_MARKS, payment, facet);
  return {
    person:
      payment.amountMinor > 0
        ? { ...person, marks: { ...person.marks, [purchaseId]: settled.marks } }
        : person,
    moments: [...paymentMoments(payment, facet), ...settled.moments],
  };
}

function purchaseOf(person: Person, purchaseId: string): SubscriptionFacet | null {
  const facets = Object.values(person.subscriptions);
  return facets.find((facet) => facet.purchaseId === purchaseId) ?? null;
}

/** A moment that names a subscription carries its plan, which its own payload seldom knows. */
function withPlan(moment: Moment, person: Person): Moment {
  const facet = own(person.subscriptions, moment.subscriptionId);
  if (facet === null) return moment;
  return { ...moment, properties: { ...moment.properties, plan: facet.plan } };
}
