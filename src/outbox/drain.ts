// Drain: delivers the journal in order, one request in flight, paced, until it is empty or has to wait. It runs only
// in the alarm handler, which the platform never runs twice at once: that is the lock. The clock, the network and
// the store come in; every step is written before the next request, so a crash sends at most one batch again.

import { MESSAGE_BYTES_MAX } from '../customerio/limits.ts';
import type { Outcome } from '../customerio/outcome.ts';
import type { Decision } from '../log.ts';
import type { Message } from '../person/message.ts';
import { counted } from './delivery.ts';
import type { Delivery, Pause } from './delivery.ts';
import { foldIdentifies, planBatch } from './plan-batch.ts';
import type { Cursor, Item } from './plan-batch.ts';
import { BACKOFF_MS_MAX, retryDelayMs } from './retry.ts';
import type { Store } from './store.ts';

/** One alarm run drains no longer than this and goes on in the next: the platform's wall limit is 15 minutes. */
const RUN_MS_MAX = 60_000;

/** Entries read at once: about one full batch. */
const ENTRIES_READ_MAX = 500;

/** So many refused messages in a row are a broken mapping, not bad luck: then one per longest backoff. */
export const PARKED_IN_A_ROW_MAX = 20;

/** What the drain needs of the world. `save` keeps the delivery record durably before it returns. */
export type DrainShell = {
  readonly store: Store;
  readonly now: () => number;
  readonly random: () => number;
  readonly wait: (ms: number) => Promise<void>;
  readonly send: (messages: readonly Message[]) => Promise<Outcome>;
  readonly log: (decision: Decision) => void;
  readonly intervalMs: number;
  readonly fingerprint: string;
  readonly delivery: () => Delivery;
  readonly save: (delivery: Delivery) => void;
  /** Keeps the record in memory only: the next `save` writes it, and losing it costs one request's pace. */
  readonly note: (delivery: Delivery) => void;
};

type Progress = 'go_on' | 'stop';

/** Returns when nothing is left, when it must wait (see `notBefore`), or after its share of time. */
export async function drain(shell: DrainShell): Promise<void> {
  const until = shell.now() + RUN_MS_MAX;
  while (shell.now() < until && shell.now() >= shell.delivery().notBefore) {
    const progress = await drainBatch(shell);
    if (progress === 'stop') return;
  }
}

async function drainBatch(shell: DrainShell): Promise<Progress> {
  const { store, delivery } = shell;
  const { cursor } = delivery();
  const entries = store.journal.entriesAfter(cursor.seq, ENTRIES_READ_MAX);
  if (entries.length === 0) return 'stop';
  const plan = planBatch(entries, cursor, store.people.isErased);
  const progress = plan.items.length === 0 ? 'go_on' : await deliver(shell, plan.items);
  if (progress === 'stop') return 'stop';
  pass(shell, plan.end, plan.skipped);
  return 'go_on';
}

/** Moves the cursor over what was left out behind the last message sent. */
function pass(shell: DrainShell, end: Cursor, skipped: number): void {
  const { delivery, save } = shell;
  const { cursor } = delivery();
  if (cursor.seq === end.seq && cursor.part === end.part) return;
  save(counted({ ...delivery(), cursor: end }, { skipped }));
}

/** Sends a slice; a refused one is halved until the message at fault stands alone. */
async function deliver(shell: DrainShell, items: readonly Item[]): Promise<Progress> {
  const tooLarge = items.findIndex((item) => item.bytes > MESSAGE_BYTES_MAX);
  if (tooLarge >= 0 && items.length > 1) return deliverAround(shell, items, tooLarge);
  const messages = foldIdentifies(items);
  if (tooLarge >= 0) {
    return parkAlone(shell, items, { status: 413, detail: 'the message is over 32 KB' });
  }
  const outcome = await attempt(shell, messages);
  switch (outcome.kind) {
    case 'delivered':
      landed(shell, items, messages.length);
      return 'go_on';
    case 'retry':
      retryLater(shell, outcome.reason, outcome.retryAfterMs);
      return 'stop';
    case 'refused':
      pause(shell, { reason: outcome.reason, fingerprint: shell.fingerprint });
      return 'stop';
    case 'rejected':
      if (messages.length === 1) return parkAlone(shell, items, outcome);
      return deliverAround(shell, items, Math.floor(items.length / 2));
  }
}

/** In order: what stands before `index`, then the rest. */
async function deliverAround(
  shell: DrainShell,
  items: readonly Item[],
  index: number,
): Promise<Progress> {
  // A first half that holds nothing would halve for ever.
  const middle = Math.max(1, index);
  const first = await deliver(shell, items.slice(0, middle));
  return first === 'stop' ? 'stop' : deliver(shell, items.slice(middle));
}

async function attempt(shell: DrainShell, messages: readonly Message[]): Promise<Outcome> {
  const { delivery, note, now, wait, intervalMs } = shell;
  const waitMs = delivery().lastSentAt + intervalMs - now();
  if (waitMs > 0) await wait(Math.min(waitMs, intervalMs));
  note(counted({ ...delivery(), lastSentAt: now() }, { requests: 1 }));
  return shell.send(messages);
}

function landed(shell: DrainShell, items: readonly Item[], messages: number): void {
  const { delivery, save } = shell;
  const next = items.at(-1)?.next ?? delivery().cursor;
  save(
    counted(
      { ...delivery(), cursor: next, attempt: 0, notBefore: 0, pause: null, parkedInARow: 0 },
      { delivered: messages },
    ),
  );
  shell.log({ decision: 'delivered', messages, seq: next.seq });
}

function retryLater(shell: DrainShell, reason: string, retryAfterMs: number | null): void {
  const { delivery, save, now, random } = shell;
  const tried = delivery().attempt + 1;
  const delayMs = retryDelayMs(tried, random(), retryAfterMs);
  save(counted({ ...delivery(), attempt: tried, notBefore: now() + delayMs }, { retries: 1 }));
  shell.log({ decision: 'retry', reason, attempt: tried, delayMs });
}

/** Nothing is parked: the messages are fine, somebody has to act. */
function pause(shell: DrainShell, why: Pause): void {
  const { delivery, save, now } = shell;
  save({ ...delivery(), pause: why, notBefore: now() + BACKOFF_MS_MAX });
  shell.log({ decision: 'paused', reason: why.reason, delayMs: BACKOFF_MS_MAX });
}

function parkAlone(
  shell: DrainShell,
  items: readonly Item[],
  fault: { readonly status: number; readonly detail: string },
): Progress {
  const { store, delivery, save, now } = shell;
  const next = items.at(-1)?.next ?? delivery().cursor;
  const parkedInARow = delivery().parkedInARow + 1;
  for (const { person, message } of items.slice(-1)) {
    const { detail } = fault;
    store.parked.add({ at: now(), person, reason: 'request_invalid', detail, content: message });
    shell.log({ decision: 'parked', reason: 'request_invalid', status: fault.status });
  }
  save(counted({ ...delivery(), cursor: next, parkedInARow }, { parked: 1 }));
  if (parkedInARow < PARKED_IN_A_ROW_MAX) return 'go_on';
  pause(shell, { reason: 'everything_rejected', fingerprint: shell.fingerprint });
  return 'stop';
}
