// A customer whose link moved, or a subscription that names somebody else, on the side of the people it moved between: the
// old person is closed for its events, the new one gains what was known, the old one loses it. The links shard drives it
// and may repeat any step.

import { customerFactsOf, close, lose } from '../../person/customers.ts';
import type { CustomerFacts, LinkVersion } from '../../person/customers.ts';
import { closeHolding, loseHolding, subscriptionFactsOf } from '../../person/holdings.ts';
import type { HoldingVersion, SubscriptionFacts } from '../../person/holdings.ts';
import { PART_MAX, partsOf } from '../../person/parts.ts';
import { newPerson } from '../../person/person.ts';
import type { Person } from '../../person/person.ts';
import { contextIn } from '../capability.ts';
import type { ShardWorld } from '../capability.ts';
import { changed, gainAll } from './gain.ts';
import type { Acceptance } from './recorded.ts';
import { personKey } from './table.ts';

const NOTHING: CustomerFacts = { subscriptions: [], marks: {}, cards: {} };

/** Parts of a hand-over: 12 MB of characters, of two bytes each at most. A call takes 32 MiB. */
const PARTS_MAX = 120;

/** Characters that somebody's row may have beyond what it may: whoever has a row that is full lets go all the same. */
const ROOM = 64 * 1024;

/** What the person has of the customer; it stays until it is lost, and nothing is added to it. */
export function closeCustomer(world: ShardWorld, userId: string, link: LinkVersion): CustomerFacts {
  const person = closed(world, userId, (known) => close(known, link));
  return person === null ? NOTHING : fitting(customerFactsOf(person, link.customerId));
}

/** Of more than a call takes what was over first is forgotten, as where somebody has too many. */
function fitting(facts: CustomerFacts): CustomerFacts {
  if (JSON.stringify(facts).length <= PARTS_MAX * PART_MAX) return facts;
  const parts = partsOf(facts).slice(0, PARTS_MAX);
  return {
    ...facts,
    subscriptions: parts.flatMap(({ subscriptions }) => subscriptions),
    marks: Object.fromEntries(parts.flatMap(({ marks }) => Object.entries(marks))),
  };
}

export function gainCustomer(
  world: ShardWorld,
  userId: string,
  gained: { readonly link: LinkVersion; readonly facts: CustomerFacts },
): Acceptance {
  return gainAll(world, { userId, ...gained });
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
  const { version: holding, facts } = gained;
  return gainAll(world, { userId, holding, facts: { cards: {}, ...facts } });
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
    if (person !== known) people.save(key, person, ROOM);
    return person;
  });
}

function change(world: ShardWorld, userId: string, next: (person: Person) => Person): Acceptance {
  const context = { ...contextIn(world), room: ROOM };
  return world.storage.transaction((tables) => changed(tables, { userId, next }, context));
}
