// Links that moved, and what their old person holds by them not handed over yet. Synchronous.

import type { Migrations } from '../../platform/migrations.ts';
import { numberOf, textOf } from '../../platform/sql.ts';
import type { Run } from '../../platform/sql.ts';

/** A link that was `from`'s until `version`; what they hold by it has still to be handed over. */
export type Move = {
  readonly seq: number;
  readonly customerId: string;
  readonly from: string;
  readonly version: number;
};

export const MOVES: Migrations = {
  name: 'moves',
  steps: [
    (table) =>
      `CREATE TABLE IF NOT EXISTS ${table}
        (seq INTEGER PRIMARY KEY, customer TEXT, from_user TEXT, version INTEGER)`,
    (table) => `CREATE INDEX IF NOT EXISTS ${table}_by_customer ON ${table} (customer)`,
    (table) => `CREATE INDEX IF NOT EXISTS ${table}_by_user ON ${table} (from_user)`,
  ],
};

export function openMoves(run: Run) {
  function add({ customerId, from, version }: Omit<Move, 'seq'>): void {
    run(
      'INSERT INTO moves (customer, from_user, version) VALUES (?, ?, ?)',
      customerId,
      from,
      version,
    );
  }

  /** All, oldest first: there are few. */
  function list(): Move[] {
    return run('SELECT * FROM moves ORDER BY seq').map((row) => ({
      seq: numberOf(row['seq']),
      customerId: textOf(row['customer']),
      from: textOf(row['from_user']),
      version: numberOf(row['version']),
    }));
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

  function removeFrom(userId: string): void {
    run('DELETE FROM moves WHERE from_user = ?', userId);
  }

  return { add, list, isMoving, ofPerson, remove, removeFrom };
}
