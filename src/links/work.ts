// The alarm's work: links that moved are handed over, queues whose person is known are released, and the others are
// looked up, one at a time, so that a release never waits for more than one answer.

import { retryDelayMs } from '../apis/backoff.ts';
import { faultOf } from '../platform/log.ts';
import { handOver } from './hand-over.ts';
import { lookUpQueue } from './look-up.ts';
import { forward, release } from './release.ts';
import type { Core } from './state.ts';
import type { Queue } from './tables/queues.ts';
import { lookUpAllowedAt, withLookUp } from './tally.ts';

/** One alarm run works no longer than this and goes on in the next: the platform's wall limit is 15 minutes. */
const RUN_MS_MAX = 60_000;

/** What failed here is tried again after so long, each time. */
const MOVES_AGAIN_MS = 10_000;

export async function work(core: Core): Promise<void> {
  const { now, store, options } = core;
  await handOverMoves(core);
  const until = now() + RUN_MS_MAX;
  while (now() < until) {
    const mayLookUp = options.lookUp !== null && lookUpAllowedAt(core.tally(), now()) <= now();
    const queue = store.queues.due(now(), mayLookUp);
    if (queue === null) break;
    await seeTo(core, queue);
  }
  core.saveTally();
}

async function handOverMoves({ shell, now, movesNotBefore, postponeMoves }: Core): Promise<void> {
  if (now() < movesNotBefore()) return;
  try {
    await handOver(shell);
  } catch (error) {
    postponeMoves(now() + MOVES_AGAIN_MS);
    shell.log({ decision: 'hand_over_failed', fault: faultOf(error) });
  }
}

/** One queue's trouble is its own: the others go on. */
async function seeTo(core: Core, queue: Queue): Promise<void> {
  try {
    await step(core, queue);
  } catch (error) {
    const attempt = queue.attempt + 1;
    const nextAt = core.now() + retryDelayMs(attempt, core.shell.random(), null);
    core.store.queues.save({ ...queue, nextAt, attempt, why: 'outbox_unavailable' });
    core.shell.log({ decision: 'release_failed', attempt, fault: faultOf(error) });
  }
}

async function step(core: Core, queue: Queue): Promise<void> {
  const { store, shell, options, now } = core;
  if (store.links.find(queue.key) !== null) return release(shell, queue.key);
  const customerId = store.charges.customerOf(queue.key);
  if (customerId !== null) return forward(shell, queue.key, customerId);
  if (options.lookUp === null) return;
  core.note(withLookUp(core.tally(), now()));
  const pauseMs = await lookUpQueue(shell, queue, options.lookUp);
  if (pauseMs > 0) core.note({ ...core.tally(), notBefore: now() + pauseMs });
}
