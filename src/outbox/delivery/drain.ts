// Drain: delivers the journal in order, one request in flight, paced, until it is empty or has to wait. It runs only
// in the alarm handler, which the platform never runs twice at once: that is the lock. The clock, the network and
// the tables come in; every step is written before the next request, so a crash sends at most one batch again.

import { BATCH_BYTES_MAX } from '../../customerio/limits.ts';
import { deliver, STUCK_AFTER_MS } from './deliver.ts';
import type { DeliveryWorld, Progress } from './deliver.ts';
import { planBatch } from './plan-batch.ts';
import type { Cursor } from './plan-batch.ts';
import { withCounts } from './record.ts';

/** One alarm run drains no longer than this and goes on in the next: the platform's wall limit is 15 minutes. */
const RUN_MS_MAX = 60_000;

/** Read at once: about one full batch, and never much more, whatever waits. */
const READ_MAX = { count: 500, bytes: BATCH_BYTES_MAX } as const;

/** Returns when nothing is left, when it must wait (see `notBefore`), or after its share of time. */
export async function drain(world: DeliveryWorld): Promise<void> {
  const { now, storage, areRequestsSpent } = world;
  const startedAt = now();
  // A clock that was set back would make a long run of a short one.
  const isInTime = () => now() >= startedAt && now() < startedAt + RUN_MS_MAX;
  while (isInTime() && !areRequestsSpent() && now() >= storage.delivery().notBefore) {
    const progress = await drainBatch(world);
    if (progress === 'stop') return;
  }
}

async function drainBatch(world: DeliveryWorld): Promise<Progress> {
  const { storage, now } = world;
  const { people, journal } = storage.tables();
  const { cursor, failingSince } = storage.delivery();
  const entries = journal.entriesAfter(cursor.seq, READ_MAX);
  if (entries.length === 0) return 'stop';
  const { items, end, skipped } = planBatch(entries, cursor, people.isErased);
  const isStuck = failingSince !== null && now() - failingSince >= STUCK_AFTER_MS;
  const batch = { items, ahead: items, isStuck };
  const progress = items.length === 0 ? 'go_on' : await deliver(world, batch);
  if (progress === 'stop') return 'stop';
  pass(world, end, skipped);
  return 'go_on';
}

/** Moves the cursor over what was left out behind the last message sent. */
function pass({ storage }: DeliveryWorld, end: Cursor, skipped: number): void {
  const { cursor } = storage.delivery();
  const next = withCounts({ ...storage.delivery(), cursor: end }, { skipped });
  if (cursor.seq === end.seq && cursor.part === end.part) storage.note(next);
  else storage.save(next);
}
