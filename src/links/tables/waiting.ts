// Events that wait for their person, a queue for each customer nobody knows yet. A dispute or a refund may name only
// its charge: it waits under the charge until that has told its customer. Synchronous.

import type { PersonEvent } from '../../person/news.ts';
import { countOf, countSteps } from '../../platform/counts.ts';
import type { Migrations } from '../../platform/migrations.ts';
import { numberOf, textOf } from '../../platform/sql.ts';
import type { Run } from '../../platform/sql.ts';
import { keyedTable } from '../../platform/steps.ts';

/** An event that waits. `userId` when the event names its person itself but has to queue. */
export type Waiting = {
  /** The customer, or the charge, whose queue it stands in. */
  readonly key: string;
  readonly seq: number;
  readonly at: number;
  readonly userId: string | null;
  readonly event: PersonEvent;
};

/** A person, and the queues of their customers and of these customers' charges. */
type Theirs = { readonly userId: string; readonly keys: readonly string[] };

/** It names its person itself, or its subscription does. */
const IS_KNOWN = `(user_id IS NOT NULL OR EXISTS (SELECT 1 FROM holders
  WHERE subscription = json_extract(event, '$.of.subscriptionId') AND holders.user_id IS NOT NULL))`;

const NAMED = `json_extract(event, '$.named')`;

/** Keyed by queue first: a queue is one range of one tree, and an event costs one row written. */
export const WAITING: Migrations = {
  name: 'waiting',
  steps: [
    keyedTable(
      'key TEXT, seq INTEGER, id TEXT, at INTEGER, user_id TEXT, event TEXT, PRIMARY KEY (key, seq)',
    ),
    // Only of the few that name their person and queue all the same: an event that waits costs no row more.
    (table) =>
      `CREATE INDEX IF NOT EXISTS ${table}_by_user ON ${table} (user_id) WHERE user_id IS NOT NULL`,
    ...countSteps(),
    // Of those alone that name somebody by a name nobody has.
    (table) =>
      `CREATE INDEX IF NOT EXISTS ${table}_by_name ON ${table} (${NAMED}) WHERE ${NAMED} IS NOT NULL`,
  ],
};

/** A provider that was not answered comes again within minutes. */
const LOOKED_AT = 50;

export function openWaiting(run: Run) {
  function isAny(key: string): boolean {
    return run('SELECT 1 FROM waiting WHERE key = ? LIMIT 1', key).length > 0;
  }

  /**
   * Puts an event at the end of its queue; one that is among the newest there is not put there twice. An older one may be: its person
   * takes it once. To look through a queue for each that joins it would cost the square of how many wait.
   */
  function keep({ key, at, userId, event }: Omit<Waiting, 'seq'>): void {
    const newest = run(
      'SELECT seq, id FROM waiting WHERE key = ? ORDER BY seq DESC LIMIT ?',
      key,
      LOOKED_AT,
    );
    if (newest.some(({ id }) => id === event.id)) return;
    run(
      'INSERT INTO waiting (key, seq, id, at, user_id, event) VALUES (?, ?, ?, ?, ?, ?)',
      key,
      numberOf(newest[0]?.['seq']) + 1,
      event.id,
      at,
      userId,
      JSON.stringify(event),
    );
  }

  function first(key: string): Waiting | null {
    const row = run('SELECT * FROM waiting WHERE key = ? ORDER BY seq LIMIT 1', key)[0];
    return row === undefined ? null : waitingOf(row);
  }

  /** By its id as well: numbers begin at 1 again when a queue has been empty. */
  function remove({ key, seq, event }: Waiting): void {
    run('DELETE FROM waiting WHERE key = ? AND seq = ? AND id = ?', key, seq, event.id);
  }

  /** Takes out what a deleted person's customer has waiting, except events that name a person themselves. */
  function purge(key: string): number {
    return run('DELETE FROM waiting WHERE key = ? AND user_id IS NULL RETURNING seq', key).length;
  }

  /** Events that name a deleted person: they go by their customer's link where it is another person's, else they are taken out. */
  function purgeNaming(userId: string): number {
    run(
      `UPDATE waiting SET user_id = NULL WHERE user_id = ?
        AND EXISTS (SELECT 1 FROM links WHERE customer = waiting.key AND user_id IS NOT NULL AND user_id <> ?)`,
      userId,
      userId,
    );
    return run('DELETE FROM waiting WHERE user_id = ? RETURNING seq', userId).length;
  }

  return {
    isAny,
    keep,
    first,
    ...openSearch(run),
    remove,
    purge,
    purgeNaming,
    ...openNaming(run),
    ...openAges(run),
    count: () => countOf(run, 'waiting'),
  };
}

