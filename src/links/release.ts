// Release: a queue whose person is known goes to the outbox, in order, one event at a time. Runs only in the alarm.
//
// What may happen between its steps, and why nothing is lost, doubled or overtaken:
// 1. An event arrives during a release: something still waits, so it goes to the end of the queue; the loop finds it.
// 2. An event arrives after the last one has gone: nothing waits, and it is placed at once. The look that finds the
//    queue empty and the queue's removal are one step, without an await between them.
// 3. The process dies after the outbox took an event and before it left the queue: it is accepted again, the second time
//    as a duplicate.
// 4. The link moves during a release: the rest waits until what the old person has is handed over, and is placed by the
//    link as it stands then. One that was on its way is refused by a person who is closed for it (`moved`), and its turn
//    comes again.
// 5. The link is forgotten during a release: the rest stays and waits for the next one.
// 6. The person is deleted during a release: the outbox answers `erased`; what is left of the queue is taken out;
//    events that only name them stay where the customer is another person's.
// 7. The queue expires or is purged while one of its events is on its way, and fills again: an event leaves by its
//    number and its id, so none that came later is taken for it.

import { retryDelayMs } from '../apis/backoff.ts';
import { acceptOnce } from './accept-once.ts';
import { eraseLinks } from './learn.ts';
import { placeAndAccept } from './place-and-accept.ts';
import type { LinksState } from './state.ts';
import type { Waiting } from './tables/waiting.ts';
import { isMoving, whose } from './whose.ts';
import type { Belonging } from './whose.ts';

/**
 * The outbox says the link has moved, but here it has not: only a clock that was set back does this. The queue is tried
 * again later.
 */
class StillHereError extends Error {
  override readonly name = 'StillHereError';
}

/** Returns when the queue is empty, when whose it is has become unknown, or when the run may ask no more: then it goes on in the next. */
export async function release(state: LinksState, key: string): Promise<void> {
  const { tables, calls } = state;
  while (!calls.areSpent()) {
    const next = tables.waiting.first(key);
    if (next === null) {
      tables.queues.remove(key);
      return;
    }
    const belonging = whose(tables, { ...next, customerId: key });
    if (isMoving(tables, key, belonging)) return restUntilMoved(state, key);
    if (belonging.kind === 'unknown') return;
    if (belonging.kind === 'nobody') drop(state, next);
    else if (!calls.areLeft(requestsOf(belonging))) return;
    else await hand(state, next, belonging);
  }
}

/** Where it may have been told to others each of their shards is asked, see `acceptOnce`. */
function requestsOf({ formers = [] }: Extract<Belonging, { kind: 'person' }>): number {
  return formers.length === 0 ? 1 : formers.length + 2;
}

/** It is seen to again when the hand-over is done, or given up. */
function restUntilMoved({ tables, now, random }: LinksState, key: string): void {
  const queue = tables.queues.find(key);
  if (queue === null) return;
  const attempt = queue.attempt + 1;
  const nextAt = now() + retryDelayMs(attempt, random(), null);
  tables.queues.save({ ...queue, attempt, nextAt, why: 'released' });
}

async function hand(
  state: LinksState,
  waiting: Waiting,
  to: Extract<Belonging, { kind: 'person' }>,
): Promise<void> {
  const { userId } = to;
  const { named: _, ...event } = waiting.event;
  const { outcome } = await acceptOnce(state.shards, to, event);
  if (outcome === 'erased') {
    // What is theirs is taken out; an event that only names them gets its turn again, by the customer's link.
    state.transaction(() => state.count({ erased: eraseLinks(state.tables, userId, state.now()) }));
    return;
  }
  if (outcome === 'moved') {
    // Its turn comes again with the link as it stands by then; if that is the same one, later.
    const now = whose(state.tables, { ...waiting, customerId: waiting.key });
    if (now.kind === 'person' && isStillHere(now, to)) throw new StillHereError();
    return;
  }
  state.tables.waiting.remove(waiting);
  state.count({ released: 1 });
  state.log({ decision: 'released', event: event.id, type: event.type, outcome });
}

function isStillHere(
  now: Extract<Belonging, { kind: 'person' }>,
  then: Extract<Belonging, { kind: 'person' }>,
): boolean {
  return now.userId === then.userId && now.link === then.link && now.holding === then.holding;
}

function drop({ tables, count }: LinksState, waiting: Waiting): void {
  tables.waiting.remove(waiting);
  count({ erased: 1 });
}

/** The events of a charge whose customer is known by now go where that customer's events go. */
export async function forward(
  state: LinksState,
  chargeId: string,
  customerId: string,
): Promise<void> {
  const { tables, shards, calls } = state;
  while (!calls.areSpent()) {
    const next = tables.waiting.first(chargeId);
    if (next === null) {
      tables.queues.remove(chargeId);
      return;
    }
    const event = { ...next.event, customerId };
    const now = state.now();
    await placeAndAccept(shards, { customerId, userId: null, claims: [], event, now });
    tables.waiting.remove(next);
  }
}
