// What a provider did not return when it was asked for it, since when: people, organizations, and who is in them. A table of the
// sync shard for each.

import type { Migrations } from '../platform/migrations.ts';
import { openRecord } from '../platform/records.ts';
import { numberOf, textOf } from '../platform/sql.ts';
import type { Run } from '../platform/sql.ts';

/** The first release had people alone. */
const TABLES = {
  users: 'missing',
  organizations: 'missing_organizations',
  members: 'missing_members',
} as const;

export const MISSING: readonly Migrations[] = Object.values(TABLES).map((name) => ({
  name,
  steps: [
    (table) =>
      `CREATE TABLE IF NOT EXISTS ${table} (user_id TEXT PRIMARY KEY, at INTEGER) WITHOUT ROWID`,
  ],
}));

/** When all were last looked at, Unix milliseconds, how many they were, and one who was there. `instance`: of the key, and of all that are noted. */
type Sight = {
  readonly at: number;
  readonly asked: number;
  readonly witness?: string | undefined;
  readonly instance?: string;
};

export type Missing = ReturnType<typeof openMissing>;

export function openMissing(run: Run) {
  return {
    users: openTable(run, TABLES.users),
    organizations: openTable(run, TABLES.organizations),
    members: openTable(run, TABLES.members),
  };
}

function openTable(run: Run, table: (typeof TABLES)[keyof typeof TABLES]) {
  const sight = openRecord<Sight>(run, 'state', `${table}_seen`);

  /** Of all who were asked for, who was missing; who is there again is forgotten. */
  function note(missing: readonly string[], all: readonly string[], at: number): void {
    const there = all.filter((id) => !missing.includes(id));
    if (count() > 0) forget(there);
    for (const id of missing) {
      run(`INSERT OR IGNORE INTO ${table} (user_id, at) VALUES (?, ?)`, id, at);
    }
  }

  function forget(ids: readonly string[]): void {
    for (const id of ids) run(`DELETE FROM ${table} WHERE user_id = ?`, id);
  }

  /** Who has been missing since `at`, in order, behind one. */
  function since(at: number, after: string, most: number): string[] {
    const where = 'user_id > ? AND at <= ? ORDER BY user_id LIMIT ?';
    return run(`SELECT user_id FROM ${table} WHERE ${where}`, after, at, most).map((row) =>
      textOf(row['user_id']),
    );
  }

  function count(): number {
    return numberOf(run(`SELECT count(*) AS n FROM ${table}`)[0]?.['n']);
  }

  return {
    note,
    forget,
    forgetAll: () => run(`DELETE FROM ${table}`),
    since,
    count,
    seenAt: (): Sight => sight.read() ?? { at: 0, asked: 0 },
    saw: sight.save,
  };
}