function openAges(run: Run) {
  /**
   * Takes out what stands in a queue since before `at`, oldest first, at most so many, and nothing from the first one on of which it is
   * known whose it is; says how many events that were.
   */
  function expire(key: string, at: number, most: number): number {
    const known = run(
      `SELECT seq FROM waiting WHERE key = ? AND ${IS_KNOWN} ORDER BY seq LIMIT 1`,
      key,
    );
    return run(
      `DELETE FROM waiting WHERE key = ? AND seq IN
        (SELECT seq FROM waiting WHERE key = ? AND at < ? AND seq < ? ORDER BY seq LIMIT ?) RETURNING seq`,
      key,
      key,
      at,
      known[0] === undefined ? Number.MAX_SAFE_INTEGER : numberOf(known[0]['seq']),
      most,
    ).length;
  }

  return { expire };
}

function openNaming(run: Run) {
  /** What names somebody by a name that nobody had is theirs. Answers the queues. */
  function name(named: string, userId: string): string[] {
    const rows = run(
      `UPDATE waiting SET user_id = ? WHERE ${NAMED} = ? RETURNING key`,
      userId,
      named,
    );
    return [...new Set(rows.map((row) => textOf(row['key'])))];
  }

  return { name };
}

function openSearch(run: Run) {
  function naming(userId: string, after: Pick<Waiting, 'key' | 'seq'>): Waiting | null {
    const query = `SELECT * FROM waiting WHERE user_id = ? AND (key, seq) > (?, ?)
      ORDER BY key, seq LIMIT 1`;
    const row = run(query, userId, after.key, after.seq)[0];
    return row === undefined ? null : waitingOf(row);
  }

  function unnamedIn(key: string, after: Pick<Waiting, 'key' | 'seq'>): Waiting | null {
    const query = `SELECT * FROM waiting WHERE key = ? AND seq > ? AND user_id IS NULL
      ORDER BY seq LIMIT 1`;
    const row = run(query, key, key === after.key ? after.seq : 0)[0];
    return row === undefined ? null : waitingOf(row);
  }

  /** The next event behind `after` that names a person, or waits in one of these queues and names nobody. */
  function nextOf({ userId, keys }: Theirs, after: Pick<Waiting, 'key' | 'seq'>): Waiting | null {
    const named = naming(userId, after);
    const end = named?.key ?? null;
    for (const key of keys.filter((each) => each >= after.key).toSorted()) {
      if (end !== null && key > end) break;
      const found = unnamedIn(key, after);
      if (found !== null) return named !== null && isBefore(named, found) ? named : found;
    }
    return named;
  }

  /** What stands in a queue and names nobody. */
  function inQueue(key: string): Waiting[] {
    const query = 'SELECT * FROM waiting WHERE key = ? AND user_id IS NULL ORDER BY seq';
    return run(query, key).map(waitingOf);
  }

  return { nextOf, inQueue };
}

function isBefore(one: Waiting, other: Waiting): boolean {
  return one.key < other.key || (one.key === other.key && one.seq < other.seq);
}

function waitingOf(row: Record<string, unknown>): Waiting {
  return {
    key: textOf(row['key']),
    seq: numberOf(row['seq']),
    at: numberOf(row['at']),
    userId: typeof row['user_id'] === 'string' ? row['user_id'] : null,
    event: JSON.parse(textOf(row['event'])),
  };
}
