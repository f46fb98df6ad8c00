// The course of delivery: the newest batches and the last two days by the hour, for the operator to see how it has gone.
// Part of the delivery record, so it costs no row. Pure.

import { HOUR_MS } from '../../platform/time.ts';

const BATCHES_MAX = 100;
const HOURS_MAX = 48;

/** Entries behind `from` up to `to`; when they landed (Unix milliseconds), and how long Customer.io took to answer. */
export type Batch = {
  readonly from: number;
  readonly to: number;
  readonly at: number;
  readonly ms: number;
};

/** Hours since 1970 → events accepted, messages landed. */
export type Hours = Readonly<
  Record<string, { readonly accepted: number; readonly landed: number }>
>;

type Course = { readonly batches: readonly Batch[]; readonly lastSentAt: number };

export function withBatch<Delivery extends Course>(
  delivery: Delivery,
  { from, to }: Pick<Batch, 'from' | 'to'>,
  at: number,
): Delivery {
  const ms = Math.max(0, at - delivery.lastSentAt);
  return { ...delivery, batches: [...delivery.batches, { from, to, at, ms }].slice(-BATCHES_MAX) };
}

export function withHour(
  hours: Hours,
  at: number,
  more: { readonly accepted?: number; readonly landed?: number },
): Hours {
  const hour = Math.floor(at / HOUR_MS);
  const { accepted, landed } = hours[hour] ?? { accepted: 0, landed: 0 };
  const now = { accepted: accepted + (more.accepted ?? 0), landed: landed + (more.landed ?? 0) };
  // Of every webhook all but the first of an hour.
  if (hour in hours) return { ...hours, [hour]: now };
  const kept = Object.entries(hours).filter(([each]) => Number(each) > hour - HOURS_MAX);
  return { ...Object.fromEntries(kept), [hour]: now };
}

/** The batch in which an entry landed; null: longer ago than is remembered, or not yet. */
export function batchOf(batches: readonly Batch[], seq: number): Batch | null {
  return batches.find(({ from, to }) => from < seq && seq <= to) ?? null;
}
