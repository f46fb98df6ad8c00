// HTTP of the command line: undici, paced, and persistent where asking again is safe. Full jitter, `Retry-After` kept.

import { setTimeout as sleep } from 'node:timers/promises';

import { retryDelayMs } from '../../apis/backoff.ts';
import type { Net } from '../../apis/exchange.ts';
import { isOpen } from './address.ts';

const TRIES_MAX = 4;

/** Longer than this nobody waits at a terminal: then it says how long it would take. */
const WAIT_MS_MAX = 30_000;

/** Errors of a connection that was never made, so that no request left. Others may have lost only the answer. */
const NEVER_CONNECTED = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
];

type Clock = {
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<unknown>;
  readonly random: () => number;
};

const CLOCK: Clock = { now: Date.now, sleep, random: Math.random };

/** At most so many requests per second start. */
export function pacedNet(requestsPerSecond: number, clock: Clock = CLOCK): Net {
  let nextAt = 0;
  return {
    now: clock.now,
    after: (ms, run) => {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
    fetch: async (url, init) => {
      // The clients say it in a sentence before; this holds for whoever forgets to.
      if (isOpen(url) && new Headers(init.headers).has('authorization')) {
        throw new Error('a key over plain http');
      }
      const now = clock.now();
      const at = Math.max(now, nextAt);
      nextAt = at + 1000 / requestsPerSecond;
      if (at > now) await clock.sleep(at - now);
      // Loaded when it is needed: it is a quarter of the time a command takes to start.
      const { fetch: undiciFetch } = await import('undici');
      // One fetch, two declarations of its types: Node's own and the package's.
      return await undiciFetch(url, init as never);
    },
  };
}

type Retry = {
  readonly kind: 'retry';
  readonly reason: string;
  readonly retryAfterMs: number | null;
};

/** Tries again while the outcome says `retry`; the last outcome is the answer. */
export async function persistently<Outcome extends { readonly kind: string }>(
  attempt: () => Promise<Outcome>,
  say: (text: string) => void,
  clock: Clock = CLOCK,
): Promise<Outcome> {
  for (let tried = 1; ; tried += 1) {
    const outcome = await attempt();
    if (!isRetry(outcome) || tried === TRIES_MAX) return outcome;
    const waitMs = retryDelayMs(tried, clock.random(), outcome.retryAfterMs);
    if (waitMs > WAIT_MS_MAX) return outcome;
    say(
      `${outcome.reason}: trying again in ${(waitMs / 1000).toFixed(1)} s (${tried} of ${TRIES_MAX - 1})`,
    );
    await clock.sleep(waitMs);
  }
}

function isRetry<Outcome extends { readonly kind: string }>(
  outcome: Outcome,
): outcome is Outcome & Retry {
  return outcome.kind === 'retry';
}

export function errorCode(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error.cause === undefined ? error.name : errorCode(error.cause);
}

/** Whether an error of `fetch` proves that no request left. */
export function isUnsent(error: unknown): boolean {
  return NEVER_CONNECTED.includes(errorCode(error));
}
