// Look up: one question to the providers about one queue, and what its answer changes. Runs only in the alarm. A queue
// keeps the answer "nobody" until its next look-up, from seconds to a day later.

import { backoffMs } from '../apis/backoff.ts';
import type { Answer, LookUp } from './ask.ts';
import { learn } from './learn.ts';
import type { LinksState } from './state.ts';
import type { Queue } from './tables/queues.ts';

/** Four times longer each time, from seconds to a day, a quarter of it left to chance. */
const BACKOFF = { msMin: 5000, msMax: 86_400_000, factor: 4, chance: 0.25 };

/** A provider that answers nobody now, with no hint of when it will. */
const PAUSE_MS = 60_000;

/** Returns how long no question at all should be asked, in milliseconds; 0 where the next may follow. */
export async function lookUpQueue(
  state: LinksState,
  queue: Queue,
  lookUp: LookUp,
): Promise<number> {
  const askedAt = state.now();
  const answer = await lookUp(queue.key);
  state.log({ decision: 'looked_up', found: answer.kind, reason: reasonOf(answer) });
  state.transaction(() => applyAnswer(state, queue, { answer, askedAt }));
  if (answer.kind !== 'later' || !answer.isForAll) return 0;
  return answer.retryAfterMs ?? PAUSE_MS;
}

function applyAnswer(
  state: LinksState,
  queue: Queue,
  { answer, askedAt }: { readonly answer: Answer; readonly askedAt: number },
): void {
  const { tables } = state;
  switch (answer.kind) {
    case 'person': {
      // It may create a link, as of when it was asked; whatever was learnt meanwhile stands.
      const { userId, source } = answer;
      const claim = { customerId: queue.key, userId, source, asOf: askedAt, mayMove: false };
      const learning = learn(tables, claim, askedAt);
      if (learning === 'learnt') state.count({ learnt: 1, found: 1 });
      return;
    }
    case 'customer':
      tables.charges.save(queue.key, answer.customerId, askedAt);
      state.count({ found: 1 });
      postpone(state, { ...queue, attempt: 0 }, { why: 'released', delayMs: 0 });
      return;
    case 'nobody':
      postpone(state, queue, {
        why: answer.why,
        delayMs: lookUpDelayMs(queue.attempt, state.random()),
      });
      return;
    case 'later': {
      const delayMs = lookUpDelayMs(queue.attempt, state.random());
      postpone(state, queue, {
        why: answer.why,
        delayMs: Math.max(delayMs, answer.retryAfterMs ?? 0),
      });
    }
  }
}

/** The queue may have been woken, released or forgotten while the answer was on its way: then it stays so. */
function postpone(
  { tables, now }: LinksState,
  queue: Queue,
  next: { readonly why: string; readonly delayMs: number },
): void {
  const current = tables.queues.find(queue.key);
  if (current === null || current.nextAt !== queue.nextAt) return;
  const { why, delayMs } = next;
  const attempt = queue.attempt + 1;
  tables.queues.save({ key: queue.key, nextAt: now() + delayMs, attempt, why });
}

/** `attempt` counts from 0. */
export function lookUpDelayMs(attempt: number, random: number): number {
  return backoffMs(BACKOFF, attempt + 1, random);
}

function reasonOf(answer: Answer): string | null {
  if (answer.kind === 'person') return answer.source;
  return answer.kind === 'customer' ? null : answer.why;
}
