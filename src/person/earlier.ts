// Earlier purchases: what is over of somebody who has bought very often. Beyond the newest they stand apart from the person,
// so that the row stays small, and are put back whole for an event that cannot be judged without them: so nothing is told
// that would not be told with everything in one place. No I/O. No clock.

import { isFinal, isPurchase } from './facet.ts';
import type { SubscriptionFacet } from './facet.ts';
import type { News, PersonEvent } from './news.ts';
import { own } from './own.ts';
import type { SubscriptionMarks } from './payments.ts';
import type { Earlier, Person } from './person.ts';
import { byEnd } from './primacy.ts';

/** One of them, by its purchase id. Without a facet: only invoices of it have come. */
export type Purchase = {
  readonly id: string;
  readonly facet?: SubscriptionFacet;
  readonly marks?: SubscriptionMarks;
  /** Its events named the person themselves, see `Tenure`. */
  readonly isNamed?: true;
};

/** Kept in the person: of what was bought, and of the rest (checkouts that nobody paid, invoices of something unknown). */
const NEWEST = { bought: 40, others: 10 };

/** A person's row in bytes of JSON; where it would be longer, fewer are kept. Its bound is 64 KB. */
const ROW_MAX = 60_000;

/** The person without what stands apart from now on. `size`: of their row as they are, in bytes. */
export function apart(
  person: Person,
  size: number,
): { readonly person: Person; readonly away: Purchase[] } {
  const over = overOf(person);
  const bought = over.filter(isBought).toSorted(newestFirst);
  const others = over.filter((each) => !isBought(each)).toSorted(newestFirst);
  for (let share = 1; ; share /= 2) {
    // Whoever has no live subscription is shown by the last that was bought.
    const parts = [
      parted(bought, Math.max(1, Math.floor(NEWEST.bought * share))),
      parted(others, Math.floor(NEWEST.others * share)),
    ];
    const away = parts.flatMap((part) => part.away);
    const left = size - away.reduce((sum, each) => sum + sizeOf(each), 0);
    if (left > ROW_MAX && share * NEWEST.bought >= 1) continue;
    const rest = without(person, away, Math.max(...parts.map((part) => part.since)));
    return { person: rest, away };
  }
}

/** `since`: when the oldest that is kept was over, where any is not. */
function parted(newest: readonly Purchase[], most: number) {
  const away = newest.slice(most);
  const oldest = newest[most - 1] ?? newest[0];
  return { away, since: away.length === 0 || oldest === undefined ? 0 : overAt(oldest) };
}

/** The whole person. */
export function together(person: Person, away: readonly Purchase[]): Person {
  const { subscriptions, marks, tenure } = person;
  const named = away.flatMap(({ id, facet, isNamed }) => (isNamed ? [facet?.id ?? id] : []));
  return {
    ...person,
    subscriptions: {
      ...Object.fromEntries(away.flatMap(({ facet }) => (facet ? [[facet.id, facet]] : []))),
      ...subscriptions,
    },
    marks: {
      ...Object.fromEntries(away.flatMap((each) => (each.marks ? [[each.id, each.marks]] : []))),
      ...marks,
    },
    tenure: { ...tenure, named: [...new Set([...tenure.named, ...named])] },
    earlier: { isHere: true },
  };
}

/** Any of these among what stands apart makes the event one for the whole person. */
export function purchasesIn({ news, of }: PersonEvent): readonly string[] {
  const named = news.map((each) => {
    switch (each.kind) {
      case 'subscription':
      case 'purchase':
        return each.facet.purchaseId;
      case 'payment':
      case 'paid':
        return each.payment.purchaseId;
      case 'coupons':
      case 'planned':
      case 'unpaid':
        return each.subscriptionId;
      case 'moment':
        return each.moment.subscriptionId;
      default:
        return null;
    }
  });
  return [...named, of?.subscriptionId ?? null].filter((id) => id !== null);
}

