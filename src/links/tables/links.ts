// The links table: which Stripe customer is which person, as of when, and by what. A deleted person's link stays as a
// mark that holds only the hash of their id. Synchronous.

import type { PersonEvent } from '../../person/news.ts';
import { countOf, countSteps } from '../../platform/counts.ts';
import type { Migrations } from '../../platform/migrations.ts';
import { numberOf, textOf } from '../../platform/sql.ts';
import type { Run } from '../../platform/sql.ts';
import { keyedTable } from '../../platform/steps.ts';

/**
 * `asOf` in Unix milliseconds; 0 when the claim may create a link but never replace one.
 * `version` grows with every change of person: an event carries the one it was placed by.
 */
export type Link = {
  readonly customerId: string;
  /** Null: they are deleted. */
  readonly userId: string | null;
  /** Of the last deleted person whose it was, the hash: it stays when somebody else takes the customer over. */
  readonly erased: string | null;
  readonly asOf: number;
  readonly version: number;
  readonly source: string;
};

/** Sources of links that rest on what a buyer typed. */
const TYPED_SOURCES = ['payment_link_reference', 'email_lookup'];

/** What an event says about the link by which it was placed. */
export function placedBy({ version, source }: Link): Pick<PersonEvent, 'link' | 'isTyped'> {
  return TYPED_SOURCES.includes(source) ? { link: version, isTyped: true } : { link: version };
}

/** The source of links that say no more than that an organization pays, which was nobody's by then. */
export const ORGANIZATION = 'organization';

export function isOfSome({ userId, source }: Link): boolean {
  return userId === null && source === ORGANIZATION;
}

export const LINKS: Migrations = {
  name: 'links',
  steps: [
    keyedTable(
      'customer TEXT PRIMARY KEY, user_id TEXT, erased TEXT, as_of INTEGER, version INTEGER, source TEXT',
    ),
    // A row more for a link that is new or moves, none for an event.
    (table) =>
      `CREATE INDEX IF NOT EXISTS ${table}_by_user ON ${table} (user_id) WHERE user_id IS NOT NULL`,
    (table) =>
      `CREATE INDEX IF NOT EXISTS ${table}_by_erased ON ${table} (erased) WHERE erased IS NOT NULL`,
    ...countSteps({ key: ['customer'], only: (row) => `${row}.user_id IS NOT NULL` }),
  ],
};

export function openLinksTable(run: Run) {
  function find(customerId: string): Link | null {
    const row = run('SELECT * FROM links WHERE customer = ?', customerId)[0];
    return row === undefined ? null : linkOf(row);
  }

  /** Every link of a person. */
  function ofPerson(userId: string): Link[] {
    return run('SELECT * FROM links WHERE user_id = ?', userId).map(linkOf);
  }

  /** The customers that were a deleted person's and are nobody's since. */
  function leftBy(erased: string): string[] {
    return run('SELECT customer FROM links WHERE erased = ? AND user_id IS NULL', erased).map(
      (row) => textOf(row['customer']),
    );
  }

  /** The links that name a person, by their id or, once they are deleted, by its hash. */
  function naming(userId: string, key: string): Link[] {
    return run('SELECT * FROM links WHERE user_id = ? OR erased = ?', userId, key).map(linkOf);
  }

  function save({ customerId, userId, erased, asOf, version, source }: Link): void {
    run(
      `INSERT OR REPLACE INTO links (customer, user_id, erased, as_of, version, source)
        VALUES (?, ?, ?, ?, ?, ?)`,
      customerId,
      userId,
      erased,
      asOf,
      version,
      source,
    );
  }

  function remove(customerId: string): void {
    run('DELETE FROM links WHERE customer = ?', customerId);
  }

  return { find, ofPerson, leftBy, naming, save, remove, count: () => countOf(run, 'links') };
}

function linkOf(row: Record<string, unknown>): Link {
  return {
    customerId: textOf(row['customer']),
    userId: typeof row['user_id'] === 'string' ? row['user_id'] : null,
    erased: typeof row['erased'] === 'string' ? row['erased'] : null,
    asOf: numberOf(row['as_of']),
    version: numberOf(row['version']),
    source: textOf(row['source']),
  };
}
