// Customers of a person, and what becomes of what we know through them when a link moves: the old person is closed for
// the customer's events, the new one gains what there is, the old one loses it. Each step may be repeated, and a crash
// between two of them loses nothing. No I/O. No clock.

import { newestCards } from './cards.ts';
import { isAtLeastAsNew, isFinal } from './facet.ts';
import type { SubscriptionFacet } from './facet.ts';
import { customersWith, gone, hasGone, withoutCustomer } from './gone.ts';
import { fitted, joinLedgers } from './ledger.ts';
import type { Ledger } from './ledger.ts';
import type { PersonEvent } from './news.ts';
import { except, only, own } from './own.ts';
import { joinMarks } from './payments.ts';
import type { SubscriptionMarks } from './payments.ts';
import type { Card, DefaultMethod, Person } from './person.ts';
import { withoutTyped, withTyped } from './typed.ts';

/** What moved away is remembered for events that were on their way: the newest moves are enough. */
const CLOSED_MAX = 200;

/** What a person knows through a customer's link: it goes where the link goes. */
export type CustomerFacts = {
  readonly subscriptions: readonly SubscriptionFacet[];
  readonly marks: Readonly<Record<string, SubscriptionMarks>>;
  readonly cards: Readonly<Record<string, Card>>;
  /** Absent where nothing is known, and in what an older release hands over. */
  readonly defaultMethod?: DefaultMethod;
  readonly ledger?: Ledger;
  /** The customer is deleted at the provider. */
  readonly isGone?: true;
};

/** A customer's link, at one of its versions. */
export type LinkVersion = { readonly customerId: string; readonly version: number };

/** The customer, or the subscription, has moved since the event was placed: the event belongs to another person. */
export function hasMoved(person: Person, event: PersonEvent): boolean {
  const { customerId, link, of, holding = 0 } = event;
  if (of !== undefined && closedAt(person, of.subscriptionId) > holding) return true;
  if (customerId === null || link === undefined) return false;
  return closedAt(person, customerId) > link;
}

/** Notes the customer of an event, and whether its subscriptions are the person's by name. */
export function knowCustomer(person: Person, event: PersonEvent): Person {
  const { customerId, isElsewhere = false, isGone = false } = event;
  if (customerId === null || isElsewhere) return person;
  const known = knowLink(reopenedFor(person, event), event, customerId);
  return isGone || hasGone(person, customerId) ? gone(known, customerId) : known;
}

/** The subscription has come back to whom it was taken from. */
function reopenedFor(person: Person, { of, holding }: PersonEvent): Person {
  if (of === undefined || holding === undefined) return person;
  return reopened(person, { customerId: of.subscriptionId, version: holding });
}

function knowLink(person: Person, event: PersonEvent, customerId: string): Person {
  const { link, of } = event;
  const isKnown = person.customers.includes(customerId);
  const customers = customersWith(person, customerId);
  if (link !== undefined) {
    const isUnnamed = of?.says !== undefined && of.says.userId === null;
    const held = isUnnamed ? unnamed(person, of.subscriptionId) : person;
    const open = reopened(held, { customerId, version: link });
    if (event.isTyped === undefined) return { ...withoutTyped(open, customerId), customers };
    return { ...(isKnown ? open : withTyped(open, customerId)), customers };
  }
  return nameSubscriptions({ ...withoutTyped(person, customerId), customers }, event);
}

/** The event names its person itself, and so are the subscriptions in it, and the one that it is of, theirs by name. */
function nameSubscriptions(person: Person, { news, of }: PersonEvent): Person {
  const told = news.flatMap((each) => (each.kind === 'subscription' ? [each.facet.id] : []));
  const ids = new Set(of === undefined ? told : [...told, of.subscriptionId]);
  const added = [...ids].filter((id) => !person.tenure.named.includes(id));
  if (added.length === 0) return person;
  const named = [...person.tenure.named, ...added];
  return { ...person, tenure: { ...person.tenure, named } };
}

/** It goes where its customer goes, or is not theirs. */
export function unnamed(person: Person, subscriptionId: string): Person {
  if (!person.tenure.named.includes(subscriptionId)) return person;
  const ids = person.tenure.named.filter((id) => id !== subscriptionId);
  return { ...person, tenure: { ...person.tenure, named: ids } };
}

/** From now on the customer's events are refused when an older link than `version` brought them. */
export function close(person: Person, { customerId, version }: LinkVersion): Person {
  if (closedAt(person, customerId) >= version) return person;
  const closed = Object.entries({ ...person.tenure.closed, [customerId]: version })
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, CLOSED_MAX);
  return { ...person, tenure: { ...person.tenure, closed: Object.fromEntries(closed) } };
}

export function customerFactsOf(person: Person, customerId: string): CustomerFacts {
  const subscriptions = Object.values(person.subscriptions).filter(
    (facet) => facet.customerId === customerId && !person.tenure.named.includes(facet.id),
  );
  const ids = new Set(subscriptions.map(({ purchaseId }) => purchaseId));
  // Invoices may have come before the subscription that explains them: they go where it will go.
  const isTheirs = (marks: SubscriptionMarks) =>
    marks.undecided.some((payment) => payment.customerId === customerId);
  return {
    subscriptions,
    marks: only(person.marks, (marks, id) => ids.has(id) || isOrphan(person, id, isTheirs(marks))),
    cards: only(person.cards, (card) => card.customerId === customerId),
    ...moneyFactsOf(person, customerId),
    ...(hasGone(person, customerId) ? { isGone: true } : {}),
  };
}

