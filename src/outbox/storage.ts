// One shard's storage: its tables, and what is kept of them in memory (the delivery record, the rows written). Memory
// never says more than the tables do: what a failed transaction changed is forgotten and read once more. A shard never fills
// with what is delivered: it is dropped, oldest first, before the disk is full and whenever a write finds it so.

import { counted } from '../platform/counters.ts';
import { migrate } from '../platform/migrations.ts';
import { shareOf } from '../platform/platform.ts';
import type { Platform } from '../platform/platform.ts';
import { countingRun, isFull } from '../platform/sql.ts';
import type { Run } from '../platform/sql.ts';
import type { Delivery } from './delivery/record.ts';
import { openTables, OUTBOX_MIGRATIONS } from './tables.ts';
import type { Tables } from './tables.ts';

export type Storage = ReturnType<typeof openStorage>;

/** From here on what is delivered is dropped early, oldest first. */
const DROP_SHARE = 0.8;

/** From here on nothing is taken in: the cursor, what is held and what is parked need some room. */
const FULL_SHARE = 0.95;

/** What is undelivered fills the shard. The provider comes again. */
class StorageFull extends Error {
  override readonly name = 'StorageFull';
}

export function openStorage({ sql, disk, transaction: platformTransaction }: Below) {
  let rowsWritten = 0;
  const run = countingRun(sql, (rows) => {
    rowsWritten += rows;
  });
  migrate(run, platformTransaction, OUTBOX_MIGRATIONS);
  const memory = openMemory(run);
  const writes = openWrites(memory, platformTransaction);

  function transaction<Value>(write: (tables: Tables) => Value): Value {
    if (writes.isWriting()) return write(memory.tables());
    for (;;) {
      try {
        return writes.once(write);
      } catch (error) {
        // Each time there is a table less, so it ends.
        if (!isFull(error) || !dropDelivered('nothing')) throw error;
      }
    }
  }

  /** For what comes from outside: refused where it would take the room that delivery needs to get on. */
  function takeIn<Value>(write: (tables: Tables) => Value): Value {
    while (shareOf(disk) >= DROP_SHARE && dropDelivered('newest'));
    if (shareOf(disk) >= FULL_SHARE && !dropDelivered('nothing')) {
      throw new StorageFull('only what is undelivered is left');
    }
    return transaction(write);
  }

  /** The oldest hour, where all of it is delivered: how long it is kept is a wish, accepting is a promise. */
  function dropDelivered(kept: 'newest' | 'nothing'): boolean {
    const { cursor } = memory.delivery();
    return writes.once(({ journal }) => journal.dropDelivered(cursor.seq, kept));
  }

  /** Durable when it returns, together with whatever else the transaction around it writes. */
  function save(next: Delivery): void {
    transaction((open) => {
      const value = { ...next, counters: counted(next.counters, { rowsWritten }) };
      // Before, so that the record's own row is among the next ones.
      rowsWritten = 0;
      open.delivery.save(value);
      memory.note(value);
    });
  }

  return {
    tables: memory.tables,
    transaction,
    takeIn,
    whenChanged: writes.whenChanged,
    save,
    note: memory.note,
    delivery: memory.delivery,
    rowsWritten: () => memory.delivery().counters.rowsWritten + rowsWritten,
  };
}

type Below = Pick<Platform, 'sql' | 'disk' | 'transaction'>;

type Memory = ReturnType<typeof openMemory>;

/** The tables, and what is known of them without reading. */
function openMemory(run: Run) {
  let opened: Tables | null = openTables(run);
  let delivery = opened.delivery.read();
  return {
    tables: (): Tables => {
      opened ??= openTables(run);
      return opened;
    },
    delivery: () => delivery,
    /** In memory only: the next `save` writes it, and a crash may lose it. */
    note: (next: Delivery): void => {
      delivery = next;
    },
    /** A transaction has failed: what stood before it stands, and the tables are opened again. */
    restore(before: Delivery): void {
      delivery = before;
      opened = null;
    },
  };
}

/** One transaction at a time, and who hears of each. */
function openWrites(memory: Memory, platformTransaction: Platform['transaction']) {
  let isWriting = false;
  const watchers = new Set<() => void>();

  function once<Value>(write: (tables: Tables) => Value): Value {
    const before = memory.delivery();
    const open = memory.tables();
    isWriting = true;
    try {
      return platformTransaction(() => write(open));
    } catch (error) {
      memory.restore(before);
      throw error;
    } finally {
      isWriting = false;
      for (const watcher of watchers) queueMicrotask(watcher);
    }
  }

  /** Calls back after every transaction, until the function it returns is called. */
  function whenChanged(watcher: () => void): () => void {
    watchers.add(watcher);
    return () => void watchers.delete(watcher);
  }

  return { once, whenChanged, isWriting: () => isWriting };
}
