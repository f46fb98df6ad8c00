// Customers of a person, and what becomes of what we know through them when a link moves: the old person is closed for
// the customer's events, the new one gains what there is, the old one loses it. Each step may be repeated, and a crash
// between two of them loses nothing. No I/O. No clock.

import { isAtLeastAsNew, isFinal } from './facet.ts';
import type { SubscriptionFacet } from './facet.ts';
import type { PersonEvent } from './news.ts';
import type { SubscriptionMarks } from './payments.ts';
import type { Card, Person } from './person.ts';

/** By what right a person holds what customers brought. */
export type Tenure = {
  /** Subscriptions whose events named the person themselves: they stay when the customer's link moves. */
  readonly named: readonly string[];
  /** Customer → the version of the link that took it away: events found by an older one are not theirs. */
  readonly closed: Readonly<Record<string, number>>;
  /** Something was taken away: the billing traits are said from now on, also where nothing holds. */
  readonly hasLost: boolean;
};

export const NO_TENURE: Tenure = { named: [], closed: {}, hasLost: false };

/** What a person holds by a customer's link. */
export type Belongings = {
  readonly subscriptions: readonly SubscriptionFacet[];
  readonly marks: Readonly<Record<string, SubscriptionMarks>>;
  readonly card: Card | null;
};

/** A customer's link, at one of its versions. */
export type Hold = { readonly customerId: string; readonly version: number };

/** The link by which the event came has moved since: it belongs to somebody else. */
export function hasMoved(person: Person, event: PersonEvent): boolean {
  const { customerId, link } = event;
  if (customerId === null || link === undefined) return false;
  return closedAt(person, customerId) > link;
}

/** Notes the customer of an event, and whether its subscriptions are the person's by name. */
export function knowCustomer(person: Person, event: PersonEvent): Person {
  const { customerId, link } = event;
  if (customerId === null) return person;
  const customers = person.customers.includes(customerId)
    ? person.customers
    : [...person.customers, customerId];
  if (link !== undefined) return { ...reopened(person, { customerId, version: link }), customers };
  const ids = event.news.flatMap((news) => (news.kind === 'subscription' ? [news.facet.id] : []));
  const unnamed = ids.filter((id) => !person.tenure.named.includes(id));
  if (unnamed.length === 0) return { ...person, customers };
  const named = [...person.tenure.named, ...unnamed];
  return { ...person, customers, tenure: { ...person.tenure, named } };
}

/** Takes no more of the customer's events by any link older than `version`. */
export function close(person: Person, { customerId, version }: Hold): Person {
  if (closedAt(person, customerId) >= version) return person;
  const closed = { ...person.tenure.closed, [customerId]: version };
  return { ...person, tenure: { ...person.tenure, closed } };
}

export function belongingsOf(person: Person, customerId: string): Belongings {
  const subscriptions = Object.values(person.subscriptions).filter(
    (facet) => facet.customerId === customerId && !person.tenure.named.includes(facet.id),
  );
  const ids = new Set(subscriptions.map(({ id }) => id));
  const marks = Object.entries(person.marks).filter(([id]) => ids.has(id));
  const card = Object.hasOwn(person.cards, customerId) ? person.cards[customerId] : undefined;
  return { subscriptions, marks: Object.fromEntries(marks), card: card ?? null };
}

/** What the person has learnt meanwhile by the customer's newer events stays. */
export function gain(person: Person, hold: Hold, belongings: Belongings): Person {
  const { customerId, version } = hold;
  if (closedAt(person, customerId) > version) return person;
  const { customers } = person;
  const subscriptions = { ...person.subscriptions };
  for (const facet of belongings.subscriptions) {
    const known = subscriptions[facet.id];
    if (known === undefined || (!isFinal(known) && isAtLeastAsNew(facet, known))) {
      subscriptions[facet.id] = facet;
    }
  }
  const card = newestCard(person.cards[customerId], belongings.card);
  return {
    ...reopened(person, hold),
    customers: customers.includes(customerId) ? customers : [...customers, customerId],
    subscriptions,
    marks: { ...belongings.marks, ...person.marks },
    cards: card === null ? person.cards : { ...person.cards, [customerId]: card },
  };
}

/** Gives up what was held by the link, unless the customer has come back since. */
export function lose(person: Person, { customerId, version }: Hold): Person {
  if (closedAt(person, customerId) !== version) return person;
  const lost = new Set(belongingsOf(person, customerId).subscriptions.map(({ id }) => id));
  const subscriptions = without(person.subscriptions, lost);
  const isStillNamed = Object.values(subscriptions).some((each) => each.customerId === customerId);
  const isKnown = person.customers.includes(customerId);
  return {
    ...person,
    subscriptions,
    marks: without(person.marks, lost),
    cards: isStillNamed ? person.cards : without(person.cards, new Set([customerId])),
    customers: isStillNamed
      ? person.customers
      : person.customers.filter((each) => each !== customerId),
    tenure: { ...person.tenure, hasLost: person.tenure.hasLost || isKnown },
  };
}

function closedAt(person: Person, customerId: string): number {
  const { closed } = person.tenure;
  return Object.hasOwn(closed, customerId) ? (closed[customerId] ?? 0) : 0;
}

/** A link at least as new as the one that took the customer away has brought it back. */
function reopened(person: Person, { customerId, version }: Hold): Person {
  const at = closedAt(person, customerId);
  if (at === 0 || at > version) return person;
  const closed = without(person.tenure.closed, new Set([customerId]));
  return { ...person, tenure: { ...person.tenure, closed } };
}

function newestCard(known: Card | undefined, gained: Card | null): Card | null {
  if (known === undefined || gained === null) return known ?? gained;
  return known.asOf >= gained.asOf ? known : gained;
}

function without<Value>(
  record: Readonly<Record<string, Value>>,
  keys: ReadonlySet<string>,
): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => !keys.has(key)));
}
