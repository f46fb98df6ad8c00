// Subscriptions that are somebody else's by now, and what their old person holds of them not handed over yet. Synchronous.

import type { Migrations } from '../../platform/migrations.ts';
import { numberOf, textOf } from '../../platform/sql.ts';
import type { Run } from '../../platform/sql.ts';

/** A subscription that was `from`'s until `version`. */
export type LeavingRow = {
  readonly seq: number;
  readonly subscriptionId: string;
  readonly customerId: string;
  readonly from: string;
  readonly version: number;
};

export const LEAVINGS: Migrations = {
  name: 'leavings',
  steps: [
    (table) =>
      `CREATE TABLE IF NOT EXISTS ${table}
        (seq INTEGER PRIMARY KEY, subscription TEXT, customer TEXT, from_user TEXT, version INTEGER)`,
    (table) => `CREATE INDEX IF NOT EXISTS ${table}_by_user ON ${table} (from_user)`,
  ],
};

export function openLeavings(run: Run) {
  function add({ subscriptionId, customerId, from, version }: Omit<LeavingRow, 'seq'>): void {
    run(
      'INSERT INTO leavings (subscription, customer, from_user, version) VALUES (?, ?, ?, ?)',
      subscriptionId,
      customerId,
      from,
      version,
    );
  }

  /** All, oldest first: there are few. */
  function list(): LeavingRow[] {
    return run('SELECT * FROM leavings ORDER BY seq').map((row) => ({
      seq: numberOf(row['seq']),
      subscriptionId: textOf(row['subscription']),
      customerId: textOf(row['customer']),
      from: textOf(row['from_user']),
      version: numberOf(row['version']),
    }));
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

  return { add, list, ofPerson, remove, removeFrom };
}
