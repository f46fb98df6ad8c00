// Drain: delivers the journal in order, one request in flight, paced, until it is empty or has to wait; whoever is held has
// a turn between two slices. It runs only in the alarm handler, which the platform never runs twice at once: that is the
// lock. The clock, the network and the tables come in; every step is written before the next request, so a crash sends at
// most one batch again.

import { deliver } from './deliver.ts';
import { retryHeld } from './held.ts';
import { planBatch, READ_MAX } from './plan-batch.ts';
import type { Cursor } from './plan-batch.ts';
import { readyAt, withCounts, withCursor } from './record.ts';
import type { DeliveryWorld, Progress } from './send.ts';

/** One alarm run drains no longer than this and goes on in the next: the platform's wall limit is 15 minutes. */
const RUN_MS_MAX = 60_000;

/** Returns when nothing is left, when it must wait (see `notBefore`), or after its share of time. */
export async function drain(world: DeliveryWorld): Promise<void> {
  const { now, storage, areRequestsSpent } = world;
  const startedAt = now();
  // A clock that was set back would make a long run of a short one.
  const isInTime = () => now() >= startedAt && now() < startedAt + RUN_MS_MAX;
  const mayGoOn = () => isInTime() && !areRequestsSpent() && now() >= storage.delivery().notBefore;
  begin(world);
  while (mayGoOn()) {
    const wasHeldTried = await retryHeld(world);
    const progress = mayGoOn() ? await drainBatch(world) : 'stop';
    if (progress === 'stop' && !wasHeldTried) return;
  }
}

/** A neighbour has come for a message that failed with none: now it shows whether anybody is there. */
function begin({ storage, now }: DeliveryWorld): void {
  const delivery = storage.delivery();
  const lastSeq = storage.tables().journal.lastSeq();
  if (now() >= delivery.notBefore || now() < readyAt(delivery, lastSeq)) return;
  storage.save({ ...delivery, notBefore: now(), lonelySeq: null });
}

async function drainBatch(world: DeliveryWorld): Promise<Progress> {
  const { storage } = world;
  const { people, journal } = storage.tables();
  const { cursor, slice } = storage.delivery();
  const entries = journal.entriesAfter(cursor.seq, { ...READ_MAX, count: slice });
  if (entries.length === 0) return 'stop';
  const from = { ...cursor, most: slice };
  const { items, end, skipped } = planBatch(entries, from, people.isErased);
  const progress = items.length === 0 ? 'go_on' : await deliver(world, items);
  if (progress === 'stop') return 'stop';
  pass(world, end, skipped);
  return 'go_on';
}

/** Moves the cursor over what was left out behind the last message sent. */
function pass({ storage }: DeliveryWorld, end: Cursor, skipped: number): void {
  const { cursor } = storage.delivery();
  const next = withCounts(withCursor(storage.delivery(), end), { skipped });
  if (cursor.seq === end.seq && cursor.part === end.part) storage.note(next);
  else storage.save(next);
}
