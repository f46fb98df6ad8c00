// People: one row each, keyed by a hash of the user id. The row of an erased person is its tombstone: it holds the
// hash and nothing else, and never expires.

import { createHash } from 'node:crypto';

import type { Person } from '../../person/person.ts';
import type { Run } from '../../platform/sql.ts';

export type People = ReturnType<typeof openPeople>;

/** A hash, so that a tombstone holds nothing but this. */
export function personKey(userId: string): string {
  return createHash('sha256').update(userId).digest('base64url');
}

export function openPeople(run: Run) {
  run('CREATE TABLE IF NOT EXISTS people (id TEXT PRIMARY KEY, person TEXT) WITHOUT ROWID');

  /** Undefined: never heard of. Null: erased, for ever. */
  function find(key: string): Person | null | undefined {
    const row = run('SELECT person FROM people WHERE id = ?', key)[0];
    if (row === undefined) return undefined;
    return typeof row['person'] === 'string' ? JSON.parse(row['person']) : null;
  }

  function save(key: string, person: Person): void {
    run('INSERT OR REPLACE INTO people (id, person) VALUES (?, ?)', key, JSON.stringify(person));
  }

  function erase(key: string): void {
    run('INSERT OR REPLACE INTO people (id, person) VALUES (?, NULL)', key);
  }

  function isErased(key: string): boolean {
    return run('SELECT 1 FROM people WHERE id = ? AND person IS NULL', key).length > 0;
  }

  return { find, save, erase, isErased };
}