function moneyFactsOf(person: Person, customerId: string) {
  const defaultMethod = own(person.defaultMethods ?? {}, customerId);
  const ledger = own(person.ledgers ?? {}, customerId);
  return {
    ...(defaultMethod === null ? {} : { defaultMethod }),
    ...(ledger === null ? {} : { ledger }),
  };
}

function isOrphan(person: Person, purchaseId: string, isTheirs: boolean): boolean {
  if (person.tenure.named.includes(purchaseId)) return false;
  const facets = Object.values(person.subscriptions);
  return isTheirs && !facets.some((facet) => facet.purchaseId === purchaseId);
}

/** What the person has learnt meanwhile by the customer's newer events stays. */
export function gain(person: Person, link: LinkVersion, facts: CustomerFacts): Person {
  const { customerId, version } = link;
  if (closedAt(person, customerId) > version) return person;
  const cards = only(facts.cards, ({ asOf }, id) => (own(person.cards, id)?.asOf ?? 0) < asOf);
  const gained = {
    ...withoutTyped(reopened(person, link), customerId),
    customers: customersWith(person, customerId),
    ...gainedPurchases(person, facts),
    cards: newestCards({ ...person.cards, ...cards }),
    ...gainedMoney(person, customerId, facts),
  };
  return facts.isGone === true || hasGone(person, customerId) ? gone(gained, customerId) : gained;
}

/** What is newer than what they know, and the marks of both. */
export function gainedPurchases(
  person: Person,
  { subscriptions, marks }: Pick<CustomerFacts, 'subscriptions' | 'marks'>,
): Pick<Person, 'subscriptions' | 'marks'> {
  const news = subscriptions.filter((facet) => {
    const known = own(person.subscriptions, facet.id);
    return known === null || (!isFinal(known) && isAtLeastAsNew(facet, known));
  });
  const gained = Object.fromEntries(news.map((facet) => [facet.id, facet]));
  return {
    subscriptions: { ...person.subscriptions, ...gained },
    marks: { ...person.marks, ...joined(marks, person.marks) },
  };
}

/** What is not handed over stays as it is. */
function gainedMoney(person: Person, customerId: string, facts: CustomerFacts) {
  return {
    ...gainedDefault(person, customerId, facts.defaultMethod),
    ...gainedLedger(person, customerId, facts.ledger),
  };
}

function gainedDefault(
  { defaultMethods = {} }: Person,
  customerId: string,
  defaultMethod: DefaultMethod | undefined,
) {
  const knownAt = own(defaultMethods, customerId)?.asOf ?? 0;
  if (defaultMethod === undefined || defaultMethod.asOf <= knownAt) return {};
  return { defaultMethods: { ...defaultMethods, [customerId]: defaultMethod } };
}

function gainedLedger({ ledgers = {} }: Person, customerId: string, ledger: Ledger | undefined) {
  if (ledger === undefined) return {};
  const known = own(ledgers, customerId);
  const both = known === null ? ledger : joinLedgers(ledger, known);
  return { ledgers: fitted({ ...ledgers, [customerId]: both }) };
}

/** Gives up what was held by the link, unless the customer has come back since. */
export function lose(person: Person, { customerId, version }: LinkVersion): Person {
  if (closedAt(person, customerId) !== version) return person;
  const lost = customerFactsOf(person, customerId);
  const ids = new Set(lost.subscriptions.map(({ id }) => id));
  const subscriptions = only(person.subscriptions, (_, id) => !ids.has(id));
  const isStillNamed = Object.values(subscriptions).some((each) => each.customerId === customerId);
  const isKnown = person.customers.includes(customerId);
  const rest = {
    ...person,
    subscriptions,
    marks: only(person.marks, (_, id) => !Object.hasOwn(lost.marks, id)),
    tenure: { ...person.tenure, hasLost: person.tenure.hasLost || isKnown },
    ...(person.ledgers === undefined ? {} : { ledgers: except(person.ledgers, customerId) }),
  };
  return isStillNamed ? rest : withoutCustomer(rest, customerId);
}

/** What either side knows of a purchase counts: one of them may have seen only a part. */
function joined(
  gained: CustomerFacts['marks'],
  known: Person['marks'],
): Record<string, SubscriptionMarks> {
  return Object.fromEntries(
    Object.entries(gained).map(([id, marks]) => {
      const ours = own(known, id);
      return [id, ours === null ? marks : joinMarks(marks, ours)];
    }),
  );
}

/** `id` of a customer or of a subscription. */
export function closedAt(person: Person, id: string): number {
  return own(person.tenure.closed, id) ?? 0;
}

/** A link at least as new as the one that took the customer away has brought it back. */
export function reopened(person: Person, { customerId, version }: LinkVersion): Person {
  const at = closedAt(person, customerId);
  if (at === 0 || at > version) return person;
  const closed = only(person.tenure.closed, (_, id) => id !== customerId);
  return { ...person, tenure: { ...person.tenure, closed } };
}
