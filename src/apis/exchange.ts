// Exchange: one request and what came back, within a time limit. The only place that times a fetch. What the answer
// means is decided elsewhere; nothing here throws.

import type { Platform } from '../platform/platform.ts';
import type { HttpAnswer } from './outcome.ts';

/** For the whole exchange, headers and body: Customer.io's own clients wait as long. */
export const REQUEST_TIMEOUT_MS = 10_000;

/** What a request needs of the platform; a shorter patience for tests. */
export type Net = Pick<Platform, 'fetch' | 'now' | 'after'> & { readonly timeoutMs?: number };

export type HttpRequest = { readonly url: string; readonly init: RequestInit };

/** How much of an answer's body is read, in characters; at 0 it is not even begun. */
export type ReadLimits = { readonly successLengthMax: number; readonly errorLengthMax: number };

/** For a success whose words do not matter: reading on could only lose it. Errors have something to say. */
export const READ_ONLY_ERRORS: ReadLimits = { successLengthMax: 0, errorLengthMax: 64_000 };

export type Exchange =
  | { readonly kind: 'answered'; readonly answer: HttpAnswer }
  /** The status came, and what it said was torn: a success all the same. */
  | { readonly kind: 'torn'; readonly answer: HttpAnswer }
  | { readonly kind: 'timed_out' }
  | { readonly kind: 'unreachable'; readonly error: unknown };

export async function exchange(
  request: HttpRequest,
  limits: ReadLimits,
  net: Net,
): Promise<Exchange> {
  // Not AbortSignal.timeout: a timer left running keeps a Durable Object in memory, and on the bill.
  const patience = new AbortController();
  const { signal } = patience;
  const stopTimer = net.after(net.timeoutMs ?? REQUEST_TIMEOUT_MS, () => patience.abort());
  try {
    const response = await net.fetch(request.url, { ...request.init, signal });
    const { status, headers } = response;
    const lengthMax = response.ok ? limits.successLengthMax : limits.errorLengthMax;
    const body = await textOf(response, lengthMax).catch((error: unknown) => {
      if (response.ok) return null;
      throw error;
    });
    return body === null
      ? { kind: 'torn', answer: { status, headers, body: '' } }
      : { kind: 'answered', answer: { status, headers, body } };
  } catch (error) {
    return signal.aborted ? { kind: 'timed_out' } : { kind: 'unreachable', error };
  } finally {
    stopTimer();
  }
}

async function textOf(response: Response, lengthMax: number): Promise<string> {
  if (response.body === null) return '';
  if (lengthMax === 0) {
    await response.body.cancel();
    return '';
  }
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > lengthMax) break;
  }
  return text;
}
