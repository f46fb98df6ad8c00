// Looks: what the console is told of one person, one entry and the newest: how far each message is, and what became of its mail.

import { DatabaseSync } from 'node:sqlite';

import { describe, expect, it } from 'vitest';

import { platformOver } from '../../src/cli/node-sqlite.ts';
import { readConfig } from '../../src/config/config.ts';
import { look } from '../../src/outbox/looks/looks.ts';
import type { Timeline } from '../../src/outbox/looks/looks.ts';
import { personKey } from '../../src/outbox/people/table.ts';
import type { Shard } from '../../src/outbox/shard.ts';
import { openStorage } from '../../src/outbox/storage.ts';
import type { TrackMessage } from '../../src/person/message.ts';
import { newPerson } from '../../src/person/person.ts';

const NOW = 1_800_000_000_000;
const HOUR = 3_600_000;
const JANE = 'user_jane';
const KEY = personKey(JANE);

function open({ emailVerified = true } = {}) {
  const storage = openStorage(platformOver(new DatabaseSync(':memory:')));
  const tables = storage.tables();
  const user = { asOf: NOW, rank: 0, traits: { email: 'jane@example.test', emailVerified } };
  tables.people.save(KEY, { ...newPerson(JANE), user } as never);
  const configured = readConfig({
    SHARDS: 1,
    CUSTOMERIO_APP_TOKEN: 'app-key',
    EMAILS: { trial_ending: 'trial', payment_failed: { id: 7, every_hours: 0 } },
  });
  const platform = { now: () => NOW, name: 's0' };
  const shard = { storage, configured, platform } as unknown as Shard;

  /** Says its number. */
  function tell(messages: readonly TrackMessage[], at = NOW - HOUR, person = KEY): number {
    tables.journal.append({ at, person, isRemoval: false, messages });
    return tables.journal.lastSeq();
  }

  /** All up to this one has landed, in one batch. */
  function land(seq: number): void {
    const batch = { from: seq - 1, to: seq, at: NOW - 10, ms: 120 };
    const cursor = { ...storage.delivery().cursor, seq, part: 0 };
    storage.save({ ...storage.delivery(), cursor, batches: [batch] });
  }

  function messageOf(seq: number) {
    return look(shard, { entry: seq }).entry?.messages[0];
  }
  return { tables, shard, tell, land, messageOf };
}

function track(messageId: string, about: Partial<TrackMessage> = {}): TrackMessage {
  const timestamp = new Date(NOW - HOUR).toISOString();
  const common = { type: 'track', userId: JANE, event: 'trial_ending', timestamp } as const;
  return { ...common, properties: {}, messageId, ...about };
}

function personIn(timeline: Timeline | undefined) {
  if (timeline?.kind !== 'person') throw new Error(`nobody is there: ${timeline?.kind}`);
  return timeline;
}

describe('a message', () => {
  it('is pending until its entry is passed, then landed, with when and how long it took', () => {
    const { shard, tell, land, messageOf } = open();
    const seq = tell([track('m1')]);
    const next = tell([track('m2')]);
    expect(messageOf(seq)).toMatchObject({ state: 'pending', mail: { state: 'waits' } });
    land(seq);
    expect(look(shard, { entry: seq }).entry).toMatchObject({
      landedAt: NOW - 10,
      tookMs: 120,
      userId: JANE,
      messages: [{ state: 'landed' }],
    });
    expect(messageOf(next)?.state).toBe('pending');
  });

  it('is landed part by part of a batch that was split', () => {
    const { shard, tell, land } = open();
    land(tell([track('m1')]));
    const seq = tell([track('m2'), track('m3')]);
    const { storage } = shard;
    const cursor = { ...storage.delivery().cursor, part: 1 };
    storage.save({ ...storage.delivery(), cursor });
    const states = look(shard, { entry: seq }).entry?.messages.map(({ state }) => state);
    expect(states).toEqual(['landed', 'pending']);
  });

  it('is held while its person is, and parked under its number where Customer.io does not take it', () => {
    const { tables, tell, land, messageOf } = open();
    const seq = tell([track('m1')]);
    const other = tell([track('m2')]);
    land(other);
    const hold = { person: KEY, at: NOW, nextAt: NOW, attempt: 1, failures: 1, failedAt: NOW };
    tables.holds.save({ ...hold, slice: 1 });
    tables.holds.keep({ person: KEY, seq, part: 0, message: track('m1') } as never);
    expect(messageOf(seq)?.state).toBe('held');
    expect(messageOf(other)?.state).toBe('landed');
    const content = track('m2');
    const about = { at: NOW, person: KEY, reason: 'request_invalid', detail: '', content } as const;
    const number = tables.parked.add(about);
    expect(messageOf(other)).toMatchObject({ state: 'parked', parked: number });
  });
});

