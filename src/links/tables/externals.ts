// Names that an application had for its users before they were Clerk's: a user's `external_id`, and what metadata has claimed by a
// name that no user has yet. Both by a hash of the name, so that a deleted user leaves nothing that says who they were. Synchronous.

import { personKey } from '../../outbox/people/table.ts';
import type { LinkClaim } from '../../person/news.ts';
import type { Migrations } from '../../platform/migrations.ts';
import { numberOf, textOf } from '../../platform/sql.ts';
import type { Run } from '../../platform/sql.ts';
import { keyedTable } from '../../platform/steps.ts';

/** `userId` null: they are deleted. `asOf` in Unix milliseconds. */
type External = { readonly userId: string | null; readonly asOf: number };

/** What Clerk says: this user had that name. `asOf` in Unix milliseconds. */
export type ExternalId = {
  readonly externalId: string;
  readonly userId: string;
  readonly asOf: number;
};

export const EXTERNALS: Migrations = {
  name: 'externals',
  steps: [
    keyedTable('name TEXT PRIMARY KEY, user_id TEXT, as_of INTEGER'),
    (table) =>
      `CREATE INDEX IF NOT EXISTS ${table}_by_user ON ${table} (user_id) WHERE user_id IS NOT NULL`,
  ],
};

export const NAMINGS: Migrations = {
  name: 'namings',
  steps: [
    keyedTable(
      'customer TEXT, name TEXT, as_of INTEGER, source TEXT, may_move INTEGER, PRIMARY KEY (customer, name)',
    ),
    (table) => `CREATE INDEX IF NOT EXISTS ${table}_by_name ON ${table} (name)`,
  ],
};

export function openExternals(run: Run) {
  function find(name: string): External | null {
    const row = run('SELECT * FROM externals WHERE name = ?', personKey(name))[0];
    if (row === undefined) return null;
    const userId = typeof row['user_id'] === 'string' ? row['user_id'] : null;
    return { userId, asOf: numberOf(row['as_of']) };
  }

  function save(name: string, { userId, asOf }: External): void {
    const key = personKey(name);
    run(
      'INSERT OR REPLACE INTO externals (name, user_id, as_of) VALUES (?, ?, ?)',
      key,
      userId,
      asOf,
    );
  }

  function ofPerson(userId: string): Record<string, unknown>[] {
    return run('SELECT * FROM externals WHERE user_id = ?', userId);
  }

  /** The name goes on meaning whoever is deleted. */
  function erase(userId: string): void {
    run('UPDATE externals SET user_id = NULL WHERE user_id = ?', userId);
  }

  /** A claim by a name that is nobody's yet. Of the same customer and name the newest counts. */
  function keepNaming({ customerId, userId: name, asOf, source, mayMove }: LinkClaim): void {
    run(
      `INSERT INTO namings (customer, name, as_of, source, may_move) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (customer, name) DO UPDATE SET as_of = excluded.as_of, source = excluded.source,
        may_move = excluded.may_move
        WHERE excluded.may_move > may_move OR (excluded.may_move = may_move AND excluded.as_of > as_of)`,
      customerId,
      personKey(name),
      asOf,
      source,
      mayMove ? 1 : 0,
    );
  }

  /** What was claimed by a name, as claims of the user whose it is. */
  function takeNamings(name: string, userId: string): LinkClaim[] {
    const rows = run('DELETE FROM namings WHERE name = ? RETURNING *', personKey(name));
    return rows.map((row) => ({
      customerId: textOf(row['customer']),
      userId,
      source: textOf(row['source']),
      asOf: numberOf(row['as_of']),
      mayMove: row['may_move'] === 1,
    }));
  }

  return { find, save, ofPerson, erase, keepNaming, takeNamings };
}
