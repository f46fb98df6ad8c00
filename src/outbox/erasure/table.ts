// Erasures under way: people whose tombstone stands, but whose messages are still in the journal and whose links may
// still name them. The one place that holds a deleted person's id, until the erasure is done.

import type { Migrations } from '../../platform/migrations.ts';
import { numberOf, textOf } from '../../platform/sql.ts';
import type { Run } from '../../platform/sql.ts';
import type { Erased } from '../erased.ts';

/** `seq`: how far the journal has been searched. `areLinksErased`: every links shard knows. */
export type Erasure = Erased & { readonly seq: number; readonly areLinksErased: boolean };

export const ERASURES: Migrations = {
  name: 'erasures',
  steps: [
    (table) =>
      `CREATE TABLE IF NOT EXISTS ${table}
        (person TEXT PRIMARY KEY, user_id TEXT, at INTEGER, seq INTEGER, links INTEGER) WITHOUT ROWID`,
  ],
};

export function openErasures(run: Run) {
  /** The work of forgetting them begins. */
  function forget({ person, userId, at }: Erased): void {
    run(
      'INSERT OR IGNORE INTO erasures (person, user_id, at, seq, links) VALUES (?, ?, ?, 0, 0)',
      person,
      userId,
      at,
    );
  }

  function first(): Erasure | null {
    const row = run('SELECT * FROM erasures ORDER BY at LIMIT 1')[0];
    if (row === undefined) return null;
    return {
      person: textOf(row['person']),
      userId: textOf(row['user_id']),
      at: numberOf(row['at']),
      seq: numberOf(row['seq']),
      areLinksErased: row['links'] === 1,
    };
  }

  function noteSearched(person: string, seq: number): void {
    run('UPDATE erasures SET seq = ? WHERE person = ?', seq, person);
  }

  function noteLinksErased(person: string): void {
    run('UPDATE erasures SET links = 1 WHERE person = ?', person);
  }

  function finish(person: string): void {
    run('DELETE FROM erasures WHERE person = ?', person);
  }

  return { forget, first, noteSearched, noteLinksErased, finish };
}
