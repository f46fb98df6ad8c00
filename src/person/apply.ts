// One event into one person: the whole decision of an accept; the outbox only stores what comes out. A replay changes
// nothing and names the same moments again. No I/O. No clock.

import { applyWayToPay } from './cards.ts';
import { knowCustomer } from './customers.ts';
import { isAtLeastAsNew } from './facet.ts';
import type { SubscriptionFacet } from './facet.ts';
import { applyMoment, soleSubscription, withMoney } from './happenings.ts';
import { withCoupons } from './looked-up.ts';
import { applyMembership } from './membership.ts';
import { happened } from './moment.ts';
import type { Moment } from './moment.ts';
import type { News, Payment, PersonEvent } from './news.ts';
import { applyOrganization, withoutPerson } from './organization.ts';
import { own } from './own.ts';
import { applyPayment, moneyOf, NO_MARKS, notePaid, paymentMoments } from './payments.ts';
import type { Person, Step } from './person.ts';
import { applyPlanned } from './planned.ts';
import { applyPurchase, applyUnpaid, storedOf } from './purchases.ts';
import { applySubscription } from './subscriptions.ts';

/** A first invoice is made with its subscription. */
const FIRST_INVOICE_SECONDS_MAX = 3600;

/** Applies everything an event says, in its order. */
export function applyEvent(person: Person, event: PersonEvent): Step {
  let step: Step = { person: knowCustomer(person, event), moments: [] };
  for (const news of event.news) {
    const next = applyNews(step.person, news, event);
    step = { person: next.person, moments: [...step.moments, ...next.moments] };
  }
  return {
    person: event.isElsewhere === true ? person : step.person,
    moments: event.isSilent === true ? [] : step.moments,
  };
}

function applyNews(person: Person, news: News, event: PersonEvent): Step {
  switch (news.kind) {
    case 'user':
      return applyUser(person, news);
    case 'payment':
    case 'moment':
      return applyTold(person, news, event);
    case 'paid':
      return { person: withPaid(person, news.payment, event), moments: [] };
    case 'card':
    case 'default_method':
      return { person: applyWayToPay(person, news), moments: [] };
    case 'deleted':
      // The outbox erases the person before anything is applied; nothing is left to change here.
      return { person, moments: [] };
    case 'coupons':
      return { person: withCoupons(person, news), moments: [] };
    default:
      return applyMore(person, news);
  }
}

type Company = Extract<News, { kind: 'organization' | 'domain' | 'member' | 'membership' }>;

function applyMore(person: Person, news: Company | Subscribed): Step {
  switch (news.kind) {
    case 'organization':
    case 'domain':
      return { person: applyOrganization(person, news), moments: [] };
    case 'member':
      // Members have a table of their own beside the organization's row.
      return { person: news.change === 'gone' ? withoutPerson(person, news) : person, moments: [] };
    case 'membership':
      return applyMembership(person, news);
    default:
      return applySubscribed(person, news);
  }
}

type Subscribed = Extract<News, { kind: 'subscription' | 'purchase' | 'planned' | 'unpaid' }>;

function applySubscribed(person: Person, news: Subscribed): Step {
  switch (news.kind) {
    case 'subscription':
      return applySubscription(person, news);
    case 'purchase':
      return applyPurchase(person, news);
    case 'planned':
      return applyPlanned(person, news);
    case 'unpaid':
      return applyUnpaid(person, news);
  }
}

function applyUser(person: Person, news: Extract<News, { kind: 'user' }>): Step {
  const isNews = person.user === null || isAtLeastAsNew(news.facet, person.user);
  const { created } = news;
  const moments = created ? [signUp(person, news)] : [];
  return { person: isNews ? { ...person, user: news.facet } : person, moments };
}

