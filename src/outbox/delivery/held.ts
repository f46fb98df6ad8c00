// Held: people whose first message has failed beside others that landed. They are tried again by themselves, at the pace
// and within the pauses of the shard, and hold up nobody. A message is parked when it has failed for an hour, several
// times, minutes apart, each time just after another's has landed.

import { BACKOFF_MS_MIN, retryDelayMs } from '../../apis/backoff.ts';
import type { Outcome } from '../../apis/outcome.ts';
import type { Message } from '../../person/message.ts';
import { HOUR_MS } from '../../platform/time.ts';
import type { Held, Hold } from './holds.ts';
import { COUNT_EVERY_MS, mailAfter, noteLanding, withLanded } from './land.ts';
import { foldIdentifies } from './plan-batch.ts';
import { withCounts } from './record.ts';
import { attempt, isWanted, pace } from './send.ts';
import type { DeliveryWorld, Retry } from './send.ts';
import { park } from './set-aside.ts';
import type { Fault } from './set-aside.ts';
import { isFailure, pause, waitedIfAsked } from './wait.ts';

/** Failures that count, over an hour at least, before a message is parked. */
const FAILURES_MIN = 6;

/** Another's landing is beside a failure when it was no longer ago. */
const BESIDE_MS = 60_000;

/** Messages of one person sent at once: all of the largest size still fit a batch. */
const SLICE_MAX = 15;

/** What was tried: `held` in the journal's order, `messages` as they went over the wire. */
type Tried = {
  readonly hold: Hold;
  readonly held: readonly Held[];
  readonly messages: readonly Message[];
};

/** Tries whoever is due, one person at most; says whether anybody was. */
export async function retryHeld(world: DeliveryWorld): Promise<boolean> {
  const { storage, now } = world;
  const { holds } = storage.tables();
  const due = holds.next();
  if (due === null || due.nextAt > now() || storage.delivery().notBefore > now()) return false;
  await pace(world);
  const held = holds.messagesOf(due.person, due.slice);
  // They were deleted meanwhile.
  if (held.length === 0) return false;
  if (dropUnwanted(world, due.person, held)) return true;
  const messages = foldIdentifies(held.map(({ message }) => ({ person: due.person, message })));
  settle(world, { hold: due, held, messages }, await attempt(world, messages));
  return true;
}

/** What goes through somebody who has left the organization meanwhile. Says whether there was any. */
function dropUnwanted(world: DeliveryWorld, person: string, held: readonly Held[]): boolean {
  const unwanted = held.filter(
    ({ message }) => !isWanted(world, { person, isRemoval: false, message }),
  );
  if (unwanted.length === 0) return false;
  world.storage.transaction(({ holds }) => holds.done(person, unwanted));
  return true;
}

function settle(world: DeliveryWorld, tried: Tried, outcome: Outcome): void {
  const { hold, held, messages } = tried;
  if (outcome.kind === 'delivered') return landed(world, tried);
  if (outcome.kind === 'refused') {
    pause(world, { reason: outcome.reason, fingerprint: world.fingerprint });
    return;
  }
  // They were deleted while we waited for the answer.
  if (!world.storage.tables().holds.isHeld(hold.person)) return;
  if (dropUnwanted(world, hold.person, held)) return;
  if (outcome.kind === 'retry') return failed(world, tried, outcome);
  if (messages.length > 1) return again(world, { ...hold, nextAt: world.now(), slice: 1 });
  parkFirst(world, tried, { reason: 'request_invalid', ...outcome });
}

function landed(world: DeliveryWorld, { hold, held, messages }: Tried): void {
  const { storage, now, log } = world;
  const { person } = hold;
  storage.transaction((tables) => {
    const after = withLanded(noteLanding(world, tables), messages);
    // Otherwise they were deleted meanwhile.
    if (tables.holds.isHeld(person)) {
      for (const { message } of held) mailAfter(world, tables, { person, message });
      tables.holds.save(renewed(hold, now()));
      tables.holds.done(person, held);
    }
    storage.save({ ...after, parkedInARow: 0 });
  });
  log({ decision: 'delivered', messages: messages.length, person });
}

/** The message behind it has done nothing yet. */
function renewed(hold: Hold, at: number): Hold {
  const slice = Math.min(SLICE_MAX, hold.slice * 2);
  return { ...hold, at, nextAt: at, attempt: 0, failures: 0, failedAt: 0, slice };
}

function failed(world: DeliveryWorld, tried: Tried, outcome: Retry): void {
  const { storage, now, random, log } = world;
  const { hold, messages } = tried;
  const tries = hold.attempt + 1;
  const isCounted = messages.length === 1 && isFailure(outcome) && isBeside(world, hold);
  const failures = hold.failures + (isCounted ? 1 : 0);
  const delayMs = retryDelayMs(tries, random(), outcome.retryAfterMs);
  const next = { ...hold, attempt: tries, nextAt: now() + delayMs, failures, slice: 1 };
  log({ decision: 'retry', reason: outcome.reason, attempt: tries, delayMs });
  const times = { now: now(), notBefore: next.nextAt };
  storage.note(waitedIfAsked(storage.delivery(), outcome, times));
  if (isCounted && failures >= FAILURES_MIN && now() - hold.at >= HOUR_MS) {
    return parkFirst(world, tried, FAILS_ALONE);
  }
  again(world, isCounted ? { ...next, failedAt: now() } : next);
}

const FAILS_ALONE: Fault = {
  reason: 'fails_alone',
  status: null,
  detail: 'failed for an hour, each time alone beside messages that landed',
};

/** Does it say something of the message? Only if somebody else's has just landed, and not so soon after the last time. */
function isBeside({ storage, now }: DeliveryWorld, { failedAt }: Hold): boolean {
  const { state, lastLandedAt } = storage.delivery();
  if (state !== 'flowing' || now() - failedAt < COUNT_EVERY_MS) return false;
  return Math.abs(now() - lastLandedAt) <= BESIDE_MS;
}

function again({ storage }: DeliveryWorld, hold: Hold): void {
  const next = withCounts(storage.delivery(), { retries: 1 });
  storage.note(next);
  storage.transaction(({ holds }) => {
    holds.save(hold);
    storage.save(next);
  });
}

function parkFirst(world: DeliveryWorld, tried: Tried, fault: Fault): void {
  const { storage, now } = world;
  const { hold, held } = tried;
  const { person } = hold;
  const message = held.at(-1)?.message;
  if (message === undefined) return;
  park(
    world,
    {
      person,
      message,
      leave: ({ holds }) => {
        holds.save({ ...renewed(hold, now()), nextAt: now() + BACKOFF_MS_MIN, slice: 1 });
        holds.done(person, held);
        return storage.delivery().cursor;
      },
    },
    fault,
  );
}
