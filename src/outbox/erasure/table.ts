// Erasures under way: people whose tombstone stands, but whose messages are still in the journal and whose links may
// still name them. The one place that holds a deleted person's id, until the erasure is done.

import { heldRows } from '../../platform/held.ts';
import type { Held } from '../../platform/held.ts';
import type { Migrations } from '../../platform/migrations.ts';
import { numberOf, textOf } from '../../platform/sql.ts';
import type { Run } from '../../platform/sql.ts';
import type { Erased } from '../erased.ts';

/**
 * `seq`: how far the journal has been searched. `areLinksErased`: every links shard knows. `isParkedForgotten`: so does
 * every outbox shard.
 */
export type Erasure = Erased & {
  readonly seq: number;
  readonly areLinksErased: boolean;
  readonly isParkedForgotten: boolean;
};

export const ERASURES: Migrations = {
  name: 'erasures',
  steps: [
    (table) =>
      `CREATE TABLE IF NOT EXISTS ${table}
        (person TEXT PRIMARY KEY, user_id TEXT, at INTEGER, seq INTEGER, links INTEGER) WITHOUT ROWID`,
    (table) => `ALTER TABLE ${table} ADD COLUMN known_by TEXT`,
    (table) => `ALTER TABLE ${table} ADD COLUMN parked INTEGER`,
  ],
};

export function openErasures(run: Run) {
  /** The work of forgetting them begins. */
  function forget({ person, userId, at, knownBy }: Erased): void {
    run(
      `INSERT OR IGNORE INTO erasures (person, user_id, at, seq, links, known_by, parked)
        VALUES (?, ?, ?, 0, 0, ?, 0)`,
      person,
      userId,
      at,
      JSON.stringify(knownBy),
    );
  }

  /** Any of them: in the order of their keys, so that however many there are, one look finds it. */
  function first(): Erasure | null {
    const row = run('SELECT * FROM erasures ORDER BY person LIMIT 1')[0];
    if (row === undefined) return null;
    const userId = textOf(row['user_id']);
    return {
      person: textOf(row['person']),
      userId,
      // One that began under the first release knows no more than the id.
      knownBy: typeof row['known_by'] === 'string' ? JSON.parse(row['known_by']) : [userId],
      at: numberOf(row['at']),
      seq: numberOf(row['seq']),
      areLinksErased: row['links'] === 1,
      isParkedForgotten: row['parked'] === 1,
    };
  }

  function noteSearched(person: string, seq: number): void {
    run('UPDATE erasures SET seq = ? WHERE person = ?', seq, person);
  }

  /** What they are known by has grown by the customers that were theirs. */
  function noteLinksErased(person: string, knownBy: readonly string[]): void {
    const known = JSON.stringify(knownBy);
    run('UPDATE erasures SET links = 1, known_by = ? WHERE person = ?', known, person);
  }

  function noteParkedForgotten(person: string): void {
    run('UPDATE erasures SET parked = 1 WHERE person = ?', person);
  }

  function held(person: string): Held[] {
    const rows = run('SELECT * FROM erasures WHERE person = ?', person);
    return heldRows('erasures', rows);
  }

  function finish(person: string): void {
    run('DELETE FROM erasures WHERE person = ?', person);
  }

  return { forget, first, noteSearched, noteLinksErased, noteParkedForgotten, held, finish };
}
