// When to try again: full jitter between half a second and five minutes. Data in, number out.
// https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/

export const BACKOFF_MS_MIN = 500;
export const BACKOFF_MS_MAX = 300_000;

/** `attempt` counts from 1; `random` is from 0 up to 1. What the other side asks for is kept, and never undercut. */
export function retryDelayMs(attempt: number, random: number, retryAfterMs: number | null): number {
  const ceiling = Math.min(BACKOFF_MS_MAX, BACKOFF_MS_MIN * 2 ** Math.min(attempt, 20));
  const jittered = Math.round(BACKOFF_MS_MIN + random * (ceiling - BACKOFF_MS_MIN));
  return Math.max(jittered, retryAfterMs ?? 0);
}
