// A customer whose link moved, or a subscription that names somebody else, on the side of the people it moved between: the
// old person is closed for its events, the new one gains what was known, the old one loses it. The links shard drives it
// and may repeat any step.

import { customerFactsOf, close, gain, lose } from '../../person/customers.ts';
import type { CustomerFacts, LinkVersion } from '../../person/customers.ts';
import {
  closeHolding,
  gainHolding,
  loseHolding,
  subscriptionFactsOf,
} from '../../person/holdings.ts';
import type { HoldingVersion, SubscriptionFacts } from '../../person/holdings.ts';
import { newPerson } from '../../person/person.ts';
import type { Person } from '../../person/person.ts';
import { configIn } from '../capability.ts';
import type { ShardWorld } from '../capability.ts';
import { record } from './record.ts';
import type { Acceptance } from './recorded.ts';
import { personKey } from './table.ts';

const NOTHING: CustomerFacts = { subscriptions: [], marks: {}, cards: {} };
const ERASED: Acceptance = { outcome: 'erased', messages: 0 };

/** What the person has of the customer; it stays until it is lost, and nothing is added to it. */
export function closeCustomer(world: ShardWorld, userId: string, link: LinkVersion): CustomerFacts {
  const person = closed(world, userId, (known) => close(known, link));
  return person === null ? NOTHING : customerFactsOf(person, link.customerId);
}

export function gainCustomer(
  world: ShardWorld,
  userId: string,
  gained: { readonly link: LinkVersion; readonly facts: CustomerFacts },
): Acceptance {
  const { link, facts } = gained;
  return change(world, userId, (person) => gain(person, link, facts));
}

export function loseCustomer(world: ShardWorld, userId: string, link: LinkVersion): Acceptance {
  return change(world, userId, (person) => lose(person, link));
}

/** The same of one subscription. */
export function closeSubscription(
  world: ShardWorld,
  userId: string,
  left: HoldingVersion,
): SubscriptionFacts {
  const person = closed(world, userId, (known) => closeHolding(known, left));
  return person === null
    ? { subscriptions: [], marks: {} }
    : subscriptionFactsOf(person, left.subscriptionId);
}

export function gainSubscription(
  world: ShardWorld,
  userId: string,
  gained: { readonly version: HoldingVersion; readonly facts: SubscriptionFacts },
): Acceptance {
  return change(world, userId, (person) => gainHolding(person, gained.version, gained.facts));
}

export function loseSubscription(
  world: ShardWorld,
  userId: string,
  left: HoldingVersion,
): Acceptance {
  return change(world, userId, (person) => loseHolding(person, left));
}

/** Null: they are deleted. */
function closed(
  { storage }: ShardWorld,
  userId: string,
  next: (person: Person) => Person,
): Person | null {
  return storage.transaction(({ people }) => {
    const key = personKey(userId);
    const known = people.whole(key);
    if (known === null) return null;
    const person = next(known ?? newPerson(userId));
    if (person !== known) people.save(key, person);
    return person;
  });
}

function change(world: ShardWorld, userId: string, next: (person: Person) => Person): Acceptance {
  const context = { options: configIn(world).messages, now: world.platform.now() };
  return world.storage.transaction((tables) => {
    const known = tables.people.whole(personKey(userId));
    if (known === null) return ERASED;
    const before = known ?? newPerson(userId);
    return record(tables, { before, person: next(before), moments: [] }, context);
  });
}
