// Charges whose customer an event or a look-up has told: a dispute comes weeks later, in several events. Synchronous.

import type { Migrations } from '../../platform/migrations.ts';
import { textOf } from '../../platform/sql.ts';
import type { Run } from '../../platform/sql.ts';
import { keyedTable } from '../../platform/steps.ts';

export const CHARGES: Migrations = {
  name: 'charges',
  steps: [keyedTable('charge TEXT PRIMARY KEY, customer TEXT, at INTEGER')],
};

/** Rows looked through by one call: some ten milliseconds. */
const LOOKED_AT = 20_000;

export function openCharges(run: Run) {
  function customerOf(chargeId: string): string | null {
    const row = run('SELECT customer FROM charges WHERE charge = ?', chargeId)[0];
    return row === undefined ? null : textOf(row['customer']);
  }

  /** Of these customers, among the rows behind `after`, and where to go on; null at the end. An index would cost a row for each charge. */
  function ofCustomers(customers: readonly string[], after: string) {
    const query = 'SELECT * FROM charges WHERE charge > ? ORDER BY charge LIMIT ?';
    const rows = run(query, after, LOOKED_AT);
    const found = rows.filter(({ customer }) => customers.includes(textOf(customer)));
    return { found, next: rows.length < LOOKED_AT ? null : textOf(rows.at(-1)?.['charge']) };
  }

  function save(chargeId: string, customerId: string, at: number): void {
    run(
      'INSERT OR REPLACE INTO charges (charge, customer, at) VALUES (?, ?, ?)',
      chargeId,
      customerId,
      at,
    );
  }

  return { customerOf, ofCustomers, save };
}
