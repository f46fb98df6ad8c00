// Subscriptions of whose coupons events tell no more than the ids, until Stripe has said what they take off. Synchronous.

import { heldRow } from '../../platform/held.ts';
import type { Held } from '../../platform/held.ts';
import type { Migrations } from '../../platform/migrations.ts';
import { openRecord } from '../../platform/records.ts';
import { numberOf, textOf } from '../../platform/sql.ts';
import type { Run } from '../../platform/sql.ts';
import { keyedTable } from '../../platform/steps.ts';
import type { Erased } from '../erased.ts';

/** `person` is their key. `nextAt` in Unix milliseconds; `attempt` counts questions that were not answered. */
export type CouponRow = {
  readonly subscriptionId: string;
  readonly person: string;
  readonly nextAt: number;
  readonly attempt: number;
};

export const COUPONS: Migrations = {
  name: 'coupons',
  steps: [
    keyedTable('subscription TEXT PRIMARY KEY, person TEXT, next_at INTEGER, attempt INTEGER'),
    (table) => `CREATE INDEX IF NOT EXISTS ${table}_by_time ON ${table} (next_at)`,
    (table) => `CREATE INDEX IF NOT EXISTS ${table}_by_person ON ${table} (person)`,
  ],
};

export function openCoupons(run: Run) {
  const record = openRecord<{ readonly notBefore: number }>(run, 'state', 'coupons');

  /** One that is asked about already keeps its turn. */
  function add({ subscriptionId, person, nextAt }: Omit<CouponRow, 'attempt'>): void {
    run(
      'INSERT OR IGNORE INTO coupons (subscription, person, next_at, attempt) VALUES (?, ?, ?, 0)',
      subscriptionId,
      person,
      nextAt,
    );
  }

  function next(): CouponRow | null {
    const row = run('SELECT * FROM coupons ORDER BY next_at LIMIT 1')[0];
    if (row === undefined) return null;
    return {
      subscriptionId: textOf(row['subscription']),
      person: textOf(row['person']),
      nextAt: numberOf(row['next_at']),
      attempt: numberOf(row['attempt']),
    };
  }

  function postpone({ subscriptionId }: CouponRow, nextAt: number): void {
    run(
      'UPDATE coupons SET next_at = ?, attempt = attempt + 1 WHERE subscription = ?',
      nextAt,
      subscriptionId,
    );
  }

  /** Stripe is asked nothing before this, whatever comes meanwhile. */
  function pause(until: number): void {
    if (until > notBefore()) record.save({ notBefore: until });
  }

  function notBefore(): number {
    return record.read()?.notBefore ?? 0;
  }

  function remove(subscriptionId: string): void {
    run('DELETE FROM coupons WHERE subscription = ?', subscriptionId);
  }

  function forget({ person }: Pick<Erased, 'person'>): void {
    run('DELETE FROM coupons WHERE person = ?', person);
  }

  function held(person: string): Held[] {
    const rows = run('SELECT * FROM coupons WHERE person = ?', person);
    return rows.map((row) => heldRow('coupons', row));
  }

  return { add, next, postpone, pause, notBefore, remove, forget, held };
}
