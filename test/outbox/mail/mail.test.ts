// Mailing over a real SQLite: the mark stands before the request leaves, and messages come before mails.

import { DatabaseSync } from 'node:sqlite';

import { describe, expect, it } from 'vitest';

import type { EmailOutcome } from '../../../src/customerio/email.ts';
import { mailDue } from '../../../src/outbox/mail/mail.ts';
import type { MailShell } from '../../../src/outbox/mail/mail.ts';
import { personKey } from '../../../src/outbox/people/table.ts';
import type { Tables } from '../../../src/outbox/storage.ts';
import { openStore } from '../../../src/outbox/tables.ts';
import type { TrackMessage } from '../../../src/person/message.ts';
import { newPerson } from '../../../src/person/person.ts';
import type { SqlValue } from '../../../src/platform/sql.ts';

const NOW = 1_790_000_000_000;
const SENT: EmailOutcome = { kind: 'sent', deliveryId: 'd1' };

function open() {
  const sql = new DatabaseSync(':memory:');
  const store = openStore((query: string, ...values: SqlValue[]) =>
    sql.prepare(query).all(...values),
  );
  const key = personKey('user_1');
  const facet = { asOf: NOW, rank: 0, traits: { email: 'ada@example.test' } } as const;
  store.people.save(key, { ...newPerson('user_1'), user: facet });
  const due = (messageId: string) => {
    const message: TrackMessage = {
      type: 'track',
      userId: 'user_1',
      event: 'trial_ending',
      messageId,
      timestamp: new Date(NOW).toISOString(),
      properties: {},
    };
    store.emails.add({ person: key, at: NOW, message });
  };
  const shell = (more: Partial<MailShell>): MailShell => ({
    tables: {
      store: () => store,
      transaction: (write: (all: typeof store) => unknown) => write(store),
    } as unknown as Tables,
    now: () => NOW,
    random: () => 0.5,
    wait: async () => undefined,
    send: async () => SENT,
    log: () => undefined,
    intervalMs: 100,
    rules: { trial_ending: { id: 12, sendToUnsubscribed: false } },
    isNeededElsewhere: () => false,
    ...more,
  });
  return { store, due, shell };
}

describe('mailDue', () => {
  it('writes the mark before the request leaves, and never mails past one', async () => {
    const { store, due, shell } = open();
    due('m1');
    const marks: (number | null)[] = [];
    const send = async () => {
      marks.push(store.emails.markOf('m1'));
      return SENT;
    };
    await mailDue(shell({ send }));
    due('m1');
    await mailDue(shell({ send }));
    expect(marks).toEqual([1]);
    expect(store.emails.mailing().counters).toMatchObject({ sent: 1, skipped: 1 });
  });

  it('keeps its pace between two mails', async () => {
    const { due, shell } = open();
    due('m1');
    due('m2');
    const waits: number[] = [];
    const wait = async (ms: number) => void waits.push(ms);
    await mailDue(shell({ wait }));
    expect(waits).toEqual([100]);
  });

  it('leaves as soon as something has to be delivered', async () => {
    const { store, due, shell } = open();
    due('m1');
    due('m2');
    let sent = 0;
    const send = async () => {
      sent += 1;
      return SENT;
    };
    await mailDue(shell({ send, isNeededElsewhere: () => sent > 0 }));
    expect(sent).toBe(1);
    expect(store.emails.count()).toBe(1);
  });

  it('waits for a key as long as there is none', async () => {
    const { store, due, shell } = open();
    due('m1');
    await mailDue(shell({ send: null }));
    expect(store.emails.count()).toBe(1);
    expect(store.emails.mailing().notBefore).toBe(NOW + 300_000);
    expect(store.emails.markOf('m1')).toBeNull();
  });
});
