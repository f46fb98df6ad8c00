// Customers that are no longer a person's: deleted at the provider, or with nothing left that is theirs by it. No I/O. No clock.

import { except, only } from './own.ts';
import type { Person } from './person.ts';
import { withoutTyped } from './typed.ts';

/** A person has a handful; the oldest are forgotten first. */
const GONE_MAX = 32;

/** The customer is deleted at the provider: no event of its, however late, makes it theirs again. */
export function hasGone({ tenure }: Person, customerId: string): boolean {
  return tenure.gone?.includes(customerId) ?? false;
}

/** What they bought and paid as that customer stays. */
export function gone(person: Person, customerId: string): Person {
  const { tenure, ...rest } = withoutCustomer(person, customerId);
  const known = tenure.gone ?? [];
  const all = known.includes(customerId) ? known : [...known, customerId].slice(-GONE_MAX);
  return { ...rest, tenure: { ...tenure, hasLost: true, gone: all } };
}

/** Nothing is theirs by the customer any more: it is none of theirs, and so is what it pays with. */
export function withoutCustomer(person: Person, customerId: string): Person {
  const { defaultMethods, ...rest } = withoutTyped(person, customerId);
  return {
    ...rest,
    cards: only(person.cards, (card) => card.customerId !== customerId),
    ...(defaultMethods === undefined ? {} : { defaultMethods: except(defaultMethods, customerId) }),
    customers: person.customers.filter((each) => each !== customerId),
  };
}
