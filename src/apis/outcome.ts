// What an HTTP answer means for what was asked. Pure and total: no answer throws.

import { parseJson } from '../platform/json.ts';

/** `rejected` is about what was sent, `refused` about who sent it, or where to: then what was sent may be fine. */
export type Outcome =
  | { readonly kind: 'delivered' }
  | {
      readonly kind: 'retry';
      readonly reason: 'rate_limited' | 'upstream_unavailable' | 'timed_out' | 'unreachable';
      readonly retryAfterMs: number | null;
    }
  | { readonly kind: 'rejected'; readonly status: number; readonly detail: string }
  | {
      readonly kind: 'refused';
      readonly reason: 'credentials_invalid' | 'redirected';
      readonly status: number;
    };

export type HttpAnswer = {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
};

/** Longer than this is taken for a mistake of the other side: a day. */
export const RETRY_AFTER_MS_MAX = 86_400_000;

const DETAIL_LENGTH_MAX = 200;

/** More words do not fit, and none that is longer. */
const DETAIL_WORDS_MAX = DETAIL_LENGTH_MAX;
const WORD_LENGTH_MAX = 1000;

/** `now` in Unix milliseconds, for a `Retry-After` that is a date. */
export function outcomeOf(answer: HttpAnswer, now: number): Outcome {
  const { status } = answer;
  if (status >= 200 && status < 300) return { kind: 'delivered' };
  if (status >= 300 && status < 400) return { kind: 'refused', reason: 'redirected', status };
  if (status === 401 || status === 403) {
    return { kind: 'refused', reason: 'credentials_invalid', status };
  }
  const reason = retryReason(status);
  if (reason === null) return { kind: 'rejected', status, detail: detailOf(answer.body) };
  return {
    kind: 'retry',
    reason,
    retryAfterMs: retryAfterMs(answer.headers.get('retry-after'), now),
  };
}

function retryReason(status: number) {
  if (status === 429) return 'rate_limited';
  if (status === 408) return 'timed_out';
  return status >= 500 ? 'upstream_unavailable' : null;
}

/** Seconds or an HTTP date; anything unreadable, negative or past is no hint. */
export function retryAfterMs(header: string | null, now: number): number | null {
  const text = header?.trim() ?? '';
  if (text === '') return null;
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  return ms > 0 ? Math.min(ms, RETRY_AFTER_MS_MAX) : null;
}

/**
 * The reason in any of Customer.io's three envelopes, without anything that is an address or might be a key. Word by word:
 * an expression that looks for the `@` from every character on took seconds for 63 KB.
 */
function detailOf(body: string): string {
  const texts = textsIn(parseJson(body));
  const detail = texts.length === 0 ? 'no reason given' : texts.join('; ');
  return detail.split(/\s/, DETAIL_WORDS_MAX).map(harmless).join(' ').slice(0, DETAIL_LENGTH_MAX);
}

function harmless(word: string): string {
  if (word.includes('@')) return '[email]';
  return word.slice(0, WORD_LENGTH_MAX).replaceAll(/[\w-]{20,}/g, '[id]');
}

const REASON_KEYS = ['meta', 'error', 'errors', 'detail', 'reason', 'message'];

/** The envelopes are three deep: what is much deeper is no reason, and would be no end. */
const DEPTH_MAX = 8;

function textsIn(value: unknown, depth = 0): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null || depth > DEPTH_MAX) return [];
  const inside = Array.isArray(value)
    ? value
    : Object.entries(value).flatMap(([key, inner]) => (REASON_KEYS.includes(key) ? [inner] : []));
  return inside.flatMap((inner) => textsIn(inner, depth + 1));
}
