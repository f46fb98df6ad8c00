// Customers that are deleted at the provider: what still comes of theirs is placed by their link for a while. Synchronous.

import type { Migrations } from '../../platform/migrations.ts';
import { textOf } from '../../platform/sql.ts';
import type { Run } from '../../platform/sql.ts';
import { keyedTable } from '../../platform/steps.ts';

/** A slice: more go with the next sweep. */
const DROPPED_MAX = 1000;

export const GONE: Migrations = {
  name: 'gone',
  steps: [
    keyedTable('customer TEXT PRIMARY KEY, at INTEGER'),
    (table) => `CREATE INDEX IF NOT EXISTS ${table}_by_time ON ${table} (at)`,
  ],
};

export function openGone(run: Run) {
  function has(customerId: string): boolean {
    return run('SELECT 1 FROM gone WHERE customer = ?', customerId).length > 0;
  }

  /** Since when stays as it is. */
  function note(customerId: string, at: number): void {
    run('INSERT OR IGNORE INTO gone (customer, at) VALUES (?, ?)', customerId, at);
  }

  function of(customers: readonly string[]): Record<string, unknown>[] {
    const query = 'SELECT * FROM gone WHERE customer IN (SELECT value FROM json_each(?))';
    return run(query, JSON.stringify(customers));
  }

  /** Forgets those of before `at`; answers which. */
  function dropBefore(at: number): string[] {
    return run(
      `DELETE FROM gone WHERE customer IN (SELECT customer FROM gone WHERE at < ? LIMIT ?) RETURNING customer`,
      at,
      DROPPED_MAX,
    ).map((row) => textOf(row['customer']));
  }

  return { has, note, of, dropBefore };
}
