// One shard's storage: its tables, and what is kept of them in memory (the delivery record, the rows written). Memory
// never says more than the tables do: what a failed transaction changed is forgotten and read once more. A shard never fills
// with what is delivered: it is dropped, oldest first, before the disk is full and whenever a write finds it so.

import { counted } from '../platform/counters.ts';
import { migrate } from '../platform/migrations.ts';
import { shareOf } from '../platform/platform.ts';
import type { Platform } from '../platform/platform.ts';
import { countingRun, isFull } from '../platform/sql.ts';
import type { Delivery } from './delivery/record.ts';
import { openTables, OUTBOX_MIGRATIONS } from './tables.ts';
import type { Tables } from './tables.ts';

export type Storage = ReturnType<typeof openStorage>;

/** From here on what is delivered is dropped early, oldest first. */
const DROP_SHARE = 0.8;

/** From here on nothing is taken in: the cursor, what is held and what is parked need some room. */
const FULL_SHARE = 0.98;

/** What is undelivered fills the shard. The provider comes again. */
class StorageFull extends Error {
  override readonly name = 'StorageFull';
}

export function openStorage({
  sql,
  disk,
  transaction: platformTransaction,
}: Pick<Platform, 'sql' | 'disk' | 'transaction'>) {
  let rowsWritten = 0;
  let isWriting = false;
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
    if (isWriting) return write(tables());
    for (;;) {
      try {
        return writeOnce(write);
      } catch (error) {
        // Each time there is a table less, so it ends.
        if (!isFull(error) || !dropDelivered('nothing')) throw error;
      }
    }
  }

  function writeOnce<Value>(write: (tables: Tables) => Value): Value {
    const before = delivery;
    const open = tables();
    isWriting = true;
    try {
      return platformTransaction(() => write(open));
    } catch (error) {
      delivery = before;
      opened = null;
      throw error;
    } finally {
      isWriting = false;
      for (const watcher of watchers) queueMicrotask(watcher);
    }
  }

  /** For what comes from outside: refused where it would take the room that delivery needs to get on. */
  function takeIn<Value>(write: (tables: Tables) => Value): Value {
    while (shareOf(disk) >= DROP_SHARE && dropDelivered('newest'));
    if (shareOf(disk) >= FULL_SHARE && !dropDelivered('nothing'))
      throw new StorageFull('only what is undelivered is left');
    return transaction(write);
  }

  /** The oldest hour, where all of it is delivered: how long it is kept is a wish, accepting is a promise. */
  function dropDelivered(kept: 'newest' | 'nothing'): boolean {
    const { cursor } = delivery;
    return writeOnce(({ journal }) => journal.dropDelivered(cursor.seq, kept));
  }

  /** Calls back after every transaction, until the function it returns is called. */
  function whenChanged(watcher: () => void): () => void {
    watchers.add(watcher);
    return () => void watchers.delete(watcher);
  }

  /** Durable when it returns, together with whatever else the transaction around it writes. */
  function save(next: Delivery): void {
    transaction((open) => {
      const value = { ...next, counters: counted(next.counters, { rowsWritten }) };
      open.delivery.save(value);
      rowsWritten = 0;
      delivery = value;
    });
  }

  /** In memory only: the next `save` writes it, and a crash may lose it. */
  function note(next: Delivery): void {
    delivery = next;
  }

  return {
    tables,
    transaction,
    takeIn,
    whenChanged,
    save,
    note,
    delivery: () => delivery,
    rowsWritten: () => delivery.counters.rowsWritten + rowsWritten,
  };
}
