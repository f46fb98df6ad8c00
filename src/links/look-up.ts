// Look up: one question to the providers about one queue, and what its answer changes. Runs only in the alarm. A queue
// keeps the answer "nobody" until its next look-up, from seconds to a day later.

import { backoffMs } from '../apis/backoff.ts';
import type { Answer } from './ask.ts';
import { learn } from './learn.ts';
import type { LinksShell, LookUp } from './shell.ts';
import type { Queue } from './tables/queues.ts';

/** Four times longer each time, from seconds to a day, a quarter of it left to chance. */
const BACKOFF = { msMin: 5000, msMax: 86_400_000, factor: 4, chance: 0.25 };

/** A provider that answers nobody now, with no hint of when it will. */
const PAUSE_MS = 60_000;

/** Returns how long no question at all should be asked, in milliseconds; 0 where the next may follow. */
export async function lookUpQueue(
  shell: LinksShell,
  queue: Queue,
  lookUp: LookUp,
): Promise<number> {
  const askedAt = shell.now();
  shell.count({ lookUps: 1 });
  const finding = await lookUp(queue.key);
  shell.log({ decision: 'looked_up', found: finding.kind, reason: reasonOf(finding) });
  shell.transaction(() => take(shell, queue, { finding, askedAt }));
  if (finding.kind !== 'later' || !finding.isForAll) return 0;
  return finding.retryAfterMs ?? PAUSE_MS;
}

function take(
  shell: LinksShell,
  queue: Queue,
  answer: { readonly finding: Answer; readonly askedAt: number },
): void {
  const { store } = shell;
  const { finding, askedAt } = answer;
  switch (finding.kind) {
    case 'person': {
      // It may create a link, as of when it was asked; whatever was learnt meanwhile stands.
      const { userId, source } = finding;
      const claim = { customerId: queue.key, userId, source, asOf: askedAt, mayMove: false };
      const learning = learn(store, claim, askedAt);
      if (learning === 'learnt') shell.count({ learnt: 1, found: 1 });
      return;
    }
    case 'customer':
      store.charges.save(queue.key, finding.customerId, askedAt);
      shell.count({ found: 1 });
      postpone(shell, { ...queue, attempt: 0 }, { why: 'released', delayMs: 0 });
      return;
    case 'nobody':
      postpone(shell, queue, {
        why: finding.why,
        delayMs: lookUpDelayMs(queue.attempt, shell.random()),
      });
      return;
    case 'later': {
      const delayMs = lookUpDelayMs(queue.attempt, shell.random());
      postpone(shell, queue, {
        why: finding.why,
        delayMs: Math.max(delayMs, finding.retryAfterMs ?? 0),
      });
    }
  }
}

/** The queue may have been woken, released or forgotten while the answer was on its way: then it stays so. */
function postpone(
  { store, now }: LinksShell,
  queue: Queue,
  next: { readonly why: string; readonly delayMs: number },
): void {
  const current = store.queues.find(queue.key);
  if (current === null || current.nextAt !== queue.nextAt) return;
  const { why, delayMs } = next;
  const attempt = queue.attempt + 1;
  store.queues.save({ key: queue.key, nextAt: now() + delayMs, attempt, why });
}

/** `attempt` counts from 0. */
export function lookUpDelayMs(attempt: number, random: number): number {
  return backoffMs(BACKOFF, attempt + 1, random);
}

function reasonOf(finding: Answer): string | null {
  if (finding.kind === 'person') return finding.source;
  return finding.kind === 'customer' ? null : finding.why;
}
