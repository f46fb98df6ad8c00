// Look up: one question to the providers about one queue, and what its answer changes. Runs only in the alarm. A queue
// keeps the answer "nobody" until its next look-up, from seconds to a day later.

import { backoffMs } from '../apis/backoff.ts';
import type { Answer, FoundPerson, LookUp, UserAnswer } from './ask.ts';
import { learn } from './learn.ts';
import type { LinksState } from './state.ts';
import { whyWaiting } from './tables/hints.ts';
import type { Queue } from './tables/queues.ts';

/** Four times longer each time, from seconds to a day, a quarter of it left to chance. */
const BACKOFF = { msMin: 5000, msMax: 86_400_000, factor: 4, chance: 0.25 };

/** Asking our own shards again costs a request: so often at least. */
const HINT_MS_MAX = 3_600_000;

/** A provider that answers nobody now, with no hint of when it will. */
const PAUSE_MS = 60_000;

/** `isHintAnswered`: Clerk has just said what it knows of the user that a buyer typed. */
type AskedQueue = Queue & { readonly isHintAnswered: boolean };

/** Returns how long no question at all should be asked, in milliseconds; 0 where the next may follow. */
export async function lookUpQueue(
  state: LinksState,
  queue: AskedQueue,
  lookUp: LookUp,
): Promise<number> {
  const askedAt = state.now();
  const answer = await lookUp(queue.key);
  state.log({ decision: 'looked_up', found: answer.kind, reason: reasonOf(answer) });
  state.transaction(() => applyAnswer(state, queue, { answer, askedAt }));
  return pauseMsAfter(answer);
}

/** How long the provider should not be asked anything. */
export function pauseMsAfter(answer: Answer | UserAnswer): number {
  if (answer.kind !== 'later' || !answer.isForAll) return 0;
  return answer.retryAfterMs ?? PAUSE_MS;
}

function applyAnswer(
  state: LinksState,
  queue: AskedQueue,
  { answer, askedAt }: { readonly answer: Answer; readonly askedAt: number },
): void {
  const { tables } = state;
  switch (answer.kind) {
    case 'person':
      learnFound(state, queue, { ...answer, askedAt });
      return;
    case 'customer':
      tables.charges.save(queue.key, answer.customerId, askedAt);
      state.count({ found: 1 });
      postpone(state, { ...queue, attempt: 0 }, { why: 'released', delayMs: 0 });
      return;
    case 'nobody': {
      const { externalId } = answer;
      const isNamed =
        externalId !== undefined && learnNamed(state, queue, { externalId, asOf: askedAt });
      if (!isNamed) askAgain(state, queue, answer);
      return;
    }
    case 'later':
      askAgain(state, queue, answer);
  }
}

/** True where somebody is known by the name that the customer's metadata has; if not, it is noted. */
function learnNamed(
  { tables, count }: LinksState,
  { key: customerId }: AskedQueue,
  { externalId: userId, asOf }: { readonly externalId: string; readonly asOf: number },
): boolean {
  const claim = { customerId, userId, source: 'customer_lookup', asOf, mayMove: false } as const;
  const isLearnt = learn(tables, { ...claim, isNamed: true }, asOf) === 'learnt';
  if (isLearnt) count({ learnt: 1, found: 1 });
  return isLearnt;
}

/** It may create a link, or a hint, as of when it was asked; whatever was learnt meanwhile stands. */
function learnFound(
  state: LinksState,
  queue: AskedQueue,
  { userId, source, typed, isNamed, askedAt }: FoundPerson & { readonly askedAt: number },
): void {
  const { tables, count } = state;
  // One hint is enough: what it could not show, the same address found again cannot either.
  if (typed !== undefined && tables.hints.find(queue.key) !== null) {
    askAgain(state, queue, { why: 'email_unconfirmed' });
    return;
  }
  const by = isNamed === undefined ? {} : { isNamed };
  const claim = { customerId: queue.key, userId, source, asOf: askedAt, mayMove: false, ...by };
  const learning = learn(tables, typed === undefined ? claim : { ...claim, typed }, askedAt);
  if (learning === 'learnt') count({ learnt: 1, found: 1 });
  if (learning === 'hinted') count({ hinted: 1 });
}

/** Again after the backoff. A hint of which Clerk has said nothing waits for its webhook, and for Clerk to answer. */
export function askAgain(
  state: LinksState,
  queue: AskedQueue,
  { why, retryAfterMs = null }: { readonly why: string; readonly retryAfterMs?: number | null },
): void {
  const { tables, random } = state;
  const hint = tables.hints.find(queue.key);
  const backoff = lookUpDelayMs(queue.attempt, random());
  const isOpen = hint !== null && !queue.isHintAnswered;
  const delayMs = isOpen ? Math.min(backoff, HINT_MS_MAX) : backoff;
  postpone(state, queue, {
    why: whyWaiting(hint, why),
    delayMs: Math.max(delayMs, retryAfterMs ?? 0),
  });
}

/** The queue may have been woken, released or forgotten while the answer was on its way: then it stays so. */
function postpone(
  { tables, now }: LinksState,
  queue: AskedQueue,
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
