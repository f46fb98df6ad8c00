// A removal that Customer.io refuses: an erasure somebody is owed, so it is put aside, not parked, and asked again until
// it is taken. It goes by the pace and the pauses of its shard, and holds up nobody: its waits are its own.

import { retryDelayMs } from '../../apis/backoff.ts';
import type { Outcome } from '../../apis/outcome.ts';
import type { Removal } from '../erasure/removals.ts';
import { withLanded } from './land.ts';
import { moved } from './move.ts';
import { withCounts } from './record.ts';
import { attempt, pace } from './send.ts';
import type { DeliveryWorld, Retry } from './send.ts';
import { pause, waitedIfAsked } from './wait.ts';

/** Asked by one alarm run; what else is due comes with the next, after the journal has had its turn. */
const PER_RUN_MAX = 10;

export async function retryRemovals(world: DeliveryWorld): Promise<void> {
  const { storage, now, areRequestsSpent } = world;
  for (let asked = 0; asked < PER_RUN_MAX; asked += 1) {
    if (areRequestsSpent()) return;
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
      return again(world, removal, null);
  }
}

function landed({ storage, log }: DeliveryWorld, { person, message }: Removal): void {
  storage.transaction(({ removals }) => {
    removals.remove(person);
    // What was refused to everybody is not any more.
    storage.save(withLanded(moved(storage.delivery(), 'landed'), [message]));
  });
  log({ decision: 'erasure_taken', person });
}

/** `retry`: null where it was refused. */
function again(world: DeliveryWorld, removal: Removal, retry: Retry | null): void {
  const { storage, now, random, log } = world;
  const tried = removal.attempt + 1;
  const delayMs = retryDelayMs(tried, random(), retry?.retryAfterMs ?? null);
  const nextAt = now() + delayMs;
  const delivery = withCounts(storage.delivery(), { retries: 1 });
  const times = { now: now(), notBefore: nextAt };
  const next = retry === null ? delivery : waitedIfAsked(delivery, retry, times);
  // In memory first: a store that is full does not make us forget what we were asked.
  storage.note(next);
  storage.transaction(({ removals }) => {
    removals.save({ ...removal, attempt: tried, nextAt });
    storage.save(next);
  });
  const reason = retry?.reason ?? 'request_invalid';
  log({ decision: 'erasure_refused', person: removal.person, reason, attempt: tried, delayMs });
}
