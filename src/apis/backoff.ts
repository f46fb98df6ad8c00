// When to try again: longer each time up to a bound, and never for two at the same moment. Data in, number out.
// https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/

/** `chance`: the share of a wait that is left to chance, from 0 to 1 (full jitter). */
type Backoff = {
  readonly msMin: number;
  readonly msMax: number;
  readonly factor: number;
  readonly chance: number;
};

export const BACKOFF_MS_MIN = 500;
export const BACKOFF_MS_MAX = 300_000;

const RETRY: Backoff = { msMin: BACKOFF_MS_MIN, msMax: BACKOFF_MS_MAX, factor: 2, chance: 1 };

/** `attempt` counts from 1; `random` is from 0 up to 1. */
export function backoffMs(backoff: Backoff, attempt: number, random: number): number {
  const { msMin, msMax, factor, chance } = backoff;
  // Beyond the bound long before 20, and never Infinity.
  const longest = Math.min(msMax, msMin * factor ** Math.min(attempt, 20));
  const shortest = Math.max(msMin, longest * (1 - chance));
  return Math.round(shortest + random * (longest - shortest));
}

/** Half a second to five minutes. What the other side asks for is kept, and never undercut. */
export function retryDelayMs(attempt: number, random: number, retryAfterMs: number | null): number {
  return Math.max(backoffMs(RETRY, attempt, random), retryAfterMs ?? 0);
}
