// Parked: what is out of the flow, kept with its reason so that somebody can look and replay. A copy: the journal
// has moved on. Numbers are never given twice, so a stale one finds nothing instead of something else.

import { countOf, countSteps } from '../../platform/counts.ts';
import type { Migrations } from '../../platform/migrations.ts';
import { numberOf, textOf } from '../../platform/sql.ts';
import type { Run } from '../../platform/sql.ts';
import type { Erased } from '../erased.ts';

const REASONS = [
  'request_invalid',
  'fails_alone',
  'object_unexpected',
  'person_too_large',
  'email_unknown',
  'email_rejected',
  'email_ambiguous',
] as const;

/** `email_*`: of a mail by rule, when no address is known, when it was refused, when it may have been sent. */
export type ParkedReason = (typeof REASONS)[number];

/** A message that Customer.io does not take, or a verified event that we could not read (then it belongs to no person). */
type Parked = {
  readonly at: number;
  /** The person's key; null for an event we could not read. */
  readonly person: string | null;
  readonly reason: ParkedReason;
  /** What is wrong, in words without personal data. */
  readonly detail: string;
  readonly content: unknown;
};

export type ParkedRow = Parked & { readonly seq: number };

export const PARKED: Migrations = {
  name: 'parked',
  steps: [
    (table) =>
      `CREATE TABLE IF NOT EXISTS ${table}
        (seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER, person TEXT, removal INTEGER, reason TEXT,
        detail TEXT, content TEXT)`,
    // One of both for each: a message is of a person, a webhook that nobody could read is not.
    (table) =>
      `CREATE INDEX IF NOT EXISTS ${table}_by_person ON ${table} (person, seq) WHERE person IS NOT NULL`,
    (table) =>
      `CREATE INDEX IF NOT EXISTS ${table}_unreadable ON ${table} (at, seq) WHERE person IS NULL`,
    ...countSteps(),
  ],
};

/** A slice: more go with the next sweep. */
const EXPIRED_MAX = 1000;

export function openParked(run: Run) {
  /** Answers the number it is found by. No removal: that is put aside elsewhere, see `removals`; the column is 0.1.0's. */
  function add({ at, person, reason, detail, content }: Parked): number {
    const [row] = run(
      `INSERT INTO parked (at, person, removal, reason, detail, content)
        VALUES (?, ?, 0, ?, ?, ?) RETURNING seq`,
      at,
      person,
      reason,
      detail,
      JSON.stringify(content),
    );
    return numberOf(row?.['seq']);
  }

  function find(seq: number): ParkedRow | null {
    const row = run('SELECT * FROM parked WHERE seq = ?', seq)[0];
    return row === undefined ? null : parkedOf(row);
  }

  /** In the order of parking, behind `seq`. */
  function listAfter(seq: number, most: number): ParkedRow[] {
    return run('SELECT * FROM parked WHERE seq > ? ORDER BY seq LIMIT ?', seq, most).map(parkedOf);
  }

  /** The next webhook behind `seq` that could not be read. */
  function nextUnreadable(seq: number): ParkedRow | null {
    const query = 'SELECT * FROM parked WHERE seq > ? AND person IS NULL ORDER BY seq LIMIT 1';
    const row = run(query, seq)[0];
    return row === undefined ? null : parkedOf(row);
  }

  /** The next message of a person behind `seq`. */
  function nextOf(person: string, seq: number): ParkedRow | null {
    const query = 'SELECT * FROM parked WHERE seq > ? AND person = ? ORDER BY seq LIMIT 1';
    const row = run(query, seq, person)[0];
    return row === undefined ? null : parkedOf(row);
  }

  /** Takes out the webhooks that came before `at` and could not be read, some at a time; says how many. */
  function expireUnreadable(at: number): number {
    return run(
      `DELETE FROM parked WHERE seq IN
        (SELECT seq FROM parked WHERE person IS NULL AND at < ? ORDER BY at, seq LIMIT ?) RETURNING seq`,
      at,
      EXPIRED_MAX,
    ).length;
  }

  function remove(seq: number): void {
    run('DELETE FROM parked WHERE seq = ?', seq);
  }

  function forget({ person }: Erased): void {
    run('DELETE FROM parked WHERE person = ?', person);
  }

  return {
    add,
    find,
    listAfter,
    nextUnreadable,
    nextOf,
    expireUnreadable,
    remove,
    forget,
    count: () => countOf(run, 'parked'),
  };
}

function parkedOf(row: Record<string, unknown>): ParkedRow {
  return {
    seq: numberOf(row['seq']),
    at: numberOf(row['at']),
    person: typeof row['person'] === 'string' ? row['person'] : null,
    reason: reasonOf(row['reason']),
    detail: textOf(row['detail']),
    content: JSON.parse(textOf(row['content'])),
  };
}

function reasonOf(value: unknown): ParkedReason {
  return REASONS.find((reason) => reason === value) ?? 'request_invalid';
}
