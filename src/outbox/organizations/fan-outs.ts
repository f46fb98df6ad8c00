// Fan-outs: organizations whose members have still to be told how things are, one row each, and how far that is. Synchronous.

import type { Migrations } from '../../platform/migrations.ts';
import { numberOf, textOf } from '../../platform/sql.ts';
import type { Run } from '../../platform/sql.ts';
import { keyedTable } from '../../platform/steps.ts';

/** `id` is the organization's own. `version`: what is told; `cursor`: the member up to whom it is. */
export const FAN_OUTS: Migrations = {
  name: 'fan_outs',
  steps: [
    keyedTable('id TEXT PRIMARY KEY, version INTEGER, cursor TEXT, next_at INTEGER'),
    (table) => `CREATE INDEX IF NOT EXISTS ${table}_by_time ON ${table} (next_at)`,
  ],
};

/** `nextAt` in Unix milliseconds. */
export type FanOut = {
  readonly id: string;
  readonly version: number;
  readonly cursor: string;
  readonly nextAt: number;
};

export function openFanOuts(run: Run) {
  /** A newer version begins anew: only the newest is true. What is to go out already is not put off. */
  function start(id: string, version: number, at = 0): void {
    const nextAt = Math.min(at, find(id)?.nextAt ?? at);
    save({ id, version, cursor: '', nextAt });
  }

  /** None waits any longer. */
  function hasten(now: number): void {
    run('UPDATE fan_outs SET next_at = ? WHERE next_at > ?', now, now);
  }

  function save({ id, version, cursor, nextAt }: FanOut): void {
    const query =
      'INSERT OR REPLACE INTO fan_outs (id, version, cursor, next_at) VALUES (?, ?, ?, ?)';
    run(query, id, version, cursor, nextAt);
  }

  function find(id: string): FanOut | null {
    return rowsOf(run('SELECT * FROM fan_outs WHERE id = ?', id))[0] ?? null;
  }

  /** There are few. */
  function next(): FanOut | null {
    return rowsOf(run('SELECT * FROM fan_outs ORDER BY next_at LIMIT 1'))[0] ?? null;
  }

  function remove(id: string): void {
    run('DELETE FROM fan_outs WHERE id = ?', id);
  }

  return { start, hasten, save, find, next, remove };
}

function rowsOf(rows: readonly Readonly<Record<string, unknown>>[]): FanOut[] {
  return rows.map((row) => ({
    id: textOf(row['id']),
    version: numberOf(row['version']),
    cursor: textOf(row['cursor']),
    nextAt: numberOf(row['next_at']),
  }));
}
