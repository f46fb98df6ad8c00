// Charges whose customer an event or a look-up has told: a dispute comes weeks later, in several events. Synchronous.

import type { Migrations } from '../../platform/migrations.ts';
import { textOf } from '../../platform/sql.ts';
import type { Run } from '../../platform/sql.ts';

export const CHARGES: Migrations = {
  name: 'charges',
  steps: [
    (table) =>
      `CREATE TABLE IF NOT EXISTS ${table}
        (charge TEXT PRIMARY KEY, customer TEXT, at INTEGER) WITHOUT ROWID`,
  ],
};

export function openCharges(run: Run) {
  function customerOf(chargeId: string): string | null {
    const row = run('SELECT customer FROM charges WHERE charge = ?', chargeId)[0];
    return row === undefined ? null : textOf(row['customer']);
  }

  /** It looks at all charges. */
  function ofCustomers(customers: readonly string[]): Record<string, unknown>[] {
    const query = 'SELECT * FROM charges WHERE customer IN (SELECT value FROM json_each(?))';
    return run(query, JSON.stringify(customers));
  }

  function save(chargeId: string, customerId: string, at: number): void {
    run(
      'INSERT OR REPLACE INTO charges (charge, customer, at) VALUES (?, ?, ?)',
      chargeId,
      customerId,
      at,
    );
  }

  function dropBefore(at: number): void {
    run('DELETE FROM charges WHERE at < ?', at);
  }

  return { customerOf, ofCustomers, save, dropBefore };
}
