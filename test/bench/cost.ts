// Dollars per million webhooks, from what was counted. Prices beyond what the Workers Paid plan includes, without its
// $5 a month. https://developers.cloudflare.com/workers/platform/pricing/

export const PRICES = {
  workerRequest: 0.3,
  cpuMs: 0.02,
  objectRequest: 0.15,
  gbSecond: 12.5,
  rowWritten: 1,
} as const;

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
