// Hints: what a buyer typed about whose a customer is, until it is confirmed. One a customer. Synchronous.

import type { Migrations } from '../../platform/migrations.ts';
import { numberOf, textOf } from '../../platform/sql.ts';
import type { Run } from '../../platform/sql.ts';
import { keyedTable } from '../../platform/steps.ts';

/** `asOf` in Unix milliseconds. `email` marks the address the buyer gave; null where it proves nothing. */
export type Hint = {
  /** The customer, or the session of somebody who bought without one. */
  readonly customerId: string;
  readonly userId: string;
  readonly email: string | null;
  readonly asOf: number;
  readonly source: string;
};

/** Found by the address at Stripe, not typed as an id. */
export function isGuess({ source }: Hint): boolean {
  return source === 'email_lookup';
}

/** What the operator is told about a queue: while there is a hint, that nobody has confirmed it. */
export function whyWaiting(hint: Hint | null, otherwise: string): string {
  if (hint === null) return otherwise;
  return isGuess(hint) ? 'email_unconfirmed' : 'reference_unconfirmed';
}

export const HINTS: Migrations = {
  name: 'hints',
  steps: [
    keyedTable('customer TEXT PRIMARY KEY, user_id TEXT, email TEXT, as_of INTEGER, source TEXT'),
    (table) => `CREATE INDEX IF NOT EXISTS ${table}_by_user ON ${table} (user_id)`,
  ],
};

export function openHints(run: Run) {
  function find(customerId: string): Hint | null {
    const row = run('SELECT * FROM hints WHERE customer = ?', customerId)[0];
    if (row === undefined) return null;
    return {
      customerId: textOf(row['customer']),
      userId: textOf(row['user_id']),
      email: typeof row['email'] === 'string' ? row['email'] : null,
      asOf: numberOf(row['as_of']),
      source: textOf(row['source']),
    };
  }

  function ofPerson(userId: string): Record<string, unknown>[] {
    return run('SELECT * FROM hints WHERE user_id = ?', userId);
  }

  function save({ customerId, userId, email, asOf, source }: Hint): void {
    run(
      'INSERT OR REPLACE INTO hints (customer, user_id, email, as_of, source) VALUES (?, ?, ?, ?, ?)',
      customerId,
      userId,
      email,
      asOf,
      source,
    );
  }

  function remove(customerId: string): void {
    run('DELETE FROM hints WHERE customer = ?', customerId);
  }

  function removeNaming(userId: string): void {
    run('DELETE FROM hints WHERE user_id = ?', userId);
  }

  return { find, ofPerson, save, remove, removeNaming };
}
