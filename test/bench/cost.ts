// Dollars per million webhooks, from what was counted. Prices beyond what the Workers Paid plan includes, without its
// $5 a month. https://developers.cloudflare.com/workers/platform/pricing/

export const PRICES = {
  workerRequest: 0.3,
  cpuMs: 0.02,
  objectRequest: 0.15,
  gbSecond: 12.5,
  rowWritten: 1,
} as const;

/** A month. */
const STORED_GB_DOLLARS = 0.2;

/** 128 MB are billed for as long as a shard is awake. */
const OBJECT_GB = 0.128;

type Usage = {
  /** All per webhook. */
  readonly cpuMs: number;
  readonly objectRequests: number;
  readonly rowsWritten: number;
  readonly objectWallMs: number;
};

export function dollarsPerMillion(usage: Usage): number {
  const gbSeconds = (usage.objectWallMs / 1000) * OBJECT_GB;
  const dollars =
    PRICES.workerRequest +
    usage.cpuMs * PRICES.cpuMs +
    usage.objectRequests * PRICES.objectRequest +
    usage.rowsWritten * PRICES.rowWritten +
    gbSeconds * PRICES.gbSecond;
  return Math.round(dollars * 100) / 100;
}

/** What the plans hold, a month unless a day is named. */
const FREE_A_DAY = { requests: 100_000, objectRequests: 100_000, gbSeconds: 13_000, rows: 100_000 };
const PAID = {
  requests: 10e6,
  cpuMs: 30e6,
  objectRequests: 1e6,
  gbSeconds: 400_000,
  rows: 50e6,
  storedGb: 5,
};
const PAID_DOLLARS = 5;
export const MONTH_DAYS = 30.4;

/** Every five minutes, two calls to each of sixteen shards; see wrangler.toml. */
const CRON_A_DAY = { requests: 288, objectRequests: 9_216 };

/**
 * One webhook that shares nothing with another, rounded up: 10.0 rows, the tables of new shards included, and one
 * request to Customer.io were counted at one a second, 2.0 and 2.8 ms of CPU by `npm run bench:unsigned`. Its shards are
 * called, ring once, and are awake while it lingers (250 ms) and is sent.
 */
export const ALONE = { rows: 12, cpuMs: 3, objectRequests: 4, objectWallMs: 600 } as const;

/** Whole dollars a month by list prices, and 0 where the Free plan is enough on a day with three times the average. */
export function dollarsPerMonth(webhooks: number): number {
  if (isFree((webhooks / MONTH_DAYS) * 3)) return 0;
  return Math.round(PAID_DOLLARS + beyondPaid(usedBy(webhooks, MONTH_DAYS)));
}

/** The same on Workers Paid, of webhooks that share their requests. */
export function dollarsOf(
  webhooks: number,
  { storedGb, ...each }: Usage & { readonly storedGb: number },
): number {
  const stored = Math.max(0, storedGb - PAID.storedGb) * STORED_GB_DOLLARS;
  return PAID_DOLLARS + beyondPaid(usedBy(webhooks, MONTH_DAYS, each)) + stored;
}

function isFree(webhooksADay: number): boolean {
  const uses = usedBy(webhooksADay, 1);
  return (
    uses.requests <= FREE_A_DAY.requests &&
    uses.objectRequests <= FREE_A_DAY.objectRequests &&
    uses.gbSeconds <= FREE_A_DAY.gbSeconds &&
    uses.rows <= FREE_A_DAY.rows
  );
}

/** Dollars for what the plan does not include. */
function beyondPaid(uses: ReturnType<typeof usedBy>): number {
  const over = (used: number, included: number) => Math.max(0, used - included);
  return (
    (over(uses.requests, PAID.requests) * PRICES.workerRequest +
      over(uses.cpuMs, PAID.cpuMs) * PRICES.cpuMs +
      over(uses.objectRequests, PAID.objectRequests) * PRICES.objectRequest +
      over(uses.gbSeconds, PAID.gbSeconds) * PRICES.gbSecond +
      over(uses.rows, PAID.rows) * PRICES.rowWritten) /
    1e6
  );
}

function usedBy(
  webhooks: number,
  days: number,
  { cpuMs, objectRequests, rowsWritten, objectWallMs }: Usage = {
    ...ALONE,
    rowsWritten: ALONE.rows,
  },
) {
  return {
    requests: webhooks + days * CRON_A_DAY.requests,
    cpuMs: webhooks * cpuMs,
    objectRequests: webhooks * objectRequests + days * CRON_A_DAY.objectRequests,
    gbSeconds: (webhooks * objectWallMs * OBJECT_GB) / 1000,
    rows: webhooks * rowsWritten,
  };
}
