// Emails: the mails that are due. A mail is due once its moment's track has landed. Persons take turns: however many one
// of them has due, and whatever becomes of them, nobody else's stand behind more than one.

import type { TrackMessage } from '../../person/message.ts';
import { countOf, countSteps } from '../../platform/counts.ts';
import { heldRow } from '../../platform/held.ts';
import type { Held } from '../../platform/held.ts';
import type { Migrations } from '../../platform/migrations.ts';
import { openRecord } from '../../platform/records.ts';
import { numberOf, textOf } from '../../platform/sql.ts';
import type { Run } from '../../platform/sql.ts';
import type { Erased } from '../erased.ts';

/** The track that landed, whose it is, and when it landed. Times in Unix milliseconds. */
type DueEmail = {
  readonly person: string;
  readonly at: number;
  readonly message: TrackMessage;
};

export type EmailRow = DueEmail & { readonly seq: number };

/** Where mailing stands: of its own, so that a wait for one API never holds up the other. */
export type Mailing = {
  /** Up to here release 0.1.0 was done with them; by now what is done with is removed at once. */
  readonly cursor: number;
  /** Whose mail came last, by their key. */
  readonly turn: string;
  readonly notBefore: number;
  readonly attempt: number;
  /** A code: why they wait. */
  readonly delay: string | null;
  readonly lastSentAt: number;
  readonly counters: MailCounters;
};

export const NO_MAIL_COUNTERS = { sent: 0, retries: 0, parked: 0, skipped: 0 } as const;
export type MailCounters = { readonly [Name in keyof typeof NO_MAIL_COUNTERS]: number };

const NEW_MAILING: Mailing = {
  cursor: 0,
  turn: '',
  notBefore: 0,
  attempt: 0,
  delay: null,
  lastSentAt: 0,
  counters: NO_MAIL_COUNTERS,
};

export const EMAILS: Migrations = {
  name: 'emails',
  steps: [
    (table) =>
      `CREATE TABLE IF NOT EXISTS ${table}
        (seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER, person TEXT, message TEXT)`,
    (table) => `CREATE INDEX IF NOT EXISTS ${table}_by_person ON ${table} (person)`,
    // What release 0.1.0 was done with and had not dropped yet.
    (table) =>
      `DELETE FROM ${table} WHERE seq <= (SELECT json_extract(value, '$.cursor') FROM state WHERE name = 'mailing')`,
    ...countSteps(),
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

  /** The oldest mail of the person whose turn it is. */
  function next(): EmailRow | null {
    const { turn } = mailing();
    return nextBehind(turn) ?? (turn === '' ? null : nextBehind(''));
  }

  /** By the index: the plus keeps `seq` from being looked through instead. */
  function nextBehind(turn: string): EmailRow | null {
    const row = run(
      'SELECT * FROM emails WHERE person > ? AND +seq > ? ORDER BY person, seq LIMIT 1',
      turn,
      mailing().cursor,
    )[0];
    if (row === undefined) return null;
    return {
      seq: numberOf(row['seq']),
      at: numberOf(row['at']),
      person: textOf(row['person']),
      message: JSON.parse(textOf(row['message'])),
    };
  }

  const remove = (seq: number) => void run('DELETE FROM emails WHERE seq = ?', seq);

  function forget({ person }: Erased): void {
    run('DELETE FROM emails WHERE person = ?', person);
    if (mailing().turn === person) save({ ...mailing(), turn: '' });
  }

  /** Due mails, and whether theirs was the one that came last. */
  function held(person: string): Held[] {
    const due = run('SELECT * FROM emails WHERE person = ? ORDER BY seq', person);
    const turn = mailing().turn === person ? [heldRow('state', { turn: person })] : [];
    return [...due.map((row) => heldRow('emails', row)), ...turn];
  }

  /** What release 0.1.0 was done with and had not dropped yet. */
  function dropDone(): void {
    run('DELETE FROM emails WHERE seq <= ?', mailing().cursor);
  }

  return {
    mailing,
    save,
    add,
    next,
    isDue: (person: string, messageId: string) => isDue(run, person, messageId),
    remove,
    forget,
    held,
    dropDone,
    count: () => countOf(run, 'emails'),
  };
}

/** Whether the mail of this message waits for its turn: by the index of persons. */
function isDue(run: Run, person: string, messageId: string): boolean {
  const due = run('SELECT message FROM emails WHERE person = ?', person);
  return due.some((row) => JSON.parse(textOf(row['message'])).messageId === messageId);
}
