// The tables of one shard with what is kept of them in memory: the delivery record and the rows written. Memory never
// says more than the tables do: what a failed transaction changed is forgotten and read anew.

import type { Platform } from '../platform/platform.ts';
import { countingRun } from '../platform/sql.ts';
import { counted } from './delivery/record.ts';
import type { Delivery } from './delivery/record.ts';
import { openStore } from './tables.ts';
import type { Store } from './tables.ts';

export type Tables = ReturnType<typeof openTables>;

export function openTables({ sql, transaction: platformTransaction }: Platform) {
  let rowsWritten = 0;
  const run = countingRun(sql, (rows) => {
    rowsWritten += rows;
  });
  let opened: Store | null = openStore(run);
  let delivery = opened.delivery();

  function store(): Store {
    opened ??= openStore(run);
    return opened;
  }

  function transaction<Value>(write: (store: Store) => Value): Value {
    const before = delivery;
    const open = store();
    try {
      return platformTransaction(() => write(open));
    } catch (error) {
      delivery = before;
      opened = null;
      throw error;
    }
  }

  /** Durable when it returns, together with whatever else the transaction around it writes. */
  function save(next: Delivery): void {
    const value = counted(next, { rowsWritten });
    store().saveDelivery(value);
    rowsWritten = 0;
    delivery = value;
  }

  /** In memory only: the next `save` writes it, and a crash may lose it. */
  function note(next: Delivery): void {
    delivery = next;
  }

  return {
    store,
    transaction,
    save,
    note,
    delivery: () => delivery,
    rowsWritten: () => delivery.counters.rowsWritten + rowsWritten,
  };
}
