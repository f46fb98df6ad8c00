// Cards: the ways to pay of a person's customers. No event says that a card expires, so its last day is a trait. No
// I/O. No clock.

import type { Traits } from './facet.ts';
import type { News } from './news.ts';
import { own } from './own.ts';
import type { Person } from './person.ts';

/** Customers have a handful; the oldest are forgotten first. */
const CARDS_MAX = 16;

/** Older news than what is known of the card changes nothing. */
export function applyCard(person: Person, news: Extract<News, { kind: 'card' }>): Person {
  const { kind: _kind, id, ...card } = news;
  const known = own(person.cards, id);
  if (known !== null && known.asOf > card.asOf) return person;
  const cards = Object.entries({ ...person.cards, [id]: card })
    .toSorted(([, a], [, b]) => b.asOf - a.asOf)
    .slice(0, CARDS_MAX);
  return { ...person, cards: Object.fromEntries(cards) };
}

/** The card that was attached or replaced last is the one the customer means to pay with. */
export function cardTraits(person: Person, customerId: string | null): Traits {
  const newest = Object.values(person.cards)
    .filter((card) => card.customerId === customerId && card.isAttached)
    .toSorted((a, b) => b.asOf - a.asOf)[0];
  return newest === undefined ? {} : { cardExpiresAt: newest.expiresAt };
}
