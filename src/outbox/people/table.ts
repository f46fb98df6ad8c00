// People: one row each, keyed by a hash of the user id. The row of an erased person is its tombstone: it holds the
// hash and nothing else, and never expires.

import { createHash } from 'node:crypto';

import type { Person } from '../../person/person.ts';
import { heldRow } from '../../platform/held.ts';
import type { Held } from '../../platform/held.ts';
import type { Migrations } from '../../platform/migrations.ts';
import { textOf } from '../../platform/sql.ts';
import type { Run } from '../../platform/sql.ts';
import type { Erased } from '../erased.ts';

export const PEOPLE: Migrations = {
  name: 'people',
  steps: [
    (table) =>
      `CREATE TABLE IF NOT EXISTS ${table} (id TEXT PRIMARY KEY, person TEXT) WITHOUT ROWID`,
  ],
};

/** Rows looked through by one call: some milliseconds. */
const LOOKED_AT = 5000;

/** A hash, so that a tombstone holds nothing but this. */
export function personKey(userId: string): string {
  return createHash('sha256').update(userId).digest('base64url');
}

/** `person` null: erased. `next`: behind which key the next page begins; null at the end. */
type PeoplePage = {
  readonly rows: readonly { readonly key: string; readonly person: Person | null }[];
  readonly next: string | null;
};

export function openPeople(run: Run) {
  /** Undefined: never heard of. Null: erased, for ever. */
  function find(key: string): Person | null | undefined {
    const row = run('SELECT person FROM people WHERE id = ?', key)[0];
    if (row === undefined) return undefined;
    return typeof row['person'] === 'string' ? JSON.parse(row['person']) : null;
  }

  /** In the order of their keys, a page behind one. */
  function page(after: string, most: number): PeoplePage {
    const query = 'SELECT id, person FROM people WHERE id > ? ORDER BY id LIMIT ?';
    const rows = run(query, after, most).map(({ id, person }) => ({
      key: textOf(id),
      person: typeof person === 'string' ? JSON.parse(person) : null,
    }));
    return { rows, next: rows.length < most ? null : (rows.at(-1)?.key ?? null) };
  }

  function save(key: string, person: Person): void {
    run('INSERT OR REPLACE INTO people (id, person) VALUES (?, ?)', key, JSON.stringify(person));
  }

  /** The tombstone: from here on the person is erased, for ever. */
  function forget({ person }: Erased): void {
    run('INSERT OR REPLACE INTO people (id, person) VALUES (?, NULL)', person);
  }

  function isErased(key: string): boolean {
    return run('SELECT 1 FROM people WHERE id = ? AND person IS NULL', key).length > 0;
  }

  /**
   * Who has this email, or this subscription, among the rows behind `after`, which is empty to begin with, and where to go on; null at the end. By
   * looking through them: an index would cost a row per sign-up.
   */
  function known(by: string, after: string) {
    const rows = run('SELECT * FROM people WHERE id > ? ORDER BY id LIMIT ?', after, LOOKED_AT);
    const wanted = by.toLowerCase();
    const found = rows.flatMap((row) => {
      const text = typeof row['person'] === 'string' ? row['person'] : '';
      if (!text.toLowerCase().includes(JSON.stringify(wanted))) return [];
      const person: Person = JSON.parse(text);
      const email = person.user?.traits['email'];
      const isTheirs = typeof email === 'string' && email.toLowerCase() === wanted;
      return isTheirs || Object.hasOwn(person.subscriptions, by) ? [person.userId] : [];
    });
    const last = rows.length === LOOKED_AT ? rows.at(-1)?.['id'] : null;
    return { found, next: typeof last === 'string' ? last : null };
  }

  /** The row as it is stored; of somebody deleted the tombstone. */
  function held(person: string): Held[] {
    return run('SELECT * FROM people WHERE id = ?', person).map((row) => heldRow('people', row));
  }

  return { find, page, save, forget, held, isErased, known };
}
