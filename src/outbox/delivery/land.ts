// Land: what Customer.io has taken, and the cursor behind it. What is of somebody who is held moves to where they wait.

import { messageName } from '../../person/message.ts';
import type { Message } from '../../person/message.ts';
import { countsOf, counted } from '../../platform/counters.ts';
import type { Tables } from '../tables.ts';
import { withBatch, withHour } from './course.ts';
import { moved } from './move.ts';
import type { Cursor, Item } from './plan-batch.ts';
import { withCounts, withCursor } from './record.ts';
import type { Delivery } from './record.ts';
import type { Cut, DeliveryWorld, Progress } from './send.ts';
import { doubled } from './slice.ts';

/** A shard to which nobody answered for so long was down: failures before and after it are not one row of failures. */
const OUTAGE_MS = 300_000;

/** A failure of a held person counts against their message once in this time. */
export const COUNT_EVERY_MS = 300_000;

export function landed(world: DeliveryWorld, cut: Cut): Progress {
  const { storage, log } = world;
  const { all, sendable, messages } = cut;
  const cursor = storage.transaction((tables) => {
    for (const item of sendable) follow(world, tables, item);
    const end = advance(tables, all, storage.delivery().cursor);
    const skipped = all.length - sendable.length - end.held;
    const after = withLanded(noteLanding(world, tables), messages);
    const slice = doubled(after.slice);
    const batch = { from: storage.delivery().cursor.seq, to: end.cursor.seq };
    const next = withBatch({ ...after, slice, parkedInARow: 0 }, batch, world.now());
    storage.save(withCounts(withCursor(next, end.cursor), { skipped }));
    return end.cursor;
  });
  log({ decision: 'delivered', messages: messages.length, seq: cursor.seq });
  return 'go_on';
}

/** One that somebody else's was compared with: it is their first, so nothing of theirs is overtaken. */
export function landedAhead(world: DeliveryWorld, item: Item): void {
  const { storage, log } = world;
  const { seq, part, message } = item;
  storage.transaction((tables) => {
    follow(world, tables, item);
    const after = withLanded(noteLanding(world, tables), [message]);
    storage.save({ ...after, parkedInARow: 0, ahead: [...after.ahead, { seq, part }] });
  });
  log({ decision: 'delivered', messages: 1, seq });
}

/** What a landing brings about. Within a transaction. */
function follow(world: DeliveryWorld, tables: Tables, item: Item): void {
  const { person, message, isRemoval, seq } = item;
  // It has done its work, and holds the id of somebody who is deleted: their hash is left.
  if (isRemoval) tables.journal.empty(seq);
  mailAfter(world, tables, { person, message });
}

/** Their people are deleted or held: nothing is sent of them now. */
export function passOver({ storage }: DeliveryWorld, { all }: Cut): Progress {
  storage.transaction((tables) => {
    const { cursor, held } = advance(tables, all, storage.delivery().cursor);
    const next = withCursor(storage.delivery(), cursor);
    storage.save(withCounts(next, { skipped: all.length - held }));
  });
  return 'go_on';
}

/** Where the cursor goes, and how many messages went to those that wait. Within a transaction, with whatever saves the cursor. */
export function advance(
  { holds, people }: Tables,
  items: readonly Item[],
  from: Cursor,
): { readonly cursor: Cursor; readonly held: number } {
  const theirs = items.filter(
    ({ person, isRemoval }) => !isRemoval && holds.isHeld(person) && !people.isErased(person),
  );
  for (const item of theirs) holds.keep(item);
  return { cursor: items.at(-1)?.next ?? from, held: theirs.length };
}

/** Something has landed: whoever is held is compared with that. Within a transaction. */
export function noteLanding(world: DeliveryWorld, tables: Tables): Delivery {
  const at = world.now();
  const next = noteAnswer(world, tables, 'landed');
  tables.holds.bringForward(at, at - COUNT_EVERY_MS);
  return { ...next, lastLandedAt: at };
}

/** Customer.io is there again, whatever it said. Within a transaction. */
export function noteAnswer(
  { storage, now }: DeliveryWorld,
  { holds }: Tables,
  happening: 'landed' | 'set_aside',
): Delivery {
  const before = storage.delivery();
  const at = now();
  if (before.failingSince !== null && at - before.failingSince >= OUTAGE_MS) holds.restart(at);
  return moved(before, happening);
}

export function withLanded(delivery: Delivery, messages: readonly Message[]): Delivery {
  const total = counted(delivery.landed, countsOf(messages.map(messageName)));
  const hours = withHour(delivery.hours, delivery.lastLandedAt, { landed: messages.length });
  return withCounts({ ...delivery, landed: total, hours }, { delivered: messages.length });
}

/** A mail by rule follows a track that has landed. */
export function mailAfter(
  { isMailed, now }: DeliveryWorld,
  { emails }: Tables,
  { person, message }: Pick<Item, 'person' | 'message'>,
): void {
  if (message.type !== 'track' || message.userId === undefined) return;
  if (!isMailed(message.event)) return;
  emails.add({ person, message, at: now() });
}
