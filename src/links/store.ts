// What one links shard stores: whose customer is whose, and the events that wait to know. Synchronous; the callers
// decide what is one transaction.

import { numberOf, textOf } from '../outbox/sql.ts';
import type { Run } from '../outbox/sql.ts';
import type { LinkClaim, PersonEvent } from '../person/news.ts';

/** A Stripe customer is this person, as of a time (Unix milliseconds). */
export type Link = { readonly userId: string; readonly asOf: number };

/** An event in the waiting room. `userId` when the event names its person itself but has to queue. */
export type Waiting = {
  readonly customerId: string;
  readonly seq: number;
  readonly at: number;
  readonly userId: string | null;
  readonly event: PersonEvent;
};

export type LinksStore = ReturnType<typeof openLinks>;

export function openLinks(run: Run) {
  run(
    `CREATE TABLE IF NOT EXISTS links
      (customer TEXT PRIMARY KEY, user_id TEXT, as_of INTEGER, source TEXT) WITHOUT ROWID`,
  );
  // Keyed by customer first: a customer's queue is one range of one tree, and a row costs one write.
  run(
    `CREATE TABLE IF NOT EXISTS waiting
      (customer TEXT, seq INTEGER, at INTEGER, user_id TEXT, event TEXT,
      PRIMARY KEY (customer, seq)) WITHOUT ROWID`,
  );

  function link(customerId: string): Link | null {
    const row = run('SELECT user_id, as_of FROM links WHERE customer = ?', customerId)[0];
    if (row === undefined) return null;
    return { userId: textOf(row['user_id']), asOf: numberOf(row['as_of']) };
  }

  function saveLink({ customerId, userId, asOf, source }: LinkClaim): void {
    run(
      'INSERT OR REPLACE INTO links (customer, user_id, as_of, source) VALUES (?, ?, ?, ?)',
      customerId,
      userId,
      asOf,
      source,
    );
  }

  function isAnyWaiting(customerId: string): boolean {
    return run('SELECT 1 FROM waiting WHERE customer = ? LIMIT 1', customerId).length > 0;
  }

  function keep(waiting: Omit<Waiting, 'seq'>): void {
    const { customerId, at, userId, event } = waiting;
    const newest = run('SELECT MAX(seq) AS seq FROM waiting WHERE customer = ?', customerId)[0];
    run(
      'INSERT INTO waiting (customer, seq, at, user_id, event) VALUES (?, ?, ?, ?, ?)',
      customerId,
      numberOf(newest?.['seq']) + 1,
      at,
      userId,
      JSON.stringify(event),
    );
  }

  /** Events whose person is known by now: customer by customer, each in the order of arrival. */
  function releasable(count: number): (Waiting & { readonly link: string })[] {
    return run(
      `SELECT waiting.*, links.user_id AS link FROM waiting JOIN links USING (customer)
        ORDER BY customer, seq LIMIT ?`,
      count,
    ).map((row) => ({ ...waitingOf(row), link: textOf(row['link']) }));
  }

  function remove(customerId: string, seq: number): void {
    run('DELETE FROM waiting WHERE customer = ? AND seq = ?', customerId, seq);
  }

  /** Forgets what has waited since before `at`; says how many events that were. */
  function expire(at: number): number {
    return run('DELETE FROM waiting WHERE at < ? RETURNING seq', at).length;
  }

  function waitingCount(): number {
    return numberOf(run('SELECT COUNT(*) AS waiting FROM waiting')[0]?.['waiting']);
  }

  function waitingCustomers(): number {
    return numberOf(run('SELECT COUNT(DISTINCT customer) AS n FROM waiting')[0]?.['n']);
  }

  function linkCount(): number {
    return numberOf(run('SELECT COUNT(*) AS n FROM links')[0]?.['n']);
  }

  return {
    link,
    saveLink,
    isAnyWaiting,
    keep,
    releasable,
    remove,
    expire,
    waitingCount,
    waitingCustomers,
    linkCount,
  };
}

function waitingOf(row: Record<string, unknown>): Waiting {
  return {
    customerId: textOf(row['customer']),
    seq: numberOf(row['seq']),
    at: numberOf(row['at']),
    userId: typeof row['user_id'] === 'string' ? row['user_id'] : null,
    event: JSON.parse(textOf(row['event'])),
  };
}
