// Formers: the outbox shards whose people had a customer before its link, or one of its subscriptions, went to somebody else. What
// was told there is not told again elsewhere. Shards and no people: seen keys outlive whoever they are of. Synchronous.

import type { Migrations } from '../../platform/migrations.ts';
import { shardName, shardOf } from '../../platform/shards.ts';
import { textOf } from '../../platform/sql.ts';
import type { Run } from '../../platform/sql.ts';
import { keyedTable } from '../../platform/steps.ts';

export const FORMERS: Migrations = {
  name: 'formers',
  steps: [
    keyedTable('customer TEXT, shard TEXT, at INTEGER, PRIMARY KEY (customer, shard)'),
    (table) => `CREATE INDEX IF NOT EXISTS ${table}_by_time ON ${table} (at)`,
  ],
};

export function openFormers(run: Run, shardCount: number) {
  /** Customers rarely move: where none has, an event does not look. */
  let isAny: boolean | null = null;
  const homeOf = (userId: string) => shardName(shardOf(userId, shardCount));

  function add(customerId: string, userId: string, at: number): void {
    isAny = true;
    run(
      'INSERT OR REPLACE INTO formers (customer, shard, at) VALUES (?, ?, ?)',
      customerId,
      homeOf(userId),
      at,
    );
  }

  /** Where anything of the customer's may have been told, beside the shard of whose it is now. */
  function besides(customerId: string, userId: string): string[] {
    isAny ??= run(`SELECT 1 FROM formers WHERE customer > '' LIMIT 1`).length > 0;
    if (!isAny) return [];
    const home = homeOf(userId);
    return run('SELECT shard FROM formers WHERE customer = ?', customerId)
      .map((row) => textOf(row['shard']))
      .filter((shard) => shard !== home);
  }

  function of(customers: readonly string[]): Record<string, unknown>[] {
    return customers.flatMap((id) => run('SELECT * FROM formers WHERE customer = ?', id));
  }

  return { add, besides, of };
}
