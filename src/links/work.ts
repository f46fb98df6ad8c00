// The alarm's work: links that moved are handed over, queues whose person is known are released, and the others are
// looked up, one at a time, so that a release never waits for more than one answer.

import { retryDelayMs } from '../apis/backoff.ts';
import { faultOf } from '../platform/log.ts';
import { confirm } from './confirm.ts';
import { handOver } from './hand-over.ts';
import { lookUpAllowedAt, withLookUp } from './look-up-budget.ts';
import { askAgain, lookUpQueue } from './look-up.ts';
import { forward, release } from './release.ts';
import type { LinksState } from './state.ts';
import type { Queue } from './tables/queues.ts';
import { whose } from './whose.ts';

/** One alarm run works no longer than this and goes on in the next: the platform's wall limit is 15 minutes. */
const RUN_MS_MAX = 60_000;

/** Stripe and Clerk, each with two keys while one is rotated. */
const LOOK_UP_REQUESTS = 4;

export async function work(state: LinksState): Promise<void> {
  const { now, tables, lookUp, calls } = state;
  calls.restart();
  await handOver(state);
  const until = now() + RUN_MS_MAX;
  while (now() < until && !calls.areSpent()) {
    const mayLookUp = lookUp !== null && lookUpAllowedAt(state.budget(), now()) <= now();
    const queue = tables.queues.due(now(), mayLookUp);
    if (queue === null) break;
    await seeTo(state, queue);
  }
  state.saveBudget();
}

/** One queue's trouble is its own: the others go on. */
async function seeTo(state: LinksState, queue: Queue): Promise<void> {
  try {
    await step(state, queue);
  } catch (error) {
    const attempt = queue.attempt + 1;
    const nextAt = state.now() + retryDelayMs(attempt, state.random(), null);
    state.tables.queues.save({ ...queue, nextAt, attempt, why: 'outbox_unavailable' });
    state.log({ decision: 'release_failed', attempt, fault: faultOf(error) });
  }
}

async function step(state: LinksState, queue: Queue): Promise<void> {
  const { tables, lookUp, now } = state;
  if (mayGo(state, queue.key)) return release(state, queue.key);
  const customerId = tables.charges.customerOf(queue.key);
  if (customerId !== null) return forward(state, queue.key, customerId);
  const hint = tables.hints.find(queue.key);
  const checked = hint === null ? null : await confirm(state, hint);
  if (checked?.isLinked === true) return;
  const asked = { ...queue, isHintAnswered: checked?.isAnswered === true };
  if (lookUp === null || lookUpAllowedAt(state.budget(), now()) > now()) {
    askAgain(state, asked, { why: 'not_looked_up' });
    return;
  }
  state.note(withLookUp(state.budget(), now()));
  state.calls.add(LOOK_UP_REQUESTS);
  const pauseMs = await lookUpQueue(state, asked, lookUp);
  if (pauseMs > 0) state.note({ ...state.budget(), notBefore: now() + pauseMs });
}

/** Nothing waits there any more, or it is known whose the next event is. */
function mayGo({ tables }: LinksState, key: string): boolean {
  const next = tables.waiting.first(key);
  return next === null || whose(tables, { ...next, customerId: key }).kind !== 'unknown';
}
