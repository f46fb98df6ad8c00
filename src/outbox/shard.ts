// The shard: what one Outbox object does with what it is told, over whatever platform it is given. Taking, delivering
// and sweeping meet here; each decision is in a file of its own beside it.

import { BACKOFF_MS_MAX, retryDelayMs } from '../apis/backoff.ts';
import { ConfigError } from '../config/config.ts';
import type { ConfigResult } from '../config/config.ts';
import { credentialsFingerprint } from '../customerio/pipelines-request.ts';
import { sendMessages } from '../customerio/send.ts';
import type { PersonEvent } from '../person/news.ts';
import { openAlarm } from '../platform/alarm.ts';
import type { Alarm } from '../platform/alarm.ts';
import { faultOf } from '../platform/log.ts';
import type { Platform } from '../platform/platform.ts';
import { commitTogether } from './commit-together.ts';
import type { Together } from './commit-together.ts';
import { drain } from './delivery/drain.ts';
import { counted, tallied } from './delivery/record.ts';
import type { Counters, Delivery, Tally } from './delivery/record.ts';
import { openErasing } from './erasure/erase.ts';
import type { EraseLinks, Erasing } from './erasure/erase.ts';
import { dayOf } from './journal/periods.ts';
import { mailDueAt, mailShard } from './mail/shard.ts';
import type { MailCounters } from './mail/table.ts';
import { accept } from './people/accept.ts';
import type { Acceptance } from './people/accept.ts';
import { openTables } from './storage.ts';
import type { Tables } from './storage.ts';

export type Shard = {
  readonly platform: Platform;
  readonly configured: ConfigResult;
  readonly tables: Tables;
  readonly alarm: Alarm;
  readonly acceptTogether: Together<Arrival, Acceptance>;
  readonly erasing: Erasing;
};

/** Longer than a moment may be mailed at all: what is forgotten then is too old. */
const MAIL_MARK_DAYS = 7;
const DAY_MS = 86_400_000;

type Arrival = { readonly userId: string; readonly event: PersonEvent };

/** What health and the operator see of one shard. Times in milliseconds. */
export type ShardHealth = {
  readonly pending: number;
  /** How long the oldest pending entry has waited. */
  readonly lagMs: number;
  readonly parked: number;
  readonly pause: string | null;
  /** When the newest event of each provider was taken, Unix milliseconds. */
  readonly lastEventAt: Readonly<Record<string, number>>;
  readonly unusable: Delivery['unusable'];
  readonly counters: Counters;
  readonly taken: Tally;
  readonly landed: Readonly<Record<string, number>>;
  /** Mails by rule: how many are due, and what became of the others. */
  readonly mails: { readonly due: number } & MailCounters;
};

/** A verified webhook that is ours by type, but unlike our schema. `problems` name fields, never values. */
export type UnreadableEvent = {
  readonly provider: string;
  readonly id: string;
  readonly type: string;
  readonly body: string;
  readonly problems: readonly string[];
};

export function openShard(
  platform: Platform,
  configured: ConfigResult,
  eraseLinks: EraseLinks,
): Shard {
  const tables = openTables(platform);
  // Whoever sent before us may have done so just now.
  tables.note({ ...tables.delivery(), lastSentAt: platform.now() });
  const acceptTogether = commitTogether<Arrival, Acceptance>(
    platform,
    (write) => tables.transaction(write),
    (arrival) => {
      const { messages } = configOf(configured);
      return accept(tables.store(), { ...arrival, now: platform.now() }, messages);
    },
  );
  const erasing = openErasing({ platform, tables, eraseLinks });
  return { platform, configured, tables, alarm: openAlarm(platform), acceptTogether, erasing };
}

/** At the start of an object: a pause for refused credentials ends with them, and work that was left goes on. */
export async function startShard(shard: Shard): Promise<void> {
  const { alarm, tables, configured } = shard;
  await alarm.load();
  const { pause } = tables.delivery();
  const current = configured.ok ? fingerprintOf(configOf(configured)) : null;
  if (pause !== null && pause.fingerprint !== current) {
    tables.note({ ...tables.delivery(), pause: null, notBefore: 0, attempt: 0 });
  }
  armIfDue(shard);
}

/** Takes an event durably; when this is answered, its messages will land. */
export async function acceptEvent(
  shard: Shard,
  userId: string,
  event: PersonEvent,
): Promise<Acceptance> {
  const { tables } = shard;
  const acceptance = await shard.acceptTogether({ userId, event });
  const { outcome } = acceptance;
  const counter = { accepted: 'accepted', duplicate: 'duplicates', erased: 'erased' } as const;
  if (outcome !== 'moved') tables.note(counted(tables.delivery(), { [counter[outcome]]: 1 }));
  heard(shard, event.provider, outcome);
  if (acceptance.messages > 0) armIfDue(shard);
  return acceptance;
}

/** Keeps a verified event that no schema of ours could read, once. */
export function parkEvent(shard: Shard, event: UnreadableEvent) {
  const { tables, platform } = shard;
  const { provider, id, problems } = event;
  heard(shard, provider, 'unreadable');
  const at = platform.now();
  const key = `unreadable:${provider}:${id}`;
  return tables.transaction(({ seen, parked }) => {
    if (seen.has(key, at)) return 'duplicate';
    seen.remember(key, at);
    const reason = 'object_unexpected';
    const detail = problems.join('; ');
    parked.add({ at, person: null, isRemoval: false, reason, detail, content: event });
    return 'parked';
  });
}

function heard({ tables, platform }: Shard, provider: string, outcome: string): void {
  const delivery = tables.delivery();
  const lastEventAt = { ...delivery.lastEventAt, [provider]: platform.now() };
  tables.note({ ...delivery, lastEventAt, taken: withTaken(delivery.taken, provider, [outcome]) });
}