describe('the mail of a rule', () => {
  it('is due, then sent, then what came of it', () => {
    const { tables, tell, land, messageOf } = open();
    const seq = tell([track('m1')]);
    land(seq);
    tables.emails.add({ person: KEY, at: NOW, message: track('m1') });
    expect(messageOf(seq)?.mail).toMatchObject({ state: 'due', rule: 'trial' });
    const [row] = [tables.emails.next()];
    if (row === null || row === undefined) throw new Error('no mail is due');
    tables.emailMarks.add(row, NOW - 5);
    expect(messageOf(seq)?.mail).toMatchObject({ state: 'mailed', at: NOW - 5 });
    const content = track('m1');
    const about = { at: NOW, person: KEY, reason: 'email_rejected', detail: '', content } as const;
    tables.parked.add(about);
    expect(messageOf(seq)).toMatchObject({
      state: 'landed',
      mail: { state: 'parked', code: 'email_rejected' },
    });
  });

  it('of no rule is none', () => {
    const { tell, land, messageOf } = open();
    const seq = tell([track('m1', { event: 'plan_upgraded' })]);
    land(seq);
    expect(messageOf(seq)?.mail).toBeNull();
  });

  it('was not sent for what was older than 72 hours when it came', () => {
    const { tell, land, messageOf } = open();
    const at = NOW - HOUR;
    const old = { timestamp: new Date(at - 72 * HOUR - 1).toISOString() };
    const [late, inTime] = [tell([track('m1', old)], at), tell([track('m2')], at)];
    land(inTime);
    expect(messageOf(late)?.mail).toMatchObject({ state: 'skipped', code: 'too_old' });
    expect(messageOf(inTime)?.mail).toMatchObject({ state: 'skipped', code: null });
  });

  it('was not sent within its time of another one, nor to an address nobody has verified', () => {
    const { tables, tell, land, messageOf } = open();
    const seq = tell([track('m2')]);
    land(seq);
    tables.emailMarks.add({ seq: 1, at: 0, person: KEY, message: track('m1') }, NOW - 3 * HOUR);
    expect(messageOf(seq)?.mail?.code).toBe('mailed_lately');
    const unverified = open({ emailVerified: false });
    const theirs = unverified.tell([track('m1', { event: 'payment_failed' })]);
    unverified.land(theirs);
    expect(unverified.messageOf(theirs)?.mail).toMatchObject({ rule: 7, code: 'email_unverified' });
  });
});

describe('a look', () => {
  it('at a person shows theirs alone, the newest first', () => {
    const { shard, tell } = open();
    const [first] = [tell([track('m1')]), tell([track('x')], NOW, personKey('user_other'))];
    const last = tell([track('m2')]);
    const { entries, traits } = personIn(look(shard, { timeline: JANE }).timeline);
    expect(entries.map(({ seq }) => seq)).toEqual([last, first]);
    expect(traits).toMatchObject({ email: 'jane@example.test' });
  });

  it('at nobody says whether they were ever here', () => {
    const { tables, shard } = open();
    tables.people.forget({ person: KEY } as never);
    expect(look(shard, { timeline: JANE }).timeline).toEqual({ kind: 'erased' });
    expect(look(shard, { timeline: 'user_never' }).timeline).toEqual({ kind: 'unknown' });
  });

  it('at the newest shows a hundred at most, the newest first, and an entry that is gone is null', () => {
    const { shard, tell } = open();
    for (let each = 0; each < 120; each += 1) tell([track(`m${each}`)]);
    const { newest = [] } = look(shard, { newest: 500 });
    expect(newest).toHaveLength(100);
    expect(newest[0]?.seq).toBe(120);
    expect(look(shard, { newest: 3 }).newest?.map(({ seq }) => seq)).toEqual([120, 119, 118]);
    expect(look(shard, { entry: 900 })).toEqual({ entry: null });
  });

  it('at those before a time shows what was accepted then, also where the oldest is dropped by now', () => {
    const { shard, tables, tell } = open();
    for (let each = 0; each < 300; each += 1) {
      tell([track(`m${each}`)], NOW - 10 * HOUR + each * 120_000);
    }
    const seqsBefore = (before: number) =>
      look(shard, { newest: 2, before }).newest?.map(({ seq }) => seq);
    expect(seqsBefore(NOW)).toEqual([300, 299]);
    // Accepted at that very millisecond is not before it.
    expect(seqsBefore(NOW - 10 * HOUR + 4 * 120_000)).toEqual([4, 3]);
    expect(seqsBefore(NOW - 10 * HOUR + 120_000)).toEqual([1]);
    expect(seqsBefore(NOW - 11 * HOUR)).toEqual([]);
    tables.journal.dropBefore(NOW - 8 * HOUR, 300);
    expect(look(shard, { entry: 4 })).toEqual({ entry: null });
    expect(seqsBefore(NOW - 10 * HOUR + 4 * 120_000)).toEqual([]);
    expect(seqsBefore(NOW - 7 * HOUR)).toEqual([90, 89]);
  });
});