/** The welcome mail greets by name, and must not depend on the identify having been processed. */
function signUp(
  { userId }: Person,
  { facet, createdAt: at }: Extract<News, { kind: 'user' }>,
): Moment {
  const { email = null, firstName = null, lastName = null } = facet.traits;
  const properties = { email, first_name: firstName, last_name: lastName };
  return happened('user_created', { key: [userId], at, properties });
}

/** What happened, and is no facet. */
function applyTold(
  person: Person,
  news: Extract<News, { kind: 'payment' | 'moment' }>,
  event: PersonEvent,
): Step {
  if (news.kind === 'moment') return applyMoment(person, news.moment, event);
  return applyInvoice(person, news.payment, event);
}

function applyInvoice(before: Person, told: Payment, event: PersonEvent): Step {
  const payment = withSubscription(told, before);
  const money = moneyOf(payment);
  const person = money === null ? before : withMoney(before, money, event);
  const { purchaseId } = payment;
  if (purchaseId === null) return { person, moments: paymentMoments(payment, null) };
  const facet = purchaseOf(person, payment, purchaseId);
  const known = own(person.marks, purchaseId) ?? NO_MARKS;
  // It is counted already, so it has been decided, or waits to be.
  const isRepeated = money !== null && person === before;
  const { marks, moments } = applyPayment(known, payment, { facet, isRepeated });
  return {
    person:
      marks === known ? person : { ...person, marks: { ...person.marks, [purchaseId]: marks } },
    moments: [...paymentMoments(payment, facet), ...moments],
  };
}

/**
 * It is known that something was paid, and no more: an invoice that a webhook still brings is judged as if nobody had
 * listed it, so its moments are told once, whichever comes first.
 */
function withPaid(before: Person, told: Payment, event: PersonEvent): Person {
  const payment = withSubscription(told, before);
  const money = moneyOf(payment);
  const person = money === null ? before : withMoney(before, money, event);
  const { purchaseId } = payment;
  if (purchaseId === null) return person;
  const known = own(person.marks, purchaseId) ?? NO_MARKS;
  const marks = notePaid(known, payment);
  return marks === known ? person : { ...person, marks: { ...person.marks, [purchaseId]: marks } };
}

/** Which subscription is paid for, where the payment does not name it. */
function withSubscription(payment: Payment, person: Person): Payment {
  if (payment.subscriptionId !== null) return payment;
  const { purchaseId } = payment;
  if (purchaseId === null) return withSoleSubscription(payment, person);
  // A purchase within a subscription: a person has one such.
  return { ...payment, subscriptionId: storedOf(person, purchaseId)?.id ?? null };
}

/** Some API versions send a subscription's invoice without naming it: the only one that is live is meant. */
function withSoleSubscription(payment: Payment, person: Person): Payment {
  const { customerId, billingReason } = payment;
  if (billingReason?.startsWith('subscription') !== true) return payment;
  const facet = soleSubscription(person, customerId, false);
  if (facet === null || isAnothersFirst(payment, facet)) return payment;
  return { ...payment, subscriptionId: facet.id, purchaseId: facet.purchaseId };
}

/** A first invoice belongs to a subscription that begins with it, which may not have come yet. */
function isAnothersFirst(payment: Payment, { createdAt }: SubscriptionFacet): boolean {
  if (payment.billingReason !== 'subscription_create') return false;
  return Math.abs(payment.invoiceCreatedAt - createdAt) > FIRST_INVOICE_SECONDS_MAX;
}

/** Of a purchase that another has replaced since it was paid, what is known of their subscription. */
function purchaseOf(
  person: Person,
  { customerId, invoiceCreatedAt }: Payment,
  purchaseId: string,
): SubscriptionFacet | null {
  const facets = Object.values(person.subscriptions);
  const its = facets.find((facet) => facet.purchaseId === purchaseId);
  if (its !== undefined || customerId !== null) return its ?? null;
  const later = facets.find(
    (facet) => facet.customerId === null && facet.createdAt > invoiceCreatedAt,
  );
  return later === undefined ? null : { ...later, purchaseId };
}
