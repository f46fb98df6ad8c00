// A subscription of a person that is somebody else's by now: the old person is closed for its events, the new one gains what
// there is, the old one loses it. The same three steps as for a customer (customers.ts). Each may be repeated, and a crash
// between two of them loses nothing. No I/O. No clock.

import { close, closedAt, reopened, unnamed } from './customers.ts';
import { isAtLeastAsNew, isFinal } from './facet.ts';
import type { SubscriptionFacet } from './facet.ts';
import { withoutCustomer } from './gone.ts';
import { only, own } from './own.ts';
import { joinMarks } from './payments.ts';
import type { SubscriptionMarks } from './payments.ts';
import type { Person } from './person.ts';

/** Whose a subscription is, at one of its versions. */
export type HoldingVersion = {
  readonly subscriptionId: string;
  readonly customerId: string;
  readonly version: number;
  /** To gain: it names the new person itself. To lose: its customer stays theirs. */
  readonly stays: boolean;
};

/** What a person knows of one subscription: it goes where that goes. */
export type SubscriptionFacts = {
  readonly subscriptions: readonly SubscriptionFacet[];
  readonly marks: Readonly<Record<string, SubscriptionMarks>>;
};

/** From now on the subscription's events are refused when an older version than this brought them. */
export function closeHolding(person: Person, { subscriptionId, version }: HoldingVersion): Person {
  return close(person, { customerId: subscriptionId, version });
}

export function subscriptionFactsOf(person: Person, subscriptionId: string): SubscriptionFacts {
  const facet = own(person.subscriptions, subscriptionId);
  // Invoices may have come before the subscription that explains them.
  const purchaseId = facet?.purchaseId ?? subscriptionId;
  const subscriptions = facet === null ? [] : [facet];
  return { subscriptions, marks: only(person.marks, (_, id) => id === purchaseId) };
}

/** What the person has learnt meanwhile by newer events stays. */
export function gainHolding(
  person: Person,
  gained: HoldingVersion,
  { subscriptions, marks }: SubscriptionFacts,
): Person {
  const { subscriptionId, customerId, version, stays: isNamed } = gained;
  if (closedAt(person, subscriptionId) > version) return person;
  const news = subscriptions.filter((facet) => {
    const known = own(person.subscriptions, facet.id);
    return known === null || (!isFinal(known) && isAtLeastAsNew(facet, known));
  });
  const joined = Object.entries(marks).map(([id, theirs]) => {
    const ours = own(person.marks, id);
    return [id, ours === null ? theirs : joinMarks(theirs, ours)] as const;
  });
  const open = reopened(person, { customerId: subscriptionId, version });
  const { customers } = person;
  return {
    ...(isNamed ? named(open, subscriptionId) : open),
    customers: customers.includes(customerId) ? customers : [...customers, customerId],
    subscriptions: {
      ...person.subscriptions,
      ...Object.fromEntries(news.map((facet) => [facet.id, facet])),
    },
    marks: { ...person.marks, ...Object.fromEntries(joined) },
  };
}

/** Gives the subscription up, unless it has come back since; its customer as well, where nothing else is theirs by it. */
export function loseHolding(person: Person, left: HoldingVersion): Person {
  const { subscriptionId, customerId, version, stays } = left;
  if (closedAt(person, subscriptionId) !== version) return person;
  const lost = subscriptionFactsOf(person, subscriptionId);
  const subscriptions = only(person.subscriptions, (_, id) => id !== subscriptionId);
  const hasLost = person.tenure.hasLost || lost.subscriptions.length > 0;
  const rest = unnamed(
    {
      ...person,
      subscriptions,
      marks: only(person.marks, (_, id) => !Object.hasOwn(lost.marks, id)),
      tenure: { ...person.tenure, hasLost },
    },
    subscriptionId,
  );
  if (stays || Object.values(subscriptions).some((each) => each.customerId === customerId)) {
    return rest;
  }
  return withoutCustomer(rest, customerId);
}

function named(person: Person, subscriptionId: string): Person {
  if (person.tenure.named.includes(subscriptionId)) return person;
  const ids = [...person.tenure.named, subscriptionId];
  return { ...person, tenure: { ...person.tenure, named: ids } };
}
