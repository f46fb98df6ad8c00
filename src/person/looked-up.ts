// Looked up: coupons of which events tell no more than the id. What Stripe has answered is kept beside the subscription, so it
// does not matter which of its events came before and which after. Moments go by the event alone. No I/O. No clock.

import { idsIn, monthlyMinorOf, sumOf } from './coupons.ts';
import type { SubscriptionFacet } from './facet.ts';
import type { News } from './news.ts';
import { own } from './own.ts';
import { NO_MARKS } from './payments.ts';
import type { Person } from './person.ts';

/** The subscription at what is left of its worth, as far as its coupons are known. */
export function discounted({ marks }: Person, facet: SubscriptionFacet): SubscriptionFacet {
  const known = own(marks, facet.purchaseId)?.coupons;
  if (facet.coupons === undefined || known === undefined) return facet;
  return { ...facet, monthlyMinor: monthlyMinorOf(sumOf(facet.coupons), known) };
}

/** The coupons of a subscription that nobody has asked for. */
export function unknownCoupons({ marks }: Person, facet: SubscriptionFacet): readonly string[] {
  if (facet.coupons === undefined) return [];
  const known = own(marks, facet.purchaseId)?.coupons ?? {};
  return idsIn(facet.coupons).filter((id) => !Object.hasOwn(known, id));
}

/** A subscription that has left with its customer takes nothing: whoever has it asks again. */
export function withCoupons(
  person: Person,
  { subscriptionId, known }: Extract<News, { kind: 'coupons' }>,
): Person {
  const facet = own(person.subscriptions, subscriptionId);
  if (facet === null) return person;
  const marks = own(person.marks, facet.purchaseId) ?? NO_MARKS;
  const coupons = { ...marks.coupons, ...known };
  return { ...person, marks: { ...person.marks, [facet.purchaseId]: { ...marks, coupons } } };
}
