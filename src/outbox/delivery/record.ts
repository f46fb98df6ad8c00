// Where delivery stands and how it has gone: one small record, written with the cursor. It survives eviction, so a
// pause or a `Retry-After` is kept when the shard starts again.

import { counted } from '../../platform/counters.ts';
import { openRecord } from '../../platform/records.ts';
import type { Run } from '../../platform/sql.ts';
import type { Batch, Hours } from './course.ts';
import { BATCH_MESSAGES_MAX, isPassed } from './plan-batch.ts';
import type { Cursor, Place } from './plan-batch.ts';
import { stateOf } from './state.ts';
import type { StateName } from './state.ts';

export type Delivery = {
  readonly cursor: Cursor;
  /** Changed by `moved` alone, with everything that belongs to it. */
  readonly state: StateName;
  /** No request is sent before this, Unix milliseconds. */
  readonly notBefore: number;
  /** Attempts in a row that did not land, other than those that made the slice smaller. */
  readonly attempt: number;
  /** Since when nothing has landed, for another reason than our pace; null: the last request was answered well. */
  readonly failingSince: number | null;
  /** What the last request met that did not land; worth something while the state is `failing` or `waiting`. */
  readonly failure: string | null;
  readonly lastSentAt: number;
  /** When something landed last, of whomever. */
  readonly lastLandedAt: number;
  /** When this life of the shard began, where the one before left something: what it sent last may not be written. Else 0. */
  readonly startedAt: number;
  /** Stored before a wait for what an earlier life may have under way: nothing was sent since, so the next life need not wait anew. */
  readonly isQuiet: boolean;
  /** Messages tried at once: halved by a failure, doubled by a landing. */
  readonly slice: number;
  /** The newest entry when a message failed like every neighbour there was; null: there were more than are asked. */
  readonly lonelySeq: number | null;
  /** The message at the cursor failed alone and asked for a wait: a neighbour goes first after it. */
  readonly isSuspect: boolean;
  /** Messages behind the cursor that have landed before their turn, as somebody's neighbour: they are not sent again. */
  readonly ahead: readonly Place[];
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
  /** The newest batches that landed, the oldest first. */
  readonly batches: readonly Batch[];
  /** Hours since 1970 → events accepted, messages landed; the newest 48. */
  readonly hours: Hours;
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
  state: 'flowing',
  notBefore: 0,
  attempt: 0,
  failingSince: null,
  failure: null,
  lastSentAt: 0,
  lastLandedAt: 0,
  startedAt: 0,
  isQuiet: false,
  slice: BATCH_MESSAGES_MAX,
  lonelySeq: null,
  isSuspect: false,
  ahead: [],
  pause: null,
  parkedInARow: 0,
  lastEventAt: {},
  unusable: {},
  taken: {},
  landed: {},
  counters: NO_COUNTERS,
  batches: [],
  hours: {},
};

export function openDeliveryRecord(run: Run) {
  const record = openRecord<Delivery>(run, 'state', 'delivery');

  /** A record of an earlier release lacks what has been added since. */
  function read(): Delivery {
    const stored = record.read();
    const counters = { ...NEW_DELIVERY.counters, ...stored?.counters };
    const whole = { ...NEW_DELIVERY, ...stored, counters };
    const { attempt, pause } = whole;
    return { ...whole, state: stateOf(stored?.state, { isPaused: pause !== null, attempt }) };
  }

  return { read, save: record.save };
}

/** A message that failed like every neighbour there was is tried so long after that when another one comes. */
const LONELY_MS = 5000;

/** When a request may be sent; `lastSeq` is of the newest entry. */
export function readyAt(delivery: Delivery, lastSeq: number): number {
  const { state, lonelySeq, notBefore, lastSentAt } = delivery;
  const isAnswerable = state === 'failing' && lonelySeq !== null && lastSeq > lonelySeq;
  return isAnswerable ? Math.min(notBefore, lastSentAt + LONELY_MS) : notBefore;
}

/** Has it landed before its turn? */
export function isAhead({ ahead }: Delivery, { seq, part }: Place): boolean {
  return ahead.some((each) => each.seq === seq && each.part === part);
}

/** The cursor has gone on: what landed ahead of it and is passed need not be known any more. */
export function withCursor(delivery: Delivery, cursor: Cursor): Delivery {
  return { ...delivery, cursor, ahead: delivery.ahead.filter((each) => !isPassed(each, cursor)) };
}

/** The same with changed counters. */
export function withCounts(delivery: Delivery, changes: Partial<Counters>): Delivery {
  return { ...delivery, counters: counted(delivery.counters, changes) };
}
