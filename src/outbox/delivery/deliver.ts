// Deliver: one batch to Customer.io, and what its answer means for the messages in it. A batch that is refused is
// halved until the message at fault stands alone; its neighbours land in their order.

import { BACKOFF_MS_MAX, retryDelayMs } from '../../apis/backoff.ts';
import type { Outcome } from '../../apis/outcome.ts';
import { MESSAGE_BYTES_MAX } from '../../customerio/limits.ts';
import type { Message } from '../../person/message.ts';
import { countsOf, counted } from '../../platform/counters.ts';
import type { Platform } from '../../platform/platform.ts';
import type { ParkedReason } from '../parked/table.ts';
import type { Storage } from '../storage.ts';
import { foldIdentifies } from './plan-batch.ts';
import type { Item } from './plan-batch.ts';
import { withCounts } from './record.ts';
import type { Pause } from './record.ts';

/** So many refused messages in a row are a broken mapping, not bad luck: then one per longest backoff. */
const PARKED_IN_A_ROW_MAX = 20;

/** A batch that has failed for so long may hold the message that fails it. */
export const STUCK_AFTER_MS = 3_600_000;

/** What delivery sees of the world. */
export type DeliveryWorld = Pick<Platform, 'now' | 'random' | 'wait' | 'log'> & {
  readonly storage: Storage;
  readonly send: (messages: readonly Message[]) => Promise<Outcome>;
  readonly intervalMs: number;
  readonly fingerprint: string;
  /** Whether this alarm run may make no more. */
  readonly areRequestsSpent: () => boolean;
  /** Whether a mail goes out once this event has landed. */
  readonly isMailed: (event: string) => boolean;
};

/** `stop`: nothing more may be sent before `notBefore`. */
export type Progress = 'go_on' | 'stop';

/** A slice of the journal. `ahead`: the whole plan it is of. `isStuck`: failing for too long, so it is halved too. */
type Batch = {
  readonly items: readonly Item[];
  readonly ahead: readonly Item[];
  readonly isStuck: boolean;
};

type Retry = Extract<Outcome, { kind: 'retry' }>;

type Fault = {
  readonly reason: ParkedReason;
  /** Customer.io's; null where it has not refused. */
  readonly status: number | null;
  readonly detail: string;
};

export async function deliver(world: DeliveryWorld, batch: Batch): Promise<Progress> {
  const { items } = batch;
  const tooLarge = items.findIndex((item) => item.bytes > MESSAGE_BYTES_MAX);
  if (tooLarge < 0) return deliverFitting(world, batch);
  if (items.length > 1) return deliverAround(world, batch, tooLarge);
  return park(world, items, { ...REJECTED, status: null, detail: 'the message is over 32 KB' });
}

async function deliverFitting(world: DeliveryWorld, batch: Batch): Promise<Progress> {
  await pace(world);
  // Somebody may have been deleted since the batch was planned.
  const items = batch.items.filter((item) => isWanted(world, item));
  const messages = foldIdentifies(items);
  if (messages.length === 0) return passOver(world, batch.items);
  const outcome = await attempt(world, messages);
  if (isDivisible(outcome, batch) && messages.length > 1) {
    return deliverAround(world, batch, Math.floor(batch.items.length / 2));
  }
  switch (outcome.kind) {
    case 'delivered':
      return landed(world, batch.items, { messages, wanted: items });
    case 'retry':
      return isDivisible(outcome, batch)
        ? parkIfAlone(world, { ...batch, items }, outcome)
        : retryLater(world, outcome);
    case 'refused':
      return pause(world, { reason: outcome.reason, fingerprint: world.fingerprint });
    case 'rejected':
      return park(world, items, { ...REJECTED, ...outcome });
  }
}

function isWanted({ storage }: DeliveryWorld, { person, isRemoval }: Item): boolean {
  return isRemoval || !storage.tables().people.isErased(person);
}

/** Their people are deleted: nothing is sent of them, and nothing is left to do. */
function passOver({ storage }: DeliveryWorld, items: readonly Item[]): Progress {
  const cursor = items.at(-1)?.next ?? storage.delivery().cursor;
  storage.save(withCounts({ ...storage.delivery(), cursor }, { skipped: items.length }));
  return 'go_on';
}

/** Is it about one of the messages, as far as one can tell? Our pace is about none of them. */
function isDivisible(outcome: Outcome, { isStuck }: Batch): boolean {
  if (outcome.kind === 'rejected') return true;
  return isStuck && outcome.kind === 'retry' && outcome.reason !== 'rate_limited';
}

const REJECTED = { reason: 'request_invalid' } as const;

/** In order: what stands before `index`, then the rest. */
async function deliverAround(world: DeliveryWorld, batch: Batch, index: number): Promise<Progress> {
  // Never split into nothing and everything: that would not end.
  const middle = Math.max(1, index);
  const first = await deliver(world, { ...batch, items: batch.items.slice(0, middle) });
  if (first === 'stop') return 'stop';
  return deliver(world, { ...batch, items: batch.items.slice(middle) });
}

/** Waits for the shard's share of the rate. */
export async function pace({ storage, now, wait, intervalMs }: DeliveryWorld): Promise<void> {
  const waitMs = storage.delivery().lastSentAt + intervalMs - now();
  // A clock that was set back must not make it wait for longer than its pace.
  if (waitMs > 0) await wait(Math.min(waitMs, intervalMs));
}

export function attempt(world: DeliveryWorld, messages: readonly Message[]): Promise<Outcome> {
  const { storage, now } = world;
  storage.note(withCounts({ ...storage.delivery(), lastSentAt: now() }, { requests: 1 }));
  return world.send(messages);
}

