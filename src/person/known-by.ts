// What a person is known by: ids and addresses that are theirs and nobody else's. No name: it may be anybody's. No I/O.

import { own } from './own.ts';
import type { Person } from './person.ts';

/** Stripe customers that have moved away are somebody else's by now. */
export function knownBy(person: Person): readonly string[] {
  const { userId, user, customers, subscriptions, cards, tenure } = person;
  const { email = null, phone = null } = user?.traits ?? {};
  return [
    userId,
    ...[email, phone].filter((value) => typeof value === 'string'),
    ...[...customers, ...(tenure.gone ?? [])].filter((id) => own(tenure.closed, id) === null),
    ...Object.keys(subscriptions),
    ...Object.keys(cards),
  ];
}
