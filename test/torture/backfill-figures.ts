// What a backfill costs, from what was counted: for the torture and the bench. Pure.

import { PRICES } from '../bench/cost.ts';

type Counted = {
  readonly pulledMs: number;
  /** That shards and the sync shard have written. */
  readonly rows: number;
  readonly requests: { readonly clerk: number; readonly stripe: number };
  /** Milliseconds, the shortest first: before it began, and meanwhile. */
  readonly calmLandings: readonly number[];
  readonly landings: readonly number[];
};

export function figuresOf(counted: Counted, users: number) {
  const { pulledMs, rows, requests, calmLandings, landings } = counted;
  const rowsOfMany = Math.round((rows / users) * 100_000);
  return {
    seconds: Math.round(pulledMs / 1000),
    peoplePerSecond: Math.round((users * 1000) / pulledMs),
    rowsPer100000People: rowsOfMany,
    dollarsPer100000People: Math.round((rowsOfMany / 1e6) * PRICES.rowWritten * 1000) / 1000,
    upstreamRequests: requests.clerk + requests.stripe,
    landingMsBefore: percentiles(calmLandings),
    landingMsMeanwhile: percentiles(landings),
  };
}

function percentiles(sorted: readonly number[]) {
  const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? 0;
  return { p50: at(0.5), p95: at(0.95) };
}
