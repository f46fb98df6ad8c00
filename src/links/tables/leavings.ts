// Subscriptions that are somebody else's by now, and what their old person holds of them not handed over yet. Synchronous.

import type { Migrations } from '../../platform/migrations.ts';
import { numberOf, textOf } from '../../platform/sql.ts';
import type { Run } from '../../platform/sql.ts';
import { column } from '../../platform/steps.ts';

/** A subscription that was `from`'s until `version`. */
export type LeavingRow = {
  readonly seq: number;
  readonly subscriptionId: string;
  readonly customerId: string;
  readonly from: string;
  readonly version: number;
  /** When it is tried again after it has failed, Unix milliseconds; 0: it has not. */
  readonly nextAt: number;
  /** How often it has failed. */
  readonly attempt: number;
};

export const LEAVINGS: Migrations = {
  name: 'leavings',
  steps: [
    (table) =>
      `CREATE TABLE IF NOT EXISTS ${table}
        (seq INTEGER PRIMARY KEY, subscription TEXT, customer TEXT, from_user TEXT, version INTEGER)`,
    (table) => `CREATE INDEX IF NOT EXISTS ${table}_by_user ON ${table} (from_user)`,
    column('next_at INTEGER'),
    (table) => `CREATE INDEX IF NOT EXISTS ${table}_by_time ON ${table} (next_at)`,
    (table) => `ALTER TABLE ${table} ADD COLUMN attempt INTEGER`,
  ],
};

export function openLeavings(run: Run) {
  function add({
    subscriptionId,
    customerId,
    from,
    version,
  }: Omit<LeavingRow, 'seq' | 'nextAt' | 'attempt'>): void {
    run(
      'INSERT INTO leavings (subscription, customer, from_user, version) VALUES (?, ?, ?, ?)',
      subscriptionId,
      customerId,
      from,
      version,
    );
  }

  /** What is due first, which has not failed; of those the oldest. */
  function first(most: number): LeavingRow[] {
    return run('SELECT * FROM leavings ORDER BY next_at, seq LIMIT ?', most).map((row) => ({
      seq: numberOf(row['seq']),
      subscriptionId: textOf(row['subscription']),
      customerId: textOf(row['customer']),
      from: textOf(row['from_user']),
      version: numberOf(row['version']),
      nextAt: numberOf(row['next_at']),
      attempt: numberOf(row['attempt']),
    }));
  }

  /** Of the `most` that are oldest: which are older than `at`. A version is the time of its move. */
  function countBefore(at: number, most: number): number {
    const rows = run('SELECT version FROM leavings ORDER BY seq LIMIT ?', most);
    return rows.filter((row) => numberOf(row['version']) < at).length;
  }

  function postpone({ seq, attempt }: LeavingRow, at: number): void {
    run('UPDATE leavings SET next_at = ?, attempt = ? WHERE seq = ?', at, attempt + 1, seq);
  }

  function ofPerson(userId: string): Record<string, unknown>[] {
    return run('SELECT * FROM leavings WHERE from_user = ?', userId);
  }

  function remove(seq: number): void {
    run('DELETE FROM leavings WHERE seq = ?', seq);
  }

  function removeFrom(userId: string): void {
    run('DELETE FROM leavings WHERE from_user = ?', userId);
  }

  return { add, first, countBefore, postpone, ofPerson, remove, removeFrom };
}
