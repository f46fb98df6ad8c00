// Where delivery stands and how it has gone: one small record, written with the cursor. It survives eviction, so a
// pause or a `Retry-After` is kept when the shard starts again.

import { counted } from '../../platform/counters.ts';
import { openRecord } from '../../platform/records.ts';
import type { Run } from '../../platform/sql.ts';
import type { Cursor } from './plan-batch.ts';

export type Delivery = {
  readonly cursor: Cursor;
  /** No request is sent before this, Unix milliseconds. */
  readonly notBefore: number;
  /** Attempts in a row that did not land. */
  readonly attempt: number;
  /** Since when the batch at the cursor has failed, for another reason than our pace; null: it has not. */
  readonly failingSince: number | null;
  readonly lastSentAt: number;
  /** Why delivery is paused until somebody acts; null when it is not. */
  readonly pause: Pause | null;
  /** Messages parked in a row, with none landing between. */
  readonly parkedInARow: number;
  /** When the newest event of each provider was taken, new or not: silence is told from it. */
  readonly lastEventAt: Readonly<Record<string, number>>;
  /** By provider: when the newest event came that nothing can be made of, and what to change at its endpoint. */
  readonly unusable: Readonly<Record<string, Unusable>>;
  /** Events by provider and by what became of them. Kept in memory until the cursor moves: it costs no row. */
  readonly taken: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Messages that landed: `identify`, or the event's name. */
  readonly landed: Readonly<Record<string, number>>;
  readonly counters: Counters;
};

type Unusable = { readonly at: number; readonly remedy: string };

/** `fingerprint` is of the refused credentials: a shard that starts with others tries at once. */
export type Pause = {
  readonly reason: 'credentials_invalid' | 'redirected' | 'everything_rejected';
  readonly fingerprint: string;
};

export const NO_COUNTERS = {
  accepted: 0,
  duplicates: 0,
  erased: 0,
  delivered: 0,
  requests: 0,
  retries: 0,
  parked: 0,
  skipped: 0,
  rowsWritten: 0,
} as const;

type Counters = { readonly [Name in keyof typeof NO_COUNTERS]: number };

const NEW_DELIVERY: Delivery = {
  cursor: { seq: 0, part: 0 },
  notBefore: 0,
  attempt: 0,
  failingSince: null,
  lastSentAt: 0,
  pause: null,
  parkedInARow: 0,
  lastEventAt: {},
  unusable: {},
  taken: {},
  landed: {},
  counters: NO_COUNTERS,
};

export function openDeliveryRecord(run: Run) {
  const record = openRecord<Delivery>(run, 'state', 'delivery');

  /** A record of an earlier release lacks what has been added since. */
  function read(): Delivery {
    const stored = record.read();
    const counters = { ...NEW_DELIVERY.counters, ...stored?.counters };
    return { ...NEW_DELIVERY, ...stored, counters };
  }

  return { read, save: record.save };
}

/** The same with changed counters. */
export function withCounts(delivery: Delivery, changes: Partial<Counters>): Delivery {
  return { ...delivery, counters: counted(delivery.counters, changes) };
}