/** It tells a beginning of a time when some of them may have run, or asks which of them is meant. */
export function isAboutAll({ earlier }: Person, { news }: PersonEvent): boolean {
  const { since = 0 } = earlier ?? {};
  return news.some((each) => {
    if (each.kind === 'moment') return each.moment.refs !== undefined;
    return mayBegin(each) && each.occurredAt < (since + 1) * 1000;
  });
}

/** Only a beginning says what was before it, see others.ts. */
function mayBegin(news: News): news is Extract<News, { kind: 'subscription' | 'purchase' }> {
  if (news.kind === 'purchase') return true;
  if (news.kind !== 'subscription' || news.before === 'unsaid') return false;
  return news.before === 'none' || !isPurchase(news.before) || news.facet.status === 'trialing';
}

/** When it was over, Unix seconds; of one of which only invoices have come, when the last was paid. */
export function overAt({ facet, marks }: Purchase): number {
  if (facet !== undefined) return facet.endedAt ?? Math.floor(facet.asOf / 1000);
  return Math.floor(Math.max(0, ...(marks?.undecided ?? []).map(({ paidAt }) => paidAt)) / 1000);
}

/** What is over for good. Clerk's one subscription has no customer, and goes on. */
function overOf({ subscriptions, marks, tenure }: Person): Purchase[] {
  const facets = new Map(Object.values(subscriptions).map((each) => [each.purchaseId, each]));
  const ids = new Set([...facets.keys(), ...Object.keys(marks)]);
  const named = new Set(tenure.named);
  return [...ids].flatMap((id) => {
    const facet = facets.get(id);
    if (facet !== undefined && (!isFinal(facet) || facet.customerId === null)) return [];
    const known = own(marks, id);
    return {
      id,
      ...(facet === undefined ? {} : { facet }),
      ...(known === null ? {} : { marks: known }),
      ...(named.has(facet?.id ?? id) ? { isNamed: true as const } : {}),
    };
  });
}

function isBought({ facet, marks }: Purchase): boolean {
  return facet !== undefined && (isPurchase(facet) || marks?.lapsedAt !== undefined);
}

/** By the order in which a person is shown by one of them. */
function newestFirst(a: Purchase, b: Purchase): number {
  return a.facet && b.facet ? byEnd(a.facet, b.facet) : overAt(b) - overAt(a);
}

function without(person: Person, away: readonly Purchase[], since: number): Person {
  const { earlier: before, ...rest } = person;
  const earlier = earlierOf(before?.isHere === true ? {} : (before ?? {}), away, since);
  const ids = new Set(away.map(({ id }) => id));
  const facets = new Set(away.map(({ id, facet }) => facet?.id ?? id));
  const isKept = ([id]: readonly [string, unknown]) => !ids.has(id);
  return {
    ...rest,
    subscriptions: Object.fromEntries(
      Object.entries(person.subscriptions).filter(([id]) => !facets.has(id)),
    ),
    marks: Object.fromEntries(Object.entries(person.marks).filter(isKept)),
    tenure: { ...rest.tenure, named: rest.tenure.named.filter((id) => !facets.has(id)) },
    ...(earlier.count === undefined ? {} : { earlier }),
  };
}

function earlierOf(before: Earlier, away: readonly Purchase[], since: number): Earlier {
  if (away.length === 0) return before;
  return {
    ...before,
    count: (before.count ?? 0) + away.length,
    since: Math.max(before.since ?? 0, since),
    ...(away.some(isBought) ? { hasBought: true } : {}),
    ...(away.some(hasTrial) ? { hasTrial: true } : {}),
    ...(away.some(({ marks }) => marks?.wasPaid === true) ? { wasPaid: true } : {}),
  };
}

function hasTrial({ facet, marks }: Purchase): boolean {
  const isBoughtTrial = facet !== undefined && isPurchase(facet) && facet.trialEndsAt !== null;
  return isBoughtTrial || (marks?.trialEnds.length ?? 0) > 0;
}

function sizeOf(value: object): number {
  return JSON.stringify(value).length;
}
