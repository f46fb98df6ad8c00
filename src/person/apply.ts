// One event into one person: the whole decision of an accept; the outbox only stores what comes out. A replay changes
// nothing and names the same moments again. No I/O. No clock.

import { applyCard } from './cards.ts';
import { knowCustomer } from './customers.ts';
import { isAtLeastAsNew } from './facet.ts';
import type { SubscriptionFacet } from './facet.ts';
import { happened } from './moment.ts';
import type { Moment } from './moment.ts';
import type { News, Payment, PersonEvent } from './news.ts';
import { own } from './own.ts';
import { applyPayment, NO_MARKS, paymentMoments } from './payments.ts';
import type { Person, Step } from './person.ts';
import { applyPlanned, applyPurchase, applyUnpaid } from './purchases.ts';
import { applySubscription } from './subscriptions.ts';

/** Applies everything an event says, in its order. */
export function applyEvent(person: Person, event: PersonEvent): Step {
  let step: Step = { person: knowCustomer(person, event), moments: [] };
  for (const news of event.news) {
    const next = applyNews(step.person, news);
    step = { person: next.person, moments: [...step.moments, ...next.moments] };
  }
  return event.isElsewhere === true ? { person, moments: step.moments } : step;
}

function applyNews(person: Person, news: News): Step {
  switch (news.kind) {
    case 'user':
      return applyUser(person, news);
    case 'subscription':
      return applySubscription(person, news);
    case 'purchase':
      return applyPurchase(person, news);
    case 'planned':
      return { person: applyPlanned(person, news), moments: [] };
    case 'unpaid':
      return applyUnpaid(person, news);
    case 'payment':
      return applyInvoice(person, news.payment);
    case 'card':
      return { person: applyCard(person, news), moments: [] };
    case 'moment':
      return { person, moments: [withPlan(news.moment, person)] };
    case 'deleted':
      // The outbox erases the person before anything is applied; nothing is left to change here.
      return { person, moments: [] };
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

function applyInvoice(person: Person, payment: Payment): Step {
  const { purchaseId } = payment;
  if (purchaseId === null) return { person, moments: paymentMoments(payment, null) };
  const facet = purchaseOf(person, purchaseId);
  const settled = applyPayment(own(person.marks, purchaseId) ?? NO_MARKS, payment, facet);
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
