// A customer whose link moved, on the side of the people it moved between: the old person is closed for its events,
// the new one gains what was known, the old one loses it. The links object drives it and may repeat any step.

import { belongingsOf, close, gain, lose } from '../../person/customers.ts';
import type { CustomerFacts, LinkVersion } from '../../person/customers.ts';
import { newPerson } from '../../person/person.ts';
import type { Person } from '../../person/person.ts';
import { armIfDue, optionsOf } from '../shard.ts';
import type { Shard } from '../shard.ts';
import { record } from './accept.ts';
import type { Acceptance } from './accept.ts';
import { personKey } from './table.ts';

const NOTHING: CustomerFacts = { subscriptions: [], marks: {}, cards: {} };
const ERASED: Acceptance = { outcome: 'erased', messages: 0 };

/** What the person has of the customer; it stays until it is lost, and nothing is added to it. */
export function closeCustomer({ tables }: Shard, userId: string, hold: LinkVersion): CustomerFacts {
  return tables.transaction(({ people }) => {
    const key = personKey(userId);
    const known = people.find(key);
    if (known === null) return NOTHING;
    const person = close(known ?? newPerson(userId), hold);
    if (person !== known) people.save(key, person);
    return belongingsOf(person, hold.customerId);
  });
}

export function gainCustomer(
  shard: Shard,
  userId: string,
  gained: { readonly hold: LinkVersion; readonly belongings: CustomerFacts },
): Acceptance {
  const { hold, belongings } = gained;
  return change(shard, userId, (person) => gain(person, hold, belongings));
}

export function loseCustomer(shard: Shard, userId: string, hold: LinkVersion): Acceptance {
  return change(shard, userId, (person) => lose(person, hold));
}

function change(shard: Shard, userId: string, next: (person: Person) => Person): Acceptance {
  const acceptance = shard.tables.transaction((store) => {
    const known = store.people.find(personKey(userId));
    if (known === null) return ERASED;
    const before = known ?? newPerson(userId);
    const step = { before, person: next(before), moments: [] };
    return record(store, step, { options: optionsOf(shard), now: shard.platform.now() });
  });
  if (acceptance.messages > 0) armIfDue(shard);
  return acceptance;
}
