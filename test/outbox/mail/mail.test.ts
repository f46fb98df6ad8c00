// Mailing over a real SQLite: the mark stands before the request leaves, and messages come before mails.

import { DatabaseSync } from 'node:sqlite';

import { describe, expect, it, vi } from 'vitest';

import { platformOver } from '../../../src/cli/node-sqlite.ts';
import type { Email, EmailOutcome } from '../../../src/customerio/email.ts';
import { mailDue } from '../../../src/outbox/mail/mail.ts';
import type { MailWorld } from '../../../src/outbox/mail/mail.ts';
import { personKey } from '../../../src/outbox/people/table.ts';
import { openStorage } from '../../../src/outbox/storage.ts';
import type { TrackMessage } from '../../../src/person/message.ts';
import { newPerson } from '../../../src/person/person.ts';

const NOW = 1_790_000_000_000;
const HOUR = 3_600_000;
const SENT: EmailOutcome = { kind: 'sent', deliveryId: 'd1' };

function open() {
  const db = new DatabaseSync(':memory:');
  const storage = openStorage(platformOver(db));
  const tables = storage.tables();
  for (const userId of ['user_1', 'user_2', 'user_3']) {
    const traits = { email: `${userId}@example.test` };
    const user = { asOf: NOW, rank: 0, traits } as const;
    tables.people.save(personKey(userId), { ...newPerson(userId), user });
  }
  const due = (messageId: string, userId = 'user_1') => {
    const message: TrackMessage = {
      type: 'track',
      userId,
      event: 'trial_ending',
      messageId,
      timestamp: new Date(NOW).toISOString(),
      properties: {},
    };
    tables.emails.add({ person: personKey(userId), at: NOW, message });
  };
  const world = (more: Partial<MailWorld>): MailWorld => ({
    storage,
    now: () => NOW,
    random: () => 0.5,
    wait: async () => undefined,
    send: async () => SENT,
    log: () => undefined,
    intervalMs: 100,
    rules: { trial_ending: { id: 12, sendToUnsubscribed: false, everyMs: 0 } },
    isOver: () => false,
    ...more,
  });
  return { db, tables, due, world };
}

