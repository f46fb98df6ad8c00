// Wait: a request that did not land, and when the next one may be sent. Stored, so that it outlives the shard.

import { BACKOFF_MS_MAX, retryDelayMs } from '../../apis/backoff.ts';
import { moved } from './move.ts';
import { withCounts } from './record.ts';
import type { Delivery, Pause } from './record.ts';
import type { DeliveryWorld, Progress, Retry } from './send.ts';
import { halved } from './slice.ts';
import type { Happening } from './state.ts';

/** `size`: of the slice that failed. `isLonely`: one message, and every neighbour there was failed like it. */
type Tried = { readonly size: number; readonly isLonely?: boolean };

/** The slice becomes smaller first, with short waits; what is not divisible any more is asked less and less often. */
export function retryLater(world: DeliveryWorld, outcome: Retry, tried: Tried): Progress {
  const { storage, log, now, random } = world;
  const delivery = storage.delivery();
  const attempt = delivery.attempt + 1;
  const delayMs = retryDelayMs(attempt, random(), outcome.retryAfterMs);
  const waiting = waited(delivery, outcome, {
    now: now(),
    notBefore: now() + delayMs,
    attempt: isFailure(outcome) && tried.size > 1 ? delivery.attempt : attempt,
  });
  const failed = { ...waiting, ...comparison(world, outcome, tried), failure: outcome.reason };
  keep(world, withCounts(failed, { retries: 1 }));
  log({ decision: 'retry', reason: outcome.reason, attempt, delayMs });
  return 'stop';
}

/** What the next try has to know of this one. */
function comparison({ storage }: DeliveryWorld, outcome: Retry, { size, isLonely }: Tried) {
  const isAsked = outcome.retryAfterMs !== null;
  return {
    slice: isFailure(outcome) ? halved(size) : storage.delivery().slice,
    lonelySeq: isLonely === true && !isAsked ? storage.tables().journal.lastSeq() : null,
    isSuspect: isFailure(outcome) && size === 1 && isAsked,
  };
}

/** The record of a shard that has to wait. */
function waited(
  delivery: Delivery,
  outcome: Retry,
  times: { readonly now: number; readonly notBefore: number; readonly attempt: number },
): Delivery {
  const { now, ...change } = times;
  const failing = isFailure(outcome) ? { failingAt: now } : {};
  return moved(delivery, happeningOf(outcome), { ...change, ...failing });
}

/** What is tried beside the journal keeps a wait of its own: only what Customer.io asks of everybody holds up everybody. */
export function waitedIfAsked(
  delivery: Delivery,
  outcome: Retry,
  times: { readonly now: number; readonly notBefore: number },
): Delivery {
  if (isFailure(outcome) && outcome.retryAfterMs === null) return delivery;
  return waited(delivery, outcome, { ...times, attempt: delivery.attempt + 1 });
}

/** Our pace says nothing of what was sent, nor of whether anybody is there. */
export function isFailure({ reason }: Retry): boolean {
  return reason !== 'rate_limited';
}

function happeningOf(outcome: Retry): Happening {
  if (outcome.retryAfterMs !== null) return 'asked';
  return isFailure(outcome) ? 'failed' : 'limited';
}

/** Nothing is parked: the messages are fine, somebody has to act. */
export function pause(world: DeliveryWorld, why: Pause): Progress {
  const { storage, log, now } = world;
  const notBefore = now() + BACKOFF_MS_MAX;
  const { attempt } = storage.delivery();
  keep(world, moved(storage.delivery(), 'refused', { pause: why, notBefore, attempt }));
  log({ decision: 'paused', reason: why.reason, delayMs: BACKOFF_MS_MAX });
  return 'stop';
}

/** In memory first: a store that is full does not make us forget what we were asked. */
function keep({ storage }: DeliveryWorld, delivery: Delivery): void {
  storage.note(delivery);
  storage.save(delivery);
}