/** An event that tells nothing because of how its endpoint is set up. The next save or sweep writes it down. */
export function noteUnusable(shard: Shard, provider: string, remedy: string): void {
  const { tables, platform } = shard;
  heard(shard, provider, 'unusable');
  const delivery = tables.delivery();
  const unusable = { ...delivery.unusable, [provider]: { at: platform.now(), remedy } };
  tables.note({ ...delivery, unusable });
}

/** Events that nothing wanted: the door tells of them with the next event it brings. */
export function noteIgnored({ tables }: Shard, ignored: Readonly<Record<string, number>>): void {
  for (const [provider, count] of Object.entries(ignored)) {
    const delivery = tables.delivery();
    const outcomes = Array.from({ length: count }, () => 'ignored');
    tables.note({ ...delivery, taken: withTaken(delivery.taken, provider, outcomes) });
  }
}

function withTaken(before: Tally, provider: string, outcomes: readonly string[]): Tally {
  return { ...before, [provider]: tallied(before[provider] ?? {}, outcomes) };
}

export function healthOf({ tables, platform }: Shard): ShardHealth {
  const { cursor, pause, counters, lastEventAt, unusable, taken, landed } = tables.delivery();
  const { journal, parked, emails } = tables.store();
  const [oldest] = journal.entriesAfter(cursor.seq, { count: 1 });
  return {
    pending: journal.lastSeq() - cursor.seq,
    lagMs: oldest === undefined ? 0 : Math.max(0, platform.now() - oldest.at),
    parked: parked.count(),
    pause: pause?.reason ?? null,
    lastEventAt,
    unusable,
    counters: { ...counters, rowsWritten: tables.rowsWritten() },
    taken,
    landed,
    mails: { due: emails.count(), ...emails.mailing().counters },
  };
}

/** The cron's visit: a lost alarm is armed again, days and months that are over are dropped. */
export async function sweepShard(shard: Shard): Promise<void> {
  const { alarm, tables, platform } = shard;
  await alarm.load();
  armIfDue(shard);
  const now = platform.now();
  const { journalDays } = configOf(shard.configured).outbox;
  tables.transaction(({ journal, seen, emails, delivery }) => {
    journal.dropBefore(dayOf(now) - journalDays, tables.delivery().cursor.seq);
    seen.dropOld(now);
    emails.dropBefore(now - MAIL_MARK_DAYS * DAY_MS);
    // What nothing was sent for is in memory only: duplicates are news of a provider, too.
    const { lastEventAt } = tables.delivery();
    const isNews = JSON.stringify(lastEventAt) !== JSON.stringify(delivery().lastEventAt);
    if (isNews) tables.save(tables.delivery());
  });
}

/** The alarm handler: drains, and is armed again whenever work remains. */
export async function ringShard(shard: Shard): Promise<void> {
  const { alarm, tables, platform } = shard;
  await alarm.run(async () => {
    await shard.erasing.run();
    try {
      await drainShard(shard);
      await mailShard(platform, configOf(shard.configured), tables);
    } catch (error) {
      // The platform would retry six times and then forget; we re-arm ourselves, with our own backoff.
      const attempt = tables.delivery().attempt + 1;
      const notBefore = platform.now() + retryDelayMs(attempt, platform.random(), null);
      tables.note({ ...tables.delivery(), attempt, notBefore });
      const fault = faultOf(error);
      platform.log({ stage: 'outbox', decision: 'fault', shard: platform.name, fault });
    }
  });
  armIfDue(shard);
}

async function drainShard({ platform, configured, tables }: Shard): Promise<void> {
  const { customerio, outbox, emails } = configOf(configured);
  const { name, now, random, wait, fetch, after, log } = platform;
  if (customerio.token === null) {
    tables.note({ ...tables.delivery(), notBefore: now() + BACKOFF_MS_MAX });
    log({ stage: 'outbox', decision: 'paused', shard: name, reason: 'token_missing' });
    return;
  }
  const options = { ...customerio, token: customerio.token };
  await drain({
    tables,
    now,
    random,
    wait,
    send: (messages) => sendMessages(messages, options, { fetch, now, after }),
    log: (decision) => log({ stage: 'outbox', shard: name, ...decision }),
    intervalMs: 1000 / outbox.requestsPerSecond,
    fingerprint: credentialsFingerprint(options),
    isMailed: (event) => Object.hasOwn(emails.rules, event),
  });
}

/** Makes sure that what is pending will be done. An erasure does not wait until Customer.io may be asked again. */
export function armIfDue({ alarm, tables, platform, configured, erasing }: Shard): void {
  const { cursor, notBefore } = tables.delivery();
  const isPending = tables.store().journal.lastSeq() > cursor.seq;
  const due = [...erasing.dueAt(), ...(isPending ? [notBefore] : []), ...mailDueAt(tables)];
  if (due.length === 0) return;
  const lingerMs = configured.ok ? configured.config.outbox.lingerMs : BACKOFF_MS_MAX;
  alarm.arm(Math.max(platform.now() + lingerMs, Math.min(...due)));
}

/** How this shard's messages are named. */
export function optionsOf({ configured }: Shard) {
  return configOf(configured).messages;
}

/** Throws what is wrong with the configuration. */
export function configOf(configured: ConfigResult) {
  if (configured.ok) return configured.config;
  throw new ConfigError(configured.problems);
}

function fingerprintOf({ customerio }: ReturnType<typeof configOf>): string | null {
  const { token, ...options } = customerio;
  return token === null ? null : credentialsFingerprint({ ...options, token });
}
