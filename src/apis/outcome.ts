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

/** The reason in any of Customer.io's three envelopes, without anything that might be personal or secret. */
function detailOf(body: string): string {
  const texts = textsIn(parseJson(body));
  const detail = texts.length === 0 ? 'no reason given' : texts.join('; ');
  return detail
    .replaceAll(/\S+@\S+/g, '[email]')
    .replaceAll(/[\w-]{20,}/g, '[id]')
    .slice(0, DETAIL_LENGTH_MAX);
}

const REASON_KEYS = ['meta', 'error', 'errors', 'detail', 'reason', 'message'];

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    REASON_KEYS.includes(key) ? textsIn(inner) : [],
  );
}
