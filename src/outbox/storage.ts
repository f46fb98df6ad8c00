// One shard's storage: its tables, and what is kept of them in memory (the delivery record, the rows written). Memory
// never says more than the tables do: what a failed transaction changed is forgotten and read once more.

import { counted } from '../platform/counters.ts';
import { migrate } from '../platform/migrations.ts';
import type { Platform } from '../platform/platform.ts';
import { countingRun } from '../platform/sql.ts';
import type { Delivery } from './delivery/record.ts';
import { openTables, OUTBOX_MIGRATIONS } from './tables.ts';
import type { Tables } from './tables.ts';

export type Storage = ReturnType<typeof openStorage>;

export function openStorage({
  sql,
  transaction: platformTransaction,
}: Pick<Platform, 'sql' | 'transaction'>) {
  let rowsWritten = 0;
  const run = countingRun(sql, (rows) => {
    rowsWritten += rows;
  });
  migrate(run, platformTransaction, OUTBOX_MIGRATIONS);
  let opened: Tables | null = openTables(run);
  let delivery = opened.delivery.read();
  const watchers = new Set<() => void>();

  function tables(): Tables {
    opened ??= openTables(run);
    return opened;
  }

  function transaction<Value>(write: (tables: Tables) => Value): Value {
    const before = delivery;
    const open = tables();
    try {
      return platformTransaction(() => write(open));
    } catch (error) {
      delivery = before;
      opened = null;
      throw error;
    } finally {
      for (const watcher of watchers) queueMicrotask(watcher);
    }
  }

  /** Calls back after every transaction, until the function it returns is called. */
  function whenChanged(watcher: () => void): () => void {
    watchers.add(watcher);
    return () => void watchers.delete(watcher);
  }

  /** Durable when it returns, together with whatever else the transaction around it writes. */
  function save(next: Delivery): void {
    const value = { ...next, counters: counted(next.counters, { rowsWritten }) };
    tables().delivery.save(value);
    rowsWritten = 0;
    delivery = value;
  }

  /** In memory only: the next `save` writes it, and a crash may lose it. */
  function note(next: Delivery): void {
    delivery = next;
  }

  return {
    tables,
    transaction,
    whenChanged,
    save,
    note,
    delivery: () => delivery,
    rowsWritten: () => delivery.counters.rowsWritten + rowsWritten,
  };
}
