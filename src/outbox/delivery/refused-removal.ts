// A removal that Customer.io refuses: an erasure somebody is owed, so it is put aside, not parked, and asked again until
// it is taken. It goes by the pace and the pauses of its shard, and holds up nobody: its waits are its own.

import { retryDelayMs } from '../../apis/backoff.ts';
import type { Outcome } from '../../apis/outcome.ts';
import { counted } from '../../platform/counters.ts';
import type { Removal } from '../erasure/removals.ts';
import { attempt, pace, pause } from './deliver.ts';
import type { DeliveryWorld } from './deliver.ts';
import { withCounts } from './record.ts';

/** Asked by one alarm run; what else is due comes with the next, after the journal has had its turn. */
const PER_RUN_MAX = 10;

export async function retryRemovals(world: DeliveryWorld): Promise<void> {
  const { storage, now } = world;
  for (let asked = 0; asked < PER_RUN_MAX; asked += 1) {
    const removal = storage.tables().removals.next();
    if (removal === null || removal.nextAt > now() || storage.delivery().notBefore > now()) return;
    await pace(world);
    settle(world, removal, await attempt(world, [removal.message]));
  }
}

function settle(world: DeliveryWorld, removal: Removal, outcome: Outcome): void {
  switch (outcome.kind) {
    case 'delivered':
      return landed(world, removal);
    case 'refused':
      pause(world, { reason: outcome.reason, fingerprint: world.fingerprint });
      return;
    case 'retry':
      return again(world, removal, outcome);
    case 'rejected':
      return again(world, removal, { reason: 'request_invalid', retryAfterMs: null });
  }
}

function landed({ storage, log }: DeliveryWorld, { person, message }: Removal): void {
  const name = message.type === 'track' ? message.event : message.type;
  storage.transaction(({ removals }) => {
    removals.remove(person);
    const { landed: total } = storage.delivery();
    // What was refused to everybody is not any more.
    const next = { ...storage.delivery(), pause: null, landed: counted(total, { [name]: 1 }) };
    storage.save(withCounts(next, { delivered: 1 }));
  });
  log({ decision: 'erasure_taken', person });
}

/** Only what Customer.io asks of everybody, its pace, holds up everybody. */
function again(
  { storage, now, random, log }: DeliveryWorld,
  removal: Removal,
  why: { readonly reason: string; readonly retryAfterMs: number | null },
): void {
  const { reason, retryAfterMs } = why;
  const tried = removal.attempt + 1;
  const delayMs = retryDelayMs(tried, random(), retryAfterMs);
  const nextAt = now() + delayMs;
  storage.transaction(({ removals }) => {
    removals.save({ ...removal, attempt: tried, nextAt });
    const isForAll = reason === 'rate_limited' || retryAfterMs !== null;
    const notBefore = isForAll ? nextAt : storage.delivery().notBefore;
    storage.save(withCounts({ ...storage.delivery(), notBefore }, { retries: 1 }));
  });
  log({ decision: 'erasure_refused', person: removal.person, reason, attempt: tried, delayMs });
}
