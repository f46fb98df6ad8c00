// Delivery: the journal to Customer.io, in order and paced. What it offers to its shard.

import { BACKOFF_MS_MAX } from '../../apis/backoff.ts';
import type { Config } from '../../config/config.ts';
import { credentialsFingerprint } from '../../customerio/pipelines-request.ts';
import { sendMessages } from '../../customerio/send.ts';
import type { Message } from '../../person/message.ts';
import type { Decision } from '../../platform/log.ts';
import { configIn } from '../capability.ts';
import type { Capability, ShardWorld } from '../capability.ts';
import type { Storage } from '../storage.ts';
import { drain } from './drain.ts';
import { moved } from './move.ts';
import { readyAt } from './record.ts';
import { retryRemovals } from './refused-removal.ts';

export const delivery = {
  name: 'delivery',
  start,
  dueAt: nextAt,
  run: deliverPending,
  sweep: saveNews,
} satisfies Capability;

/** What is pending, held, or a removal that is asked again: none before Customer.io may be asked at all. */
function nextAt({ storage }: ShardWorld): number | null {
  const left = whenLeft(storage);
  if (left === null) return null;
  return Math.max(left, readyAt(storage.delivery(), storage.tables().journal.lastSeq()));
}

/** When the first of it has its turn; null: nothing is left. */
function whenLeft(storage: Storage): number | null {
  if (isPending(storage)) return 0;
  const { removals, holds } = storage.tables();
  const due = [removals.next(), holds.next()].filter((each) => each !== null);
  return due.length === 0 ? null : Math.min(...due.map((each) => each.nextAt));
}

/** What health and the operator see of it. Times in milliseconds. */
export function deliveryFigures({ storage, platform }: ShardWorld) {
  const { cursor, pause, counters, lastEventAt, unusable, taken, landed } = storage.delivery();
  const { state, failure, lastLandedAt } = storage.delivery();
  const { journal, removals, holds } = storage.tables();
  const heldMessages = holds.countMessages();
  // Whoever is held waits behind the cursor, and longer than what is before it.
  const oldestSeq = holds.oldestSeq() ?? cursor.seq + 1;
  const [oldest] = journal.entriesAfter(oldestSeq - 1, { count: 1 });
  return {
    pending: journal.lastSeq() - cursor.seq + heldMessages,
    /** How long the oldest of them has waited. */
    lagMs: oldest === undefined ? 0 : Math.max(0, platform.now() - oldest.at),
    pause: pause?.reason ?? null,
    /** Why delivery waits by itself, a code; null where it does not. */
    delay: state === 'failing' || state === 'waiting' ? failure : null,
    /** Unix milliseconds; 0: nothing yet. */
    lastLandedAt,
    /** Deletions that Customer.io refuses; they are asked again. */
    refusedErasures: removals.count(),
    /** People whose first message fails while others' land. */
    held: holds.count(),
    /** Their messages. */
    heldMessages,
    /** When the newest event of each provider was taken, Unix milliseconds. */
    lastEventAt,
    unusable,
    counters: { ...counters, rowsWritten: storage.rowsWritten() },
    taken,
    landed,
  };
}

/** A pause for refused credentials ends with them; a wait that was asked for does not. */
function start({ storage, platform, configured }: ShardWorld): void {
  const at = platform.now();
  const stored = storage.delivery();
  // A shard that has never sent anything waits for company like one that just has.
  const lastSentAt = stored.lastSentAt === 0 ? at : stored.lastSentAt;
  // With nothing left to send, what was sent last is written: a shard that wakes for a webhook sends it at once.
  const begunAt = stored.isQuiet ? stored.startedAt : at;
  const startedAt = whenLeft(storage) === null ? 0 : begunAt;
  storage.note({ ...stored, startedAt, lastSentAt });
  const current = configured.ok ? fingerprintOf(configured.config) : null;
  if (stored.pause === null || stored.pause.fingerprint === current) return;
  storage.note(moved(storage.delivery(), 'new_key'));
}

async function deliverPending(world: ShardWorld): Promise<void> {
  const { platform, storage, requests } = world;
  const { customerio, outbox, emails } = configIn(world);
  const { name, now, fetch, after, log } = platform;
  if (customerio.token === null) {
    storage.note({ ...storage.delivery(), notBefore: now() + BACKOFF_MS_MAX });
    log({ stage: 'outbox', decision: 'paused', shard: name, reason: 'token_missing' });
    return;
  }
  const options = { ...customerio, token: customerio.token };
  const deliveryWorld = {
    ...platform,
    storage,
    send: (messages: readonly Message[]) => sendMessages(messages, options, { fetch, now, after }),
    log: (decision: Decision) => log({ stage: 'outbox', shard: name, ...decision }),
    intervalMs: 1000 / outbox.requestsPerSecond,
    fingerprint: credentialsFingerprint(options),
    areRequestsSpent: requests.areSpent,
    isMailed: (event: string) => Object.hasOwn(emails.rules, event),
  };
  await retryRemovals(deliveryWorld);
  await drain(deliveryWorld);
}

/** What nothing was sent for is in memory only: duplicates are news of a provider, too. */
function saveNews({ storage }: ShardWorld): void {
  const { lastEventAt } = storage.delivery();
  const stored = storage.tables().delivery.read();
  if (JSON.stringify(lastEventAt) === JSON.stringify(stored.lastEventAt)) return;
  storage.save(storage.delivery());
}

function isPending(storage: Storage): boolean {
  return storage.tables().journal.lastSeq() > storage.delivery().cursor.seq;
}

function fingerprintOf({ customerio }: Config): string | null {
  const { token, ...options } = customerio;
  return token === null ? null : credentialsFingerprint({ ...options, token });
}
