// Whose a subscription is where its own metadata says so, or has said so: then it does not simply go where its customer goes.
// Synchronous.

import type { Migrations } from '../../platform/migrations.ts';
import { numberOf, textOf } from '../../platform/sql.ts';
import type { Run } from '../../platform/sql.ts';
import { keyedTable } from '../../platform/steps.ts';

/** What says whose it is: `customer` and `operator` mean whoever has the customer, `organization` means no person. */
const SOURCES = [
  'subscription_metadata',
  'invoice_metadata',
  'customer',
  'operator',
  'organization',
] as const;

type HolderSource = (typeof SOURCES)[number];

/** `asOf` in Unix milliseconds. `version` grows with every change: an event carries the one it was placed by. */
export type Holder = {
  readonly subscriptionId: string;
  readonly customerId: string;
  /** Set where the metadata names a person. */
  readonly userId: string | null;
  /** Of the last deleted person whom it named, the hash: naming them goes on meaning nothing. */
  readonly erased: string | null;
  readonly asOf: number;
  readonly version: number;
  readonly source: HolderSource;
};

export const HOLDERS: Migrations = {
  name: 'holders',
  steps: [
    keyedTable(
      'subscription TEXT PRIMARY KEY, customer TEXT, user_id TEXT, erased TEXT, as_of INTEGER, version INTEGER, source TEXT',
    ),
    // A row more for a subscription that names somebody for the first time, or somebody else.
    (table) =>
      `CREATE INDEX IF NOT EXISTS ${table}_by_user ON ${table} (user_id) WHERE user_id IS NOT NULL`,
    // And one for a subscription that is new here: a customer that is deleted or given away asks for all of theirs.
    (table) => `CREATE INDEX IF NOT EXISTS ${table}_by_customer ON ${table} (customer)`,
  ],
};

export function openHolders(run: Run) {
  function find(subscriptionId: string): Holder | null {
    const row = run('SELECT * FROM holders WHERE subscription = ?', subscriptionId)[0];
    return row === undefined ? null : holderOf(row);
  }

  function ofCustomer(customerId: string): Holder[] {
    return run('SELECT * FROM holders WHERE customer = ?', customerId).map(holderOf);
  }

  function save({
    subscriptionId,
    customerId,
    userId,
    erased,
    asOf,
    version,
    source,
  }: Holder): void {
    run(
      `INSERT OR REPLACE INTO holders (subscription, customer, user_id, erased, as_of, version, source)
        VALUES (?, ?, ?, ?, ?, ?, ?)`,
      subscriptionId,
      customerId,
      userId,
      erased,
      asOf,
      version,
      source,
    );
  }

  function ofPerson(userId: string): Holder[] {
    return run('SELECT * FROM holders WHERE user_id = ?', userId).map(holderOf);
  }

  /** What named them goes where its customer goes. */
  function removeNaming(userId: string, erased: string, now: number): void {
    run(
      `UPDATE holders SET user_id = NULL, source = 'customer', erased = ?, version = MAX(version + 1, ?)
        WHERE user_id = ?`,
      erased,
      now,
      userId,
    );
  }

  function removeOf(customerId: string): void {
    run('DELETE FROM holders WHERE customer = ?', customerId);
  }

  return { find, ofCustomer, ofPerson, save, removeNaming, removeOf };
}

function holderOf(row: Record<string, unknown>): Holder {
  return {
    subscriptionId: textOf(row['subscription']),
    customerId: textOf(row['customer']),
    userId: typeof row['user_id'] === 'string' ? row['user_id'] : null,
    erased: typeof row['erased'] === 'string' ? row['erased'] : null,
    asOf: numberOf(row['as_of']),
    version: numberOf(row['version']),
    source: SOURCES.find((source) => source === row['source']) ?? 'customer',
  };
}