describe('mailDue', () => {
  it('writes the mark before the request leaves, and never mails past one', async () => {
    const { tables, due, world } = open();
    due('m1');
    const marks: (number | null)[] = [];
    const send = async () => {
      marks.push(tables.emailMarks.of('m1'));
      return SENT;
    };
    await mailDue(world({ send }));
    due('m1');
    await mailDue(world({ send }));
    expect(marks).toEqual([1]);
    expect(tables.emails.mailing().counters).toMatchObject({ sent: 1, skipped: 1 });
  });

  it('decides nothing without a key: rules that are closed for a while lose no mail', async () => {
    const { tables, due, world } = open();
    due('m1');
    await mailDue(world({ send: null, rules: {} }));
    expect(tables.emails.mailing().counters).toMatchObject({ sent: 0, skipped: 0 });
    const notBefore = tables.emails.mailing().notBefore;
    expect(notBefore).toBeGreaterThan(NOW);
    await mailDue(world({ now: () => notBefore }));
    expect(tables.emails.mailing().counters).toMatchObject({ sent: 1, skipped: 0 });
  });

  it('keeps its pace between two mails', async () => {
    const { due, world } = open();
    due('m1');
    due('m2');
    const waits: number[] = [];
    const wait = async (ms: number) => void waits.push(ms);
    await mailDue(world({ wait }));
    expect(waits).toEqual([100]);
  });

  // Found by the simulation: the mail before was two hours in the future, so the next one was taken for too soon.
  it('mails every event where its rule says so, though the clock was set back meanwhile', async () => {
    const { due, world } = open();
    const sent: Email[] = [];
    const send = async (email: Email) => {
      sent.push(email);
      return SENT;
    };
    due('m1');
    await mailDue(world({ send }));
    due('m2');
    await mailDue(world({ send, now: () => NOW - 2 * HOUR }));
    expect(sent).toHaveLength(2);
  });

  it('leaves when its run is over', async () => {
    const { tables, due, world } = open();
    due('m1');
    due('m2');
    let sent = 0;
    const send = async () => {
      sent += 1;
      return SENT;
    };
    await mailDue(world({ send, isOver: () => sent > 0 }));
    expect(sent).toBe(1);
    expect(tables.emails.count()).toBe(1);
  });

  it('waits for a key as long as there is none', async () => {
    const { tables, due, world } = open();
    due('m1');
    await mailDue(world({ send: null }));
    expect(tables.emails.count()).toBe(1);
    expect(tables.emails.mailing().notBefore).toBe(NOW + 300_000);
    expect(tables.emailMarks.of('m1')).toBeNull();
  });

  it('lets persons take turns: however many one has due, each of the others waits for one', async () => {
    const { due, world } = open();
    // The loudest is the one whose turn is the first.
    const [loud = '', ...others] = ['user_1', 'user_2', 'user_3'].toSorted((one, other) =>
      personKey(one) < personKey(other) ? -1 : 1,
    );
    for (let count = 0; count < 40; count += 1) due(`m${count}`, loud);
    for (const userId of others) due(`only_${userId}`, userId);
    const asked: string[] = [];
    const send = async ({ to }: Email) => {
      asked.push(to);
      return SENT;
    };
    await mailDue(world({ send }));
    expect(asked).toHaveLength(42);
    expect(new Set(asked.slice(0, 3)).size).toBe(3);
  });

  it('goes on with the next person after a restart, though one is asked again and again', async () => {
    const { db, tables, due, world } = open();
    due('m1', 'user_1');
    due('m2', 'user_2');
    const asked: string[] = [];
    const send = async ({ to }: Email): Promise<EmailOutcome> => {
      asked.push(to);
      return asked[0] === to ? { kind: 'retry', reason: 'rate_limited', retryAfterMs: 0 } : SENT;
    };
    for (let time = NOW; time < NOW + 3 * HOUR; time += HOUR) {
      const storage = openStorage(platformOver(db));
      await mailDue(world({ storage, send, now: () => time }));
    }
    expect(new Set(asked.slice(0, 2)).size).toBe(2);
    expect(tables.emails.count()).toBe(1);
  });

  it('finds whose turn it is, and what they were sent, by an index', () => {
    const { db, tables } = open();
    const prepare = vi.spyOn(db, 'prepare');
    tables.emails.next();
    tables.emailMarks.newest('p', { event: 'trial_ending', properties: {} });
    const plans = prepare.mock.calls.map(([query]) =>
      db.prepare(`EXPLAIN QUERY PLAN ${query}`).all(...(query.match(/\?/g) ?? []).map(() => '')),
    );
    const steps = plans.flat().map(({ detail }) => String(detail));
    expect(steps).toEqual([
      expect.stringContaining('USING INDEX emails_by_person (person>?)'),
      expect.stringContaining('INDEX email_marks_by_person (person=? AND event=?)'),
    ]);
  });

  it('keeps nothing of a person who is deleted while it waits for its turn or for the answer', async () => {
    const { db, tables, due, world } = open();
    const forget = (userId: string) =>
      tables.forget({ person: personKey(userId), userId, at: NOW, knownBy: [] });
    let sent = 0;
    const send = async (): Promise<EmailOutcome> => {
      sent += 1;
      forget('user_1');
      return { kind: 'ambiguous', reason: 'timed_out' };
    };
    due('m1');
    await mailDue(world({ send }));
    due('m2', 'user_2');
    await mailDue(world({ send, wait: async () => forget('user_2') }));
    expect(sent).toBe(1);
    const left = ['emails', 'email_marks', 'parked'].flatMap((table) =>
      db.prepare(`SELECT * FROM ${table}`).all(),
    );
    expect(left).toEqual([]);
    expect(tables.emails.mailing()).toMatchObject({ turn: '', counters: { skipped: 2 } });
  });

  it('counts one that may have been sent, and none that surely was not', async () => {
    const { tables, due, world } = open();
    const rules = { trial_ending: { id: 12, sendToUnsubscribed: false, everyMs: 24 * HOUR } };
    const answers: EmailOutcome[] = [
      { kind: 'rejected', status: 400, detail: 'no such message' },
      { kind: 'ambiguous', reason: 'timed_out' },
    ];
    for (const id of ['m1', 'm2', 'm3']) due(id);
    await mailDue(world({ rules, send: async () => answers.shift() ?? SENT }));
    expect(tables.emails.mailing().counters).toMatchObject({ parked: 2, skipped: 1, sent: 0 });
  });
});
