// Holds: people whose first message fails while others' land. All that comes for them waits here in its order, so that
// the journal goes on. Two tables: the people who are held, and their messages, which are copies: the cursor has passed them.

import type { Message } from '../../person/message.ts';
import { countOf, countSteps } from '../../platform/counts.ts';
import { heldRows } from '../../platform/held.ts';
import type { Migrations } from '../../platform/migrations.ts';
import { numberOf, textOf } from '../../platform/sql.ts';
import type { Run } from '../../platform/sql.ts';
import { keyedTable } from '../../platform/steps.ts';
import type { Erased } from '../erased.ts';
import type { Item, Place } from './plan-batch.ts';

/** Times in Unix milliseconds. */
export type Hold = {
  /** Their key, see `personKey`. */
  readonly person: string;
  /** Since when their first message fails beside others that land. */
  readonly at: number;
  readonly nextAt: number;
  /** Failures in a row. */
  readonly attempt: number;
  /** Failures that count against the message, and when the last of them was. */
  readonly failures: number;
  readonly failedAt: number;
  /** Messages tried at once. */
  readonly slice: number;
};

/** A message that waits; `seq` and `part` say where it stood in the journal. */
export type Held = Place & { readonly message: Message };

export const HOLDS: Migrations = {
  name: 'holds',
  steps: [
    keyedTable(
      'person TEXT PRIMARY KEY, at INTEGER, next_at INTEGER, attempt INTEGER, failures INTEGER, failed_at INTEGER, slice INTEGER',
    ),
    (table) => `CREATE INDEX IF NOT EXISTS ${table}_by_time ON ${table} (next_at)`,
    ...countSteps({ key: ['person'] }),
  ],
};

export const HELD: Migrations = {
  name: 'held',
  steps: [
    keyedTable(
      'person TEXT, seq INTEGER, part INTEGER, message TEXT, PRIMARY KEY (person, seq, part)',
    ),
    ...countSteps({ key: ['person', 'seq', 'part'] }),
    (table) => `CREATE INDEX IF NOT EXISTS ${table}_by_seq ON ${table} (seq)`,
  ],
};

function nextIn(run: Run): Hold | null {
  const row = run('SELECT * FROM holds ORDER BY next_at LIMIT 1')[0];
  return row === undefined ? null : holdOf(row);
}

export function openHolds(run: Run) {
  const { remove, removeAll, ...messages } = openMessages(run);
  let people = countOf(run, 'holds');

  function save({ person, at, nextAt, attempt, failures, failedAt, slice }: Hold): void {
    if (!isHeld(person)) people += 1;
    run(
      `INSERT OR REPLACE INTO holds (person, at, next_at, attempt, failures, failed_at, slice)
        VALUES (?, ?, ?, ?, ?, ?, ?)`,
      person,
      at,
      nextAt,
      attempt,
      failures,
      failedAt,
      slice,
    );
  }

  function isHeld(person: string): boolean {
    return people > 0 && run('SELECT 1 FROM holds WHERE person = ?', person).length > 0;
  }

  /** Who is tried next. */
  function next(): Hold | null {
    return people > 0 ? nextIn(run) : null;
  }

  /** Everybody whose failures did not count since `countedBefore` is tried at `at`. */
  function bringForward(at: number, countedBefore: number): void {
    if (people === 0) return;
    run('UPDATE holds SET next_at = ? WHERE next_at > ? AND failed_at <= ?', at, at, countedBefore);
  }

  /** The hour of everybody begins anew. */
  function restart(at: number): void {
    if (people > 0) run('UPDATE holds SET at = ?, failures = 0', at);
  }

  /** Takes these out of what waits for the person; with nothing left nobody is held any more. */
  function done(person: string, landed: readonly Held[]): void {
    for (const message of landed) remove(person, message);
    if (messages.messagesOf(person, 1).length === 0) release(person);
  }

  function release(person: string): void {
    const theirs = run('DELETE FROM holds WHERE person = ? RETURNING person', person);
    people = Math.max(0, people - theirs.length);
  }

  function forget({ person }: Erased): void {
    release(person);
    removeAll(person);
  }

  return {
    save,
    held: (person: string) => rowsOf(run, person),
    isHeld,
    next,
    bringForward,
    restart,
    keep: messages.keep,
    messagesOf: messages.messagesOf,
    done,
    forget,
    count: () => people,
    countMessages: () => (people > 0 ? countOf(run, 'held') : 0),
    oldestSeq: () => (people > 0 ? messages.oldestSeq() : null),
    placesOf: messages.placesOf,
    list: (most: number) => heldPeople(run, most),
  };
}

/** Those who are held longest, by the id in the first of their messages. `since` in Unix milliseconds. */
function heldPeople(run: Run, most: number) {
  const query = `SELECT at, (SELECT message FROM held WHERE held.person = holds.person
    ORDER BY seq, part LIMIT 1) AS message FROM holds ORDER BY at LIMIT ?`;
  return run(query, most).map((row) => {
    const { userId = '' }: Message = JSON.parse(textOf(row['message']));
    return { userId, since: numberOf(row['at']) };
  });
}

/** What is stored of them here, for whoever asks. */
function rowsOf(run: Run, person: string) {
  const hold = run('SELECT * FROM holds WHERE person = ?', person);
  const messages = run('SELECT * FROM held WHERE person = ? ORDER BY seq, part', person);
  return [...heldRows('holds', hold), ...heldRows('held', messages)];
}

function openMessages(run: Run) {
  function keep({ person, seq, part, message }: Item): void {
    run(
      'INSERT OR REPLACE INTO held (person, seq, part, message) VALUES (?, ?, ?, ?)',
      person,
      seq,
      part,
      JSON.stringify(message),
    );
  }

  /** Where their messages stand in the journal. */
  function placesOf(person: string): Place[] {
    return run('SELECT seq, part FROM held WHERE person = ?', person).map((row) => ({
      seq: numberOf(row['seq']),
      part: numberOf(row['part']),
    }));
  }

  /** Number in the journal of the oldest that waits; null: nothing does. */
  function oldestSeq(): number | null {
    const seq = run('SELECT MIN(seq) AS seq FROM held')[0]?.['seq'];
    return typeof seq === 'number' ? seq : null;
  }

  /** Their first messages, in order. */
  function messagesOf(person: string, count: number): Held[] {
    return run('SELECT * FROM held WHERE person = ? ORDER BY seq, part LIMIT ?', person, count).map(
      (row) => ({
        seq: numberOf(row['seq']),
        part: numberOf(row['part']),
        message: JSON.parse(textOf(row['message'])),
      }),
    );
  }

  function remove(person: string, { seq, part }: Held): void {
    run('DELETE FROM held WHERE person = ? AND seq = ? AND part = ?', person, seq, part);
  }

  function removeAll(person: string): void {
    run('DELETE FROM held WHERE person = ?', person);
  }

  return { keep, placesOf, oldestSeq, messagesOf, remove, removeAll };
}

function holdOf(row: Record<string, unknown>): Hold {
  return {
    person: textOf(row['person']),
    at: numberOf(row['at']),
    nextAt: numberOf(row['next_at']),
    attempt: numberOf(row['attempt']),
    failures: numberOf(row['failures']),
    failedAt: numberOf(row['failed_at']),
    slice: numberOf(row['slice']),
  };
}
