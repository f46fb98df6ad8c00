// Erasures under way: people whose tombstone stands, but whose messages are still in the journal and whose links may
// still name them. The one place that holds a deleted person's id, until the erasure is done.

import { heldRows } from '../../platform/held.ts';
import type { Held } from '../../platform/held.ts';
import type { Migrations } from '../../platform/migrations.ts';
import { numberOf, textOf } from '../../platform/sql.ts';
import type { Run } from '../../platform/sql.ts';
import { column, keyedTable } from '../../platform/steps.ts';
import type { Erased, ParkedPlace } from '../erased.ts';

/**
 * `seq`: how far the journal has been searched. `areLinksErased`: every links shard knows. `place`: how far outbox shards have looked for
 * what names them; null: not at all, or all of them. `attempt`: how often its next step has failed in a row.
 */
export type Erasure = Erased & {
  readonly seq: number;
  readonly areLinksErased: boolean;
  readonly place: ParkedPlace | null;
  readonly attempt: number;
};

/** 1: every other shard knows, and the journal is left. */
const IS_TOLD = 'COALESCE(parked, 0)';

export const ERASURES: Migrations = {
  name: 'erasures',
  steps: [
    keyedTable('person TEXT PRIMARY KEY, user_id TEXT, at INTEGER, seq INTEGER, links INTEGER'),
    column('known_by TEXT'),
    column('parked INTEGER'),
    // NULL, as an older release leaves them: at once.
    column('next_at INTEGER'),
    column('attempt INTEGER'),
    (table) => `CREATE INDEX IF NOT EXISTS ${table}_by_turn ON ${table} (${IS_TOLD}, next_at)`,
    // NULL: at the beginning.
    column('place TEXT'),
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

  /**
   * Those whose turn it is, at most so many: first who has not failed. `isTold`: of whom every other shard knows. By an index,
   * so that however many there are, one look finds them.
   */
  function due(isTold: boolean, now: number, most: number): Erasure[] {
    const query = `SELECT * FROM erasures WHERE ${IS_TOLD} = ? ORDER BY next_at LIMIT ?`;
    const rows = run(query, Number(isTold), most);
    return rows.filter((row) => numberOf(row['next_at']) <= now).map(erasureOf);
  }

  /** When the next one of these has its turn, Unix milliseconds; null: there is none. */
  function nextAt(isTold: boolean): number | null {
    const query = `SELECT next_at FROM erasures WHERE ${IS_TOLD} = ? ORDER BY next_at LIMIT 1`;
    const row = run(query, Number(isTold))[0];
    return row === undefined ? null : numberOf(row['next_at']);
  }

  function noteSearched(person: string, seq: number): void {
    run('UPDATE erasures SET seq = ?, attempt = 0 WHERE person = ?', seq, person);
  }

  /** What they are known by has grown by the customers that were theirs. */
  function noteLinksErased(person: string, knownBy: readonly string[]): void {
    const known = JSON.stringify(knownBy);
    const query = 'UPDATE erasures SET links = 1, known_by = ?, attempt = 0 WHERE person = ?';
    run(query, known, person);
  }

  /** So far every outbox shard has looked for what names them; null: all have. */
  function noteLooked(person: string, place: ParkedPlace | null): void {
    const query = 'UPDATE erasures SET parked = ?, place = ?, attempt = 0 WHERE person = ?';
    run(query, Number(place === null), JSON.stringify(place), person);
  }

  /** Its step has failed: it is tried again then. */
  function postpone(person: string, attempt: number, at: number): void {
    run('UPDATE erasures SET attempt = ?, next_at = ? WHERE person = ?', attempt, at, person);
  }

  function held(person: string): Held[] {
    const rows = run('SELECT * FROM erasures WHERE person = ?', person);
    return heldRows('erasures', rows);
  }

  function finish(person: string): void {
    run('DELETE FROM erasures WHERE person = ?', person);
  }

  const notes = { noteSearched, noteLinksErased, noteLooked };
  return { forget, due, nextAt, ...notes, postpone, held, finish };
}

function erasureOf(row: Record<string, unknown>): Erasure {
  const userId = textOf(row['user_id']);
  return {
    person: textOf(row['person']),
    userId,
    // One that began under the first release knows no more than the id.
    knownBy: typeof row['known_by'] === 'string' ? JSON.parse(row['known_by']) : [userId],
    at: numberOf(row['at']),
    seq: numberOf(row['seq']),
    areLinksErased: row['links'] === 1,
    place: JSON.parse(textOf(row['place']) || 'null'),
    attempt: numberOf(row['attempt']),
  };
}
