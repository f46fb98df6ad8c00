// Parked: what is out of the flow, kept with its reason so that somebody can look and replay. A copy: the journal
// has moved on.

import { numberOf } from './sql.ts';
import type { Run } from './sql.ts';

/** A message Customer.io refused, or a verified event that we could not read (then nobody's). */
export type Parked = {
  readonly at: number;
  /** The person's key; null for an event we could not read. */
  readonly person: string | null;
  readonly reason: 'request_invalid' | 'object_unexpected';
  /** What is wrong, in words without personal data. */
  readonly detail: string;
  readonly content: unknown;
};

export type ParkedTable = ReturnType<typeof openParked>;

export function openParked(run: Run) {
  run(
    `CREATE TABLE IF NOT EXISTS parked
      (seq INTEGER PRIMARY KEY, at INTEGER, person TEXT, reason TEXT, detail TEXT, content TEXT)`,
  );

  function add({ at, person, reason, detail, content }: Parked): void {
    run(
      'INSERT INTO parked (at, person, reason, detail, content) VALUES (?, ?, ?, ?, ?)',
      at,
      person,
      reason,
      detail,
      JSON.stringify(content),
    );
  }

  function forget(person: string): void {
    run('DELETE FROM parked WHERE person = ?', person);
  }

  function count(): number {
    return numberOf(run('SELECT COUNT(*) AS parked FROM parked')[0]?.['parked']);
  }

  return { add, forget, count };
}
