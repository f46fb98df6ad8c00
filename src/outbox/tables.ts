// Everything one outbox shard stores. Synchronous; the callers decide what is one transaction. What is in memory
// (newest tables, last seq) is a copy of what the tables say: after a transaction that failed, open it again.

import type { Layout } from '../platform/shards.ts';
import type { Run } from '../platform/sql.ts';
import { NEW_DELIVERY } from './delivery/record.ts';
import type { Delivery } from './delivery/record.ts';
import { openErasures } from './erasure/table.ts';
import { openJournal } from './journal/journal.ts';
import { openEmails } from './mail/table.ts';
import { openParked } from './parked/table.ts';
import { openSeen } from './people/seen.ts';
import { openPeople } from './people/table.ts';

export type Store = ReturnType<typeof openStore>;

export function openStore(run: Run) {
  run('CREATE TABLE IF NOT EXISTS state (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID');

  function delivery(): Delivery {
    const value = run(`SELECT value FROM state WHERE name = 'delivery'`)[0]?.['value'];
    return typeof value === 'string' ? deliveryOf(JSON.parse(value)) : NEW_DELIVERY;
  }

  function saveDelivery(value: Delivery): void {
    run(`INSERT OR REPLACE INTO state (name, value) VALUES ('delivery', ?)`, JSON.stringify(value));
  }

  /** What was stored first stays: the layout in force, whatever is asked for now. */
  function layout(wanted: Layout): Layout {
    const value = run(`SELECT value FROM state WHERE name = 'layout'`)[0]?.['value'];
    if (typeof value === 'string') return JSON.parse(value);
    run(`INSERT INTO state (name, value) VALUES ('layout', ?)`, JSON.stringify(wanted));
    return wanted;
  }

  function incidents(): string[] {
    const value = run(`SELECT value FROM state WHERE name = 'incidents'`)[0]?.['value'];
    return typeof value === 'string' ? JSON.parse(value) : [];
  }

  function saveIncidents(open: readonly string[]): void {
    run(`INSERT OR REPLACE INTO state (name, value) VALUES ('incidents', ?)`, JSON.stringify(open));
  }

  return {
    layout,
    incidents,
    saveIncidents,
    people: openPeople(run),
    seen: openSeen(run),
    journal: openJournal(run),
    parked: openParked(run),
    emails: openEmails(run),
    erasures: openErasures(run),
    delivery,
    saveDelivery,
  };
}

/** A record of an earlier release lacks what has been added since. */
function deliveryOf(stored: Partial<Delivery>): Delivery {
  const counters = { ...NEW_DELIVERY.counters, ...stored.counters };
  return { ...NEW_DELIVERY, ...stored, counters };
}
