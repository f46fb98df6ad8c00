// What is next to do about each queue of the waiting room: release it, or look its person up, and when. Synchronous.

import type { Migrations } from '../../platform/migrations.ts';
import { numberOf, textOf } from '../../platform/sql.ts';
import type { Run } from '../../platform/sql.ts';

/** One queue and when to see to it: to release it, or to look its person up. Unix milliseconds. */
export type Queue = {
  readonly key: string;
  readonly nextAt: number;
  readonly attempt: number;
  /** Why its person is still unknown, or its release has to be tried again: a reason code. */
  readonly why: string;
};

/** A queue as the operator sees it. */
export type QueueView = Queue & {
  readonly events: number;
  readonly since: number;
  /** Where an event of it has almost an id, see `PersonEvent`; null where none has. */
  readonly detail: string | null;
};

/**
 * It needs no provider's answer to go on: there is its customer's link, a hint of it, its charge's customer, or its first
 * event names its person.
 */
const IS_KNOWN = `(key IN (SELECT customer FROM links) OR key IN (SELECT charge FROM charges)
  OR key IN (SELECT customer FROM hints)
  OR (SELECT user_id FROM waiting WHERE waiting.key = queues.key ORDER BY seq LIMIT 1) IS NOT NULL)`;

export const QUEUES: Migrations = {
  name: 'queues',
  steps: [
    (table) =>
      `CREATE TABLE IF NOT EXISTS ${table}
        (key TEXT PRIMARY KEY, next_at INTEGER, attempt INTEGER, why TEXT) WITHOUT ROWID`,
  ],
};

export function openQueues(run: Run) {
  function save({ key, nextAt, attempt, why }: Queue): void {
    run(
      'INSERT OR REPLACE INTO queues (key, next_at, attempt, why) VALUES (?, ?, ?, ?)',
      key,
      nextAt,
      attempt,
      why,
    );
  }

  function find(key: string): Queue | null {
    const row = run('SELECT * FROM queues WHERE key = ?', key)[0];
    return row === undefined ? null : queueOf(row);
  }

  function of(keys: readonly string[]): Record<string, unknown>[] {
    const query = 'SELECT * FROM queues WHERE key IN (SELECT value FROM json_each(?))';
    return run(query, JSON.stringify(keys));
  }

  /** The next queue to see to, one that needs no look-up first. Looks at every queue; there are few. */
  function due(now: number, mayLookUp: boolean): Queue | null {
    const row = run(
      `SELECT * FROM (SELECT *, ${IS_KNOWN} AS known FROM queues WHERE next_at <= ?)
        WHERE known OR ? ORDER BY known DESC, next_at LIMIT 1`,
      now,
      mayLookUp ? 1 : 0,
    )[0];
    return row === undefined ? null : queueOf(row);
  }

  /** When the next release is due, and the next look-up; null where there is none. */
  function nextDue(): { readonly releaseAt: number | null; readonly lookUpAt: number | null } {
    const rows = run(`SELECT ${IS_KNOWN} AS known, MIN(next_at) AS at FROM queues GROUP BY known`);
    const at = (known: number) => {
      const row = rows.find((each) => each['known'] === known);
      return row === undefined ? null : numberOf(row['at']);
    };
    return { releaseAt: at(1), lookUpAt: at(0) };
  }

  /** Those whose release has failed so often at least. Looks at every queue; there are few. */
  function stuck(attempts: number): number {
    const query = `SELECT COUNT(*) AS queues FROM queues WHERE why = 'outbox_unavailable' AND attempt >= ?`;
    return numberOf(run(query, attempts)[0]?.['queues']);
  }

  function remove(key: string): void {
    run('DELETE FROM queues WHERE key = ?', key);
  }

  /** Forgets queues that hold no event any more. */
  function removeEmpty(): void {
    run('DELETE FROM queues WHERE key NOT IN (SELECT key FROM waiting)');
  }

  /** The queues that have waited longest. */
  function list(count: number): QueueView[] {
    return run(
      `SELECT queues.*, COUNT(*) AS events, MIN(at) AS since, MAX(json_extract(event, '$.almost')) AS detail
        FROM waiting JOIN queues USING (key) GROUP BY key ORDER BY since LIMIT ?`,
      count,
    ).map((row) => ({
      ...queueOf(row),
      events: numberOf(row['events']),
      since: numberOf(row['since']),
      detail: typeof row['detail'] === 'string' ? row['detail'] : null,
    }));
  }

  return { save, find, of, due, nextDue, stuck, remove, removeEmpty, list };
}

function queueOf(row: Record<string, unknown>): Queue {
  return {
    key: textOf(row['key']),
    nextAt: numberOf(row['next_at']),
    attempt: numberOf(row['attempt']),
    why: textOf(row['why']),
  };
}
