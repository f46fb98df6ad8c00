// One GET to a provider's API, and what any answer but a success means. Total: nothing throws, and no answer takes
// longer than its time.

import { retryAfterMs } from '../apis/outcome.ts';
import type { Answer } from './answer.ts';

/** For the whole exchange. */
const ANSWER_MS_MAX = 10_000;

export type ProviderOptions = {
  /** For reason codes. */
  readonly provider: 'stripe' | 'clerk';
  readonly baseUrl: string;
  readonly key: string;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly now: () => number;
};

export type ProviderAnswer = Answer | { readonly kind: 'object'; readonly object: unknown };

export async function askProvider(path: string, options: ProviderOptions): Promise<ProviderAnswer> {
  const { provider, baseUrl, key, now } = options;
  // Not AbortSignal.timeout: a timer left running keeps a Durable Object in memory, and on the bill.
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), ANSWER_MS_MAX);
  try {
    const response = await options.fetch(`${baseUrl}/v1/${path}`, {
      headers: { authorization: `Bearer ${key}` },
      redirect: 'manual',
      signal: patience.signal,
    });
    if (response.ok) return { kind: 'object', object: await response.json() };
    await response.body?.cancel();
    const after = retryAfterMs(response.headers.get('retry-after'), now());
    return refusalOf(provider, response.status, after);
  } catch {
    return { kind: 'later', why: `${provider}_unreachable`, retryAfterMs: null, isForAll: true };
  } finally {
    clearTimeout(timer);
  }
}

/** What it means for this question, and for all the others. */
function refusalOf(provider: string, status: number, hintMs: number | null): Answer {
  if (status === 404) return { kind: 'nobody', why: `${provider}_not_found` };
  const later = { kind: 'later', retryAfterMs: hintMs, isForAll: true } as const;
  if (status === 429) return { ...later, why: `${provider}_rate_limited` };
  if (status === 401 || status === 403) return { ...later, why: `${provider}_key_invalid` };
  if (status >= 500) return { ...later, why: `${provider}_unavailable` };
  return { kind: 'nobody', why: `${provider}_refused` };
}
