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
import { retryRemovals } from './refused-removal.ts';

export const delivery = {
  name: 'delivery',
  start,
  dueAt: nextAt,
  run: deliverPending,
  sweep: saveNews,
} satisfies Capability;

/** What is pending, or a removal that is asked again: neither before Customer.io may be asked at all. */
function nextAt({ storage }: ShardWorld): number | null {
  const { notBefore } = storage.delivery();
  if (isPending(storage)) return notBefore;
  const removal = storage.tables().removals.next();
  return removal === null ? null : Math.max(removal.nextAt, notBefore);
}

/** What health and the operator see of it. Times in milliseconds. */
export function deliveryFigures({ storage, platform }: ShardWorld) {
  const { cursor, pause, counters, lastEventAt, unusable, taken, landed } = storage.delivery();
  const { journal, removals } = storage.tables();
  const [oldest] = journal.entriesAfter(cursor.seq, { count: 1 });
  return {
    pending: journal.lastSeq() - cursor.seq,
    /** How long the oldest pending entry has waited. */
    lagMs: oldest === undefined ? 0 : Math.max(0, platform.now() - oldest.at),
    pause: pause?.reason ?? null,
    /** Deletions that Customer.io refuses; they are asked again. */
    refusedErasures: removals.count(),
    /** When the newest event of each provider was taken, Unix milliseconds. */
    lastEventAt,
    unusable,
    counters: { ...counters, rowsWritten: storage.rowsWritten() },
    taken,
    landed,
  };
}

/** A pause for refused credentials ends with them. */
function start({ storage, platform, configured }: ShardWorld): void {
  // The shard may have sent something just before it was started again, so it waits its pace.
  storage.note({ ...storage.delivery(), lastSentAt: platform.now() });
  const { pause } = storage.delivery();
  const current = configured.ok ? fingerprintOf(configured.config) : null;
  if (pause === null || pause.fingerprint === current) return;
  storage.note({ ...storage.delivery(), pause: null, notBefore: 0, attempt: 0 });
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
