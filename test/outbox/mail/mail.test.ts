// Mailing over a real SQLite: the mark stands before the request leaves, and messages come before mails.

import { DatabaseSync } from 'node:sqlite';

import { describe, expect, it } from 'vitest';

import { platformOver } from '../../../src/cli/node-sqlite.ts';
import type { EmailOutcome } from '../../../src/customerio/email.ts';
import { mailDue } from '../../../src/outbox/mail/mail.ts';
import type { MailWorld } from '../../../src/outbox/mail/mail.ts';
import { personKey } from '../../../src/outbox/people/table.ts';
import { openStorage } from '../../../src/outbox/storage.ts';
import type { TrackMessage } from '../../../src/person/message.ts';
import { newPerson } from '../../../src/person/person.ts';

const NOW = 1_790_000_000_000;
const SENT: EmailOutcome = { kind: 'sent', deliveryId: 'd1' };

function open() {
  const storage = openStorage(platformOver(new DatabaseSync(':memory:')));
  const tables = storage.tables();
  const key = personKey('user_1');
  const facet = { asOf: NOW, rank: 0, traits: { email: 'ada@example.test' } } as const;
  tables.people.save(key, { ...newPerson('user_1'), user: facet });
  const due = (messageId: string) => {
    const message: TrackMessage = {
      type: 'track',
      userId: 'user_1',
      event: 'trial_ending',
      messageId,
      timestamp: new Date(NOW).toISOString(),
      properties: {},
    };
    tables.emails.add({ person: key, at: NOW, message });
  };
  const world = (more: Partial<MailWorld>): MailWorld => ({
    storage,
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
  return { tables, due, world };
}

describe('mailDue', () => {
  it('writes the mark before the request leaves, and never mails past one', async () => {
    const { tables, due, world } = open();
    due('m1');
    const marks: (number | null)[] = [];
    const send = async () => {
      marks.push(tables.emails.markOf('m1'));
      return SENT;
    };
    await mailDue(world({ send }));
    due('m1');
    await mailDue(world({ send }));
    expect(marks).toEqual([1]);
    expect(tables.emails.mailing().counters).toMatchObject({ sent: 1, skipped: 1 });
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

  it('leaves as soon as something has to be delivered', async () => {
    const { tables, due, world } = open();
    due('m1');
    due('m2');
    let sent = 0;
    const send = async () => {
      sent += 1;
      return SENT;
    };
    await mailDue(world({ send, isNeededElsewhere: () => sent > 0 }));
    expect(sent).toBe(1);
    expect(tables.emails.count()).toBe(1);
  });

  it('waits for a key as long as there is none', async () => {
    const { tables, due, world } = open();
    due('m1');
    await mailDue(world({ send: null }));
    expect(tables.emails.count()).toBe(1);
    expect(tables.emails.mailing().notBefore).toBe(NOW + 300_000);
    expect(tables.emails.markOf('m1')).toBeNull();
  });
});
