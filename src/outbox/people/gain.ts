// Gain: what a customer, or a subscription that names somebody else, brings to its new person. What no row can hold is put aside in
// parts, so that the hand-over ends; an operator has them gained again once something has ended.

import { gain } from '../../person/customers.ts';
import type { CustomerFacts, LinkVersion } from '../../person/customers.ts';
import { decided } from '../../person/decided.ts';
import { gainHolding } from '../../person/holdings.ts';
import type { HoldingVersion } from '../../person/holdings.ts';
import { partsOf } from '../../person/parts.ts';
import { newPerson } from '../../person/person.ts';
import type { Person } from '../../person/person.ts';
import { contextIn } from '../capability.ts';
import type { ShardWorld } from '../capability.ts';
import type { Tables } from '../tables.ts';
import { record } from './record.ts';
import type { Acceptance, MessageContext } from './recorded.ts';
import { webhookKey } from './seen.ts';
import { personKey, PersonTooLarge } from './table.ts';
import { TOO_LARGE } from './too-large.ts';
import { unseen } from './unseen.ts';

/** By the customer's link, or by what the subscription says itself. */
type Gain = { readonly userId: string; readonly facts: CustomerFacts } & (
  | { readonly link: LinkVersion }
  | { readonly holding: HoldingVersion }
);

const ERASED: Acceptance = { outcome: 'erased', messages: 0 };

/** May be repeated. */
export function gainAll(world: ShardWorld, all: Gain): Acceptance {
  const context = contextIn(world);
  try {
    return world.storage.transaction((tables) => gainIn(tables, all, context));
  } catch (error) {
    if (!(error instanceof PersonTooLarge)) throw error;
  }
  const parts = partsOf(all.facts).map((facts, place) =>
    gainPart(world, { part: { ...all, facts }, place }, context),
  );
  return { outcome: 'accepted', messages: parts.reduce((sum, { messages }) => sum + messages, 0) };
}

/** Throws where their row gets too large. `moved`: it is somebody else's by now. */
export function gainIn(tables: Tables, all: Gain, context: MessageContext): Acceptance {
  const { userId, facts } = all;
  let isMoved = false;
  const next = (person: Person) => {
    const gained =
      'link' in all ? gain(person, all.link, facts) : gainHolding(person, all.holding, facts);
    isMoved = gained === person;
    return gained;
  };
  const acceptance = changed(tables, { userId, next }, context);
  return isMoved ? { ...acceptance, outcome: 'moved' } : acceptance;
}

/** Once: what has been gained, or put aside, is not when the hand-over is repeated. */
function gainPart(
  { storage, platform }: ShardWorld,
  { part, place }: { readonly part: Gain; readonly place: number },
  context: MessageContext,
): Acceptance {
  const { now } = context;
  const by = 'link' in part ? part.link : part.holding;
  const key = webhookKey('hand_over', JSON.stringify([by, place]));
  const nothing: Acceptance = { outcome: 'duplicate', messages: 0 };
  const once = (write: (tables: Tables) => Acceptance) =>
    storage.transaction((tables) => {
      if (tables.seen.has(key, now)) return nothing;
      tables.seen.remember(key, now);
      return write(tables);
    });
  try {
    return once((tables) => gainIn(tables, part, context));
  } catch (error) {
    if (!(error instanceof PersonTooLarge)) throw error;
    return once(({ parked }) => {
      const content = { type: 'hand_over', ...part };
      parked.add({ at: now, person: personKey(part.userId), ...TOO_LARGE, content });
      platform.log({ stage: 'outbox', decision: 'parked', reason: TOO_LARGE.reason });
      return nothing;
    });
  }
}

export function isGain(content: unknown): content is Gain {
  return typeof content === 'object' && content !== null && 'facts' in content;
}

export function changed(
  tables: Tables,
  { userId, next }: { readonly userId: string; readonly next: (person: Person) => Person },
  context: MessageContext,
): Acceptance {
  const known = tables.people.whole(personKey(userId));
  if (known === null) return ERASED;
  const before = known ?? newPerson(userId);
  const { person, moments } = decided(next(before));
  const untold = unseen(tables, moments, { now: context.now });
  return record(tables, { before, person, moments: untold }, context);
}
