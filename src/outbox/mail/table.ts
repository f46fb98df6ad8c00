// Emails: the mails that are due, and the marks of those that were asked for. A mail is due once its moment's track has
// landed; its mark is written before it is sent, so whatever happens after, nobody is mailed twice.

import type { Message } from '../../person/message.ts';
import type { Migrations } from '../../platform/migrations.ts';
import { openRecord } from '../../platform/records.ts';
import { numberOf, textOf } from '../../platform/sql.ts';
import type { Run } from '../../platform/sql.ts';
import type { Erased } from '../erased.ts';

/** The track that landed, whose it is, and when it landed. Times in Unix milliseconds. */
type DueEmail = {
  readonly person: string;
  readonly at: number;
  readonly message: Extract<Message, { type: 'track' }>;
};

export type EmailRow = DueEmail & { readonly seq: number };

/** Where mailing stands: of its own, so that a wait for one API never holds up the other. */
export type Mailing = {
  /** The last mail that is done with, in whatever way. */
  readonly cursor: number;
  readonly notBefore: number;
  readonly attempt: number;
  readonly lastSentAt: number;
  readonly counters: MailCounters;
};

export const NO_MAIL_COUNTERS = { sent: 0, retries: 0, parked: 0, skipped: 0 } as const;
export type MailCounters = { readonly [Name in keyof typeof NO_MAIL_COUNTERS]: number };

const NEW_MAILING: Mailing = {
  cursor: 0,
  notBefore: 0,
  attempt: 0,
  lastSentAt: 0,
  counters: NO_MAIL_COUNTERS,
};

export const EMAILS: Migrations = {
  name: 'emails',
  steps: [
    (table) =>
      `CREATE TABLE IF NOT EXISTS ${table}
        (seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER, person TEXT, message TEXT)`,
  ],
};

export const EMAIL_MARKS: Migrations = {
  name: 'email_marks',
  steps: [
    (table) =>
      `CREATE TABLE IF NOT EXISTS ${table}
        (id TEXT PRIMARY KEY, seq INTEGER, at INTEGER) WITHOUT ROWID`,
  ],
};

export function openEmails(run: Run) {
  const record = openRecord<Mailing>(run, 'state', 'mailing');
  let known: Mailing | null = null;

  function mailing(): Mailing {
    known ??= { ...NEW_MAILING, ...record.read() };
    return known;
  }

  function save(value: Mailing): void {
    record.save(value);
    known = value;
  }

  function add({ at, person, message }: DueEmail): void {
    const text = JSON.stringify(message);
    run('INSERT INTO emails (at, person, message) VALUES (?, ?, ?)', at, person, text);
  }

  function next(): EmailRow | null {
    const after = mailing().cursor;
    const row = run('SELECT * FROM emails WHERE seq > ? ORDER BY seq LIMIT 1', after)[0];
    if (row === undefined) return null;
    return {
      seq: numberOf(row['seq']),
      at: numberOf(row['at']),
      person: textOf(row['person']),
      message: JSON.parse(textOf(row['message'])),
    };
  }

  /** The mail that this message's mark was written for; null without a mark. */
  function markOf(id: string): number | null {
    const row = run('SELECT seq FROM email_marks WHERE id = ?', id)[0];
    return row === undefined ? null : numberOf(row['seq']);
  }

  function mark({ seq, message }: EmailRow, at: number): void {
    run('INSERT INTO email_marks (id, seq, at) VALUES (?, ?, ?)', message.messageId, seq, at);
  }

  /** Only of a mail that surely was not sent. */
  function unmark(id: string): void {
    run('DELETE FROM email_marks WHERE id = ?', id);
  }

  function forget({ person }: Erased): void {
    run('DELETE FROM emails WHERE person = ?', person);
  }

  /** Drops what is done with, and marks of moments that are too old to be mailed anyway. */
  function dropBefore(at: number): void {
    run('DELETE FROM emails WHERE seq <= ?', mailing().cursor);
    run('DELETE FROM email_marks WHERE at < ?', at);
  }

  function count(): number {
    const row = run('SELECT COUNT(*) AS due FROM emails WHERE seq > ?', mailing().cursor)[0];
    return numberOf(row?.['due']);
  }

  return { mailing, save, add, next, markOf, mark, unmark, forget, dropBefore, count };
}
