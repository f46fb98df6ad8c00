// What is next to do about each queue of the waiting room: release it, or look its person up, and when. Synchronous.

import { countOf, countSteps } from '../../platform/counts.ts';
import type { Migrations } from '../../platform/migrations.ts';
import { numberOf, textOf } from '../../platform/sql.ts';
import type { Run } from '../../platform/sql.ts';
import { column, keyedTable } from '../../platform/steps.ts';
import { firstAt, goEmpty, isKnown, KNOWN_BY, namedBy } from './known.ts';
import { ORGANIZATION } from './links.ts';

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

/** Counted up to here: it is enough to know that something is stuck. */
const COUNTED_MAX = 1000;

/** Behind the tables that say whose a queue is. `since`: when its first event came, at the latest. */
export const QUEUES: Migrations = {
  name: 'queues',
  steps: [
    keyedTable('key TEXT PRIMARY KEY, next_at INTEGER, attempt INTEGER, why TEXT'),
    ...countSteps({ key: ['key'] }),
    column('known INTEGER'),
    column('since INTEGER'),
    (table) => `DELETE FROM ${table} WHERE key NOT IN (SELECT key FROM waiting)`,
    (table) =>
      `UPDATE ${table} SET known = ${isKnown('queues.key')}, since = ${firstAt('queues.key')}`,
    (table) => `CREATE INDEX IF NOT EXISTS ${table}_by_turn ON ${table} (known, next_at)`,
    (table) => `CREATE INDEX IF NOT EXISTS ${table}_by_since ON ${table} (since)`,
    (table) =>
      `CREATE INDEX IF NOT EXISTS ${table}_failing ON ${table} (attempt) WHERE why = 'outbox_unavailable'`,
    // An older release, after a step back, does not say either.
    (
      table,
    ) => `CREATE TRIGGER IF NOT EXISTS ${table}_older AFTER INSERT ON ${table} WHEN NEW.since IS NULL
      BEGIN UPDATE ${table} SET since = ${firstAt('NEW.key')}, known = ${isKnown('NEW.key')} WHERE key = NEW.key; END`,
    ...KNOWN_BY,
  ],
};

export function openQueues(run: Run) {
  /** What is there keeps its age. */
  function save({ key, nextAt, attempt, why }: Queue): void {
    run(
      `INSERT INTO queues (key, next_at, attempt, why, known, since)
        SELECT key, next_at, attempt, why, ${isKnown('given.key')}, COALESCE(${firstAt('given.key')}, 0)
        FROM (SELECT ? AS key, ? AS next_at, ? AS attempt, ? AS why) AS given WHERE true
        ON CONFLICT (key) DO UPDATE SET next_at = excluded.next_at, attempt = excluded.attempt,
        why = excluded.why, known = excluded.known`,
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

  /** Those whose release has failed so often at least, up to some. */
  function stuck(attempts: number): number {
    const query = `SELECT COUNT(*) AS queues FROM (SELECT 1 FROM queues
      WHERE why = 'outbox_unavailable' AND attempt >= ? LIMIT ?)`;
    return numberOf(run(query, attempts, COUNTED_MAX)[0]?.['queues']);
  }

  function remove(key: string): void {
    run('DELETE FROM queues WHERE key = ?', key);
  }

  return {
    save,
    find,
    of,
    ...openTurns(run),
    stuck,
    remove,
    ...openAges(run),
    list: (most: number, key?: string) => longest(run, most, key),
    count: () => countOf(run, 'queues'),
  };
}

function openTurns(run: Run) {
  /** The next queue to see to, one that needs no look-up first. */
  function due(now: number, mayLookUp: boolean): Queue | null {
    return dueOf(1, now) ?? (mayLookUp ? dueOf(0, now) : null);
  }

  function dueOf(known: 0 | 1, now: number): Queue | null {
    const query = 'SELECT * FROM queues WHERE known = ? AND next_at <= ? ORDER BY next_at LIMIT 1';
    const row = run(query, known, now)[0];
    return row === undefined ? null : queueOf(row);
  }

  /** When the next release is due, and the next look-up; null where there is none. */
  function nextDue(): { readonly releaseAt: number | null; readonly lookUpAt: number | null } {
    return { releaseAt: nextOf(1), lookUpAt: nextOf(0) };
  }

  function nextOf(known: 0 | 1): number | null {
    const at = run('SELECT MIN(next_at) AS at FROM queues WHERE known = ?', known)[0]?.['at'];
    return typeof at === 'number' ? at : null;
  }

  return { due, nextDue };
}

function openAges(run: Run) {
  /**
   * Of those whose person is unknown, or no more than that it is some organization: which have waited since before `at`, oldest first.
   * One whose first event names its person is stuck, and does not go.
   */
  function unknownSince(at: number, most: number): string[] {
    const query = `SELECT key FROM queues WHERE since < ? AND NOT EXISTS (SELECT 1 FROM links
      WHERE customer = key AND (user_id IS NOT NULL OR source <> '${ORGANIZATION}')) AND key NOT IN (SELECT charge FROM charges)
      AND ${namedBy('queues.key')} IS NULL ORDER BY since LIMIT ?`;
    return run(query, at, most).map((row) => textOf(row['key']));
  }

  /** Its oldest events are gone: it is as old as the first that is left, and due where that names its person. */
  function ageAgain(key: string): void {
    run(goEmpty('?'), key, key);
    run(
      `UPDATE queues SET since = ${firstAt('queues.key')},
        next_at = CASE WHEN ${namedBy('queues.key')} IS NULL THEN next_at ELSE 0 END WHERE key = ?`,
      key,
    );
  }

  return { unknownSince, ageAgain };
}

/** The queues that have waited longest, or the one of this key; of each all events are looked at. */
function longest(run: Run, count: number, only?: string): QueueView[] {
  const rows =
    only === undefined
      ? run('SELECT * FROM queues ORDER BY since LIMIT ?', count)
      : run('SELECT * FROM queues WHERE key = ?', only);
  const queues = rows.map(queueOf);
  return queues.flatMap((queue) => {
    const [row] = run(
      `SELECT COUNT(*) AS events, MIN(at) AS since, MAX(json_extract(event, '$.almost')) AS detail
        FROM waiting WHERE key = ?`,
      queue.key,
    );
    const { events, since, detail } = row ?? {};
    if (numberOf(events) === 0) return [];
    const almost = typeof detail === 'string' ? detail : null;
    return [{ ...queue, events: numberOf(events), since: numberOf(since), detail: almost }];
  });
}

function queueOf(row: Record<string, unknown>): Queue {
  return {
    key: textOf(row['key']),
    nextAt: numberOf(row['next_at']),
    attempt: numberOf(row['attempt']),
    why: textOf(row['why']),
  };
}
