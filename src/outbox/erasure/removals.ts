// Removals that Customer.io has refused. The journal has moved on, so nobody else waits for them; each is asked again,
// with a wait of its own, until it is taken. Until then this is the one place that holds the deleted person's id.

import type { Message } from '../../person/message.ts';
import { countOf, countSteps } from '../../platform/counts.ts';
import { heldRows } from '../../platform/held.ts';
import type { Held } from '../../platform/held.ts';
import type { Migrations } from '../../platform/migrations.ts';
import { numberOf, textOf } from '../../platform/sql.ts';
import type { Run } from '../../platform/sql.ts';
import { keyedTable } from '../../platform/steps.ts';

/** `person` is their key. Times in Unix milliseconds; `attempt` counts from 1. */
export type Removal = {
  readonly person: string;
  /** Since when it is refused. */
  readonly at: number;
  readonly nextAt: number;
  readonly attempt: number;
  readonly message: Message;
};

export const REMOVALS: Migrations = {
  name: 'removals',
  steps: [
    keyedTable(
      'person TEXT PRIMARY KEY, at INTEGER, next_at INTEGER, attempt INTEGER, message TEXT',
    ),
    // The first release parked them, where nothing tried them again.
    (table) =>
      `INSERT OR IGNORE INTO ${table} (person, at, next_at, attempt, message)
        SELECT person, at, 0, 1, content FROM parked WHERE removal = 1 AND person IS NOT NULL`,
    () => 'DELETE FROM parked WHERE removal = 1',
    ...countSteps({ key: ['person'] }),
    (table) => `CREATE INDEX IF NOT EXISTS ${table}_by_time ON ${table} (next_at)`,
  ],
};

export function openRemovals(run: Run) {
  function save({ person, at, nextAt, attempt, message }: Removal): void {
    run(
      `INSERT OR REPLACE INTO removals (person, at, next_at, attempt, message)
        VALUES (?, ?, ?, ?, ?)`,
      person,
      at,
      nextAt,
      attempt,
      JSON.stringify(message),
    );
  }

  function next(): Removal | null {
    const row = run('SELECT * FROM removals ORDER BY next_at LIMIT 1')[0];
    if (row === undefined) return null;
    return {
      person: textOf(row['person']),
      at: numberOf(row['at']),
      nextAt: numberOf(row['next_at']),
      attempt: numberOf(row['attempt']),
      message: JSON.parse(textOf(row['message'])),
    };
  }

  function remove(person: string): void {
    run('DELETE FROM removals WHERE person = ?', person);
  }

  function held(person: string): Held[] {
    const rows = run('SELECT * FROM removals WHERE person = ?', person);
    return heldRows('removals', rows);
  }

  return { save, next, remove, held, count: () => countOf(run, 'removals') };
}