function landed(
  world: DeliveryWorld,
  items: readonly Item[],
  sent: { readonly messages: readonly Message[]; readonly wanted: readonly Item[] },
): Progress {
  const { storage, log, now, isMailed } = world;
  const { messages, wanted } = sent;
  const cursor = items.at(-1)?.next ?? storage.delivery().cursor;
  const fine = { attempt: 0, failingSince: null, notBefore: 0, pause: null, parkedInARow: 0 };
  const names = messages.map((each) => (each.type === 'track' ? each.event : each.type));
  storage.transaction(({ emails, journal }) => {
    for (const { person, message, isRemoval, next } of wanted) {
      // It has done its work, and holds the id of somebody who is deleted: their hash is left.
      if (isRemoval) journal.empty(next.seq);
      if (message.type === 'track' && isMailed(message.event)) {
        emails.add({ person, message, at: now() });
      }
    }
    const after = { ...storage.delivery(), ...fine, cursor };
    const total = counted(after.landed, countsOf(names));
    const counts = { delivered: messages.length, skipped: items.length - wanted.length };
    storage.save(withCounts({ ...after, landed: total }, counts));
  });
  log({ decision: 'delivered', messages: messages.length, seq: cursor.seq });
  return 'go_on';
}

function retryLater({ storage, log, now, random }: DeliveryWorld, outcome: Retry): Progress {
  const delivery = storage.delivery();
  const tried = delivery.attempt + 1;
  const delayMs = retryDelayMs(tried, random(), outcome.retryAfterMs);
  const failingSince =
    outcome.reason === 'rate_limited' ? delivery.failingSince : (delivery.failingSince ?? now());
  // Whoever says when to come back refuses no key: another key must not end that wait.
  const held = outcome.retryAfterMs === null ? delivery.pause : null;
  const notBefore = now() + delayMs;
  const next = { ...delivery, attempt: tried, failingSince, notBefore, pause: held };
  storage.save(withCounts(next, { retries: 1 }));
  log({ decision: 'retry', reason: outcome.reason, attempt: tried, delayMs });
  return 'stop';
}

/** Nothing is parked: the messages are fine, somebody has to act. */
export function pause({ storage, log, now }: DeliveryWorld, why: Pause): Progress {
  storage.save({ ...storage.delivery(), pause: why, notBefore: now() + BACKOFF_MS_MAX });
  log({ decision: 'paused', reason: why.reason, delayMs: BACKOFF_MS_MAX });
  return 'stop';
}

/**
 * One message fails by itself. It is at fault only if its neighbours land at the same time; otherwise Customer.io
 * is down. The neighbour is the next message of somebody else, so that nobody's order is touched; it is sent again
 * in its turn, under the same id.
 */
async function parkIfAlone(world: DeliveryWorld, batch: Batch, outcome: Retry): Promise<Progress> {
  await pace(world);
  const neighbour = neighbourOf(world, batch);
  if (neighbour === undefined) return retryLater(world, outcome);
  const { kind } = await attempt(world, [neighbour.message]);
  if (kind !== 'delivered') return retryLater(world, outcome);
  const detail = 'failed for an hour, at last alone while another message landed';
  return park(world, batch.items, { reason: 'fails_alone', status: null, detail });
}

/** Of the others' first messages one by chance: the first of them may be at fault itself. */
function neighbourOf(world: DeliveryWorld, { items, ahead }: Batch): Item | undefined {
  const suspect = items.at(-1);
  const behind = ahead.slice(ahead.findIndex((item) => item === suspect) + 1);
  const firsts = new Map<string, Item>();
  for (const item of behind) if (!firsts.has(item.person)) firsts.set(item.person, item);
  firsts.delete(suspect?.person ?? '');
  const fitting = [...firsts.values()].filter(
    (item) => item.bytes <= MESSAGE_BYTES_MAX && isWanted(world, item),
  );
  return fitting[Math.floor(world.random() * fitting.length)];
}

function park(world: DeliveryWorld, items: readonly Item[], fault: Fault): Progress {
  const last = items.at(-1);
  if (last?.isRemoval === true) return putAside(world, last, fault);
  const { storage, now, log } = world;
  const cursor = last?.next ?? storage.delivery().cursor;
  const { reason, detail, status } = fault;
  // What Customer.io was not asked about says nothing of a broken mapping.
  const isRefused = status !== null;
  const parkedInARow = storage.delivery().parkedInARow + (isRefused ? 1 : 0);
  storage.transaction(({ parked }) => {
    // Of identifies that were folded into one the last is the newest.
    for (const { person, message } of items.slice(-1)) {
      parked.add({ at: now(), person, reason, detail, content: message });
    }
    const next = { ...storage.delivery(), cursor, failingSince: null, attempt: 0, parkedInARow };
    storage.save(withCounts(next, { parked: 1 }));
  });
  log({ decision: 'parked', reason, status });
  if (!isRefused || parkedInARow < PARKED_IN_A_ROW_MAX) return 'go_on';
  return pause(world, { reason: 'everything_rejected', fingerprint: world.fingerprint });
}

/** A removal is never given up: it is asked again by itself, and the journal goes on without it. */
function putAside(world: DeliveryWorld, { person, message, next }: Item, fault: Fault): Progress {
  const { storage, now, random, log } = world;
  const nextAt = now() + retryDelayMs(1, random(), null);
  storage.transaction(({ removals, journal }) => {
    removals.save({ person, at: now(), nextAt, attempt: 1, message });
    journal.empty(next.seq);
    storage.save({ ...storage.delivery(), cursor: next, failingSince: null, attempt: 0 });
  });
  log({ decision: 'erasure_refused', person, reason: fault.reason, status: fault.status });
  return 'go_on';
}
