// Which of somebody's subscriptions stands for all of them: the order among those that are live, and among those that are
// over. No I/O.

import { endOf } from './facet.ts';
import type { SubscriptionFacet } from './facet.ts';
import { toMajor } from './money.ts';

/** The primary subscription is the live one of the largest monthly value, then the newest. */
export function byPrimacy(a: SubscriptionFacet, b: SubscriptionFacet): number {
  return monthlyMajor(b) - monthlyMajor(a) || b.createdAt - a.createdAt || (a.id < b.id ? -1 : 1);
}

/** For comparing different currencies major units are the better guess: minor units differ in size. */
function monthlyMajor({ monthlyMinor, currency }: SubscriptionFacet): number {
  return toMajor(monthlyMinor ?? 0, currency);
}

/** What was over last comes first. */
export function byEnd(a: SubscriptionFacet, b: SubscriptionFacet): number {
  return endOf(b) - endOf(a) || byPrimacy(a, b);
}
