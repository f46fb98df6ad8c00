// Cards and other ways to pay of a person's customers. No event says that a card expires, so the last day of the one that
// pays now is a trait. No I/O. No clock.

import type { SubscriptionFacet, Traits } from './facet.ts';
import { hasGone } from './gone.ts';
import type { News } from './news.ts';
import { own } from './own.ts';
import type { Person } from './person.ts';

/** Customers have a handful; the oldest are forgotten first. */
const CARDS_MAX = 16;

export function applyWayToPay(
  person: Person,
  news: Extract<News, { kind: 'card' | 'default_method' }>,
): Person {
  if (hasGone(person, news.customerId)) return person;
  return news.kind === 'card' ? applyCard(person, news) : applyDefaultMethod(person, news);
}

/** Older news than what is known of the card changes nothing. */
function applyCard(person: Person, news: Extract<News, { kind: 'card' }>): Person {
  const { kind: _kind, id, ...card } = news;
  const known = own(person.cards, id);
  if (known !== null && known.asOf > card.asOf) return person;
  const cards = Object.entries({ ...person.cards, [id]: card })
    .toSorted(([, a], [, b]) => b.asOf - a.asOf)
    .slice(0, CARDS_MAX);
  return { ...person, cards: Object.fromEntries(cards) };
}

function applyDefaultMethod(
  person: Person,
  { customerId, asOf, id }: Extract<News, { kind: 'default_method' }>,
): Person {
  const { defaultMethods = {} } = person;
  const known = own(defaultMethods, customerId);
  if (known !== null && known.asOf > asOf) return person;
  return { ...person, defaultMethods: { ...defaultMethods, [customerId]: { asOf, id } } };
}

/**
 * Of what pays now: the subscription's own way to pay, else its customer's default, else what was attached or replaced
 * last. Null where that does not expire, or is not known; nothing where there is no way to pay.
 */
export function cardTraits(
  person: Person,
  customerId: string | null,
  subscription: SubscriptionFacet | null = null,
): Traits {
  const set = subscription?.defaultMethodId ?? customersDefault(person, customerId);
  if (set !== null) return { cardExpiresAt: own(person.cards, set)?.expiresAt ?? null };
  const newest = Object.values(person.cards)
    .filter((card) => card.customerId === customerId && card.isAttached)
    .toSorted((a, b) => b.asOf - a.asOf)[0];
  return newest === undefined ? {} : { cardExpiresAt: newest.expiresAt };
}

/** They have one that is set or attached, as far as is known. */
export function hasWayToPay(person: Person, customerId: string | null): boolean {
  if (customersDefault(person, customerId) !== null) return true;
  const cards = Object.values(person.cards);
  return cards.some((card) => card.customerId === customerId && card.isAttached);
}

function customersDefault({ defaultMethods = {} }: Person, customerId: string | null) {
  return own(defaultMethods, customerId)?.id ?? null;
}
