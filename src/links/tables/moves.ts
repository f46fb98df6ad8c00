// Links that moved, and what their old person holds by them not handed over yet. Synchronous.

import type { Migrations } from '../../platform/migrations.ts';
import { numberOf, textOf } from '../../platform/sql.ts';
import type { Run } from '../../platform/sql.ts';
import { column } from '../../platform/steps.ts';

/** A link that was `from`'s until `version`; what they hold by it has still to be handed over. */
export type Move = {
  readonly seq: number;
  readonly customerId: string;
  readonly from: string;
  readonly version: number;
  /** When it is tried again after it has failed, Unix milliseconds; 0: it has not. */
  readonly nextAt: number;
  /** How often it has failed. */
  readonly attempt: number;
};

export const MOVES: Migrations = {
  name: 'moves',
  steps: [
    (table) =>
      `CREATE TABLE IF NOT EXISTS ${table}
        (seq INTEGER PRIMARY KEY, customer TEXT, from_user TEXT, version INTEGER)`,
    (table) => `CREATE INDEX IF NOT EXISTS ${table}_by_customer ON ${table} (customer)`,
    (table) => `CREATE INDEX IF NOT EXISTS ${table}_by_user ON ${table} (from_user)`,
    column('next_at INTEGER'),
    (table) => `CREATE INDEX IF NOT EXISTS ${table}_by_time ON ${table} (next_at)`,
    (table) => `ALTER TABLE ${table} ADD COLUMN attempt INTEGER`,
  ],
};

export function openMoves(run: Run) {
  function add({ customerId, from, version }: Omit<Move, 'seq' | 'nextAt' | 'attempt'>): void {
    run(
      'INSERT INTO moves (customer, from_user, version) VALUES (?, ?, ?)',
      customerId,
      from,
      version,
    );
  }

  /** What is due first, which has not failed; of those the oldest. */
  function first(most: number): Move[] {
    return run('SELECT * FROM moves ORDER BY next_at, seq LIMIT ?', most).map((row) => ({
      seq: numberOf(row['seq']),
      customerId: textOf(row['customer']),
      from: textOf(row['from_user']),
      version: numberOf(row['version']),
      nextAt: numberOf(row['next_at']),
      attempt: numberOf(row['attempt']),
    }));
  }

  /** Of the `most` that are oldest: which are older than `at`. A version is the time of its move. */
  function countBefore(at: number, most: number): number {
    const rows = run('SELECT version FROM moves ORDER BY seq LIMIT ?', most);
    return rows.filter((row) => numberOf(row['version']) < at).length;
  }

  function postpone({ seq, attempt }: Move, at: number): void {
    run('UPDATE moves SET next_at = ?, attempt = ? WHERE seq = ?', at, attempt + 1, seq);
  }

  /** Is a link of the customer's not handed over yet? */
  function isMoving(customerId: string): boolean {
    return run('SELECT 1 FROM moves WHERE customer = ? LIMIT 1', customerId).length > 0;
  }

  function ofPerson(userId: string): Record<string, unknown>[] {
    return run('SELECT * FROM moves WHERE from_user = ?', userId);
  }

  function remove(seq: number): void {
    run('DELETE FROM moves WHERE seq = ?', seq);
  }

  /** Answers of which customers. */
  function removeFrom(userId: string): string[] {
    return run('DELETE FROM moves WHERE from_user = ? RETURNING customer', userId).map((row) =>
      textOf(row['customer']),
    );
  }

  return { add, first, countBefore, postpone, isMoving, ofPerson, remove, removeFrom };
}
