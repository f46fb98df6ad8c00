// Organizations to which something has happened and of which Clerk has told nothing yet, until it has been asked. A row each.
// Synchronous.

import type { Migrations } from '../../platform/migrations.ts';
import { numberOf, textOf } from '../../platform/sql.ts';
import type { Run } from '../../platform/sql.ts';
import { keyedTable } from '../../platform/steps.ts';
import type { Erased } from '../erased.ts';

/** `org` is the key of its row, `id` its own. */
export const LOOK_UPS: Migrations = {
  name: 'look_ups',
  steps: [
    keyedTable('org TEXT PRIMARY KEY, id TEXT, next_at INTEGER, attempt INTEGER'),
    (table) => `CREATE INDEX IF NOT EXISTS ${table}_by_time ON ${table} (next_at)`,
  ],
};

/** `nextAt` in Unix milliseconds; `attempt` counts questions that came to nothing. */
export type LookUpRow = {
  readonly org: string;
  readonly id: string;
  readonly nextAt: number;
  readonly attempt: number;
};

export function openLookUps(run: Run) {
  /** One that is asked about already keeps its turn. */
  function add(org: string, id: string, at: number): void {
    const query = 'INSERT OR IGNORE INTO look_ups (org, id, next_at, attempt) VALUES (?, ?, ?, 0)';
    run(query, org, id, at);
  }

  function next(): LookUpRow | null {
    const row = run('SELECT * FROM look_ups ORDER BY next_at LIMIT 1')[0];
    if (row === undefined) return null;
    const { org, id, next_at: nextAt, attempt } = row;
    return {
      org: textOf(org),
      id: textOf(id),
      nextAt: numberOf(nextAt),
      attempt: numberOf(attempt),
    };
  }

  function postpone({ org }: LookUpRow, until: number): void {
    run('UPDATE look_ups SET next_at = ?, attempt = attempt + 1 WHERE org = ?', until, org);
  }

  /** Clerk answers nobody before then. */
  function postponeAll(until: number): void {
    run('UPDATE look_ups SET next_at = ? WHERE next_at < ?', until, until);
  }

  function remove(org: string): void {
    run('DELETE FROM look_ups WHERE org = ?', org);
  }

  function forget({ person }: Pick<Erased, 'person'>): void {
    remove(person);
  }

  return { add, next, postpone, postponeAll, remove, forget };
}
