// A customer whose link moved, on the side of the people it moved between: the old person is closed for its events,
// the new one gains what was known, the old one loses it. The links object drives it and may repeat any step.

import { belongingsOf, close, gain, lose } from '../person/customers.ts';
import type { Belongings, Hold } from '../person/customers.ts';
import type { MessageOptions } from '../person/messages.ts';
import { newPerson } from '../person/person.ts';
import type { Person } from '../person/person.ts';
import { record } from './accept.ts';
import type { Acceptance } from './accept.ts';
import { personKey } from './people.ts';
import type { Store } from './store.ts';

/** About one person and one customer's link. `now` in Unix milliseconds. */
export type HoldRequest = { readonly userId: string; readonly hold: Hold; readonly now: number };

const NOTHING: Belongings = { subscriptions: [], marks: {}, cards: {} };
const ERASED: Acceptance = { outcome: 'erased', messages: 0 };

/** What the person has of the customer; it stays until it is lost, and nothing is added to it. */
export function closeCustomer(store: Store, { userId, hold }: HoldRequest): Belongings {
  const key = personKey(userId);
  const known = store.people.find(key);
  if (known === null) return NOTHING;
  const person = close(known ?? newPerson(userId), hold);
  if (person !== known) store.people.save(key, person);
  return belongingsOf(person, hold.customerId);
}

export function gainCustomer(
  store: Store,
  request: HoldRequest & { readonly belongings: Belongings },
  options: MessageOptions,
): Acceptance {
  const { hold, belongings } = request;
  return change(store, request, { options, next: (person) => gain(person, hold, belongings) });
}

export function loseCustomer(
  store: Store,
  request: HoldRequest,
  options: MessageOptions,
): Acceptance {
  return change(store, request, { options, next: (person) => lose(person, request.hold) });
}

function change(
  store: Store,
  { userId, now }: HoldRequest,
  about: { readonly options: MessageOptions; readonly next: (person: Person) => Person },
): Acceptance {
  const known = store.people.find(personKey(userId));
  if (known === null) return ERASED;
  const before = known ?? newPerson(userId);
  const { options, next } = about;
  return record(store, { before, person: next(before), moments: [] }, { options, now });
}
