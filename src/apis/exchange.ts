// Exchange: one request and what came back, within a time limit. The only place that fetches from Customer.io. What
// the answer means is decided elsewhere; nothing here throws.

import type { Answer } from './outcome.ts';

/** For the whole exchange, headers and body: Customer.io's own clients wait as long. */
export const REQUEST_TIMEOUT_MS = 10_000;

/** The world outside: a fetch, a clock in Unix milliseconds and a timer; a shorter patience for tests. */
export type SendShell = {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly now: () => number;
  /** Runs something later, unless the function it returns is called first. */
  readonly after: (ms: number, run: () => void) => () => void;
  readonly timeoutMs?: number;
};

/** How much of an answer is read: nothing of a success whose words do not matter. */
export type Appetite = { readonly successBytesMax: number; readonly errorBytesMax: number };

export type Exchange =
  | { readonly kind: 'answered'; readonly answer: Answer }
  /** The status came, and what it said was torn: a success all the same. */
  | { readonly kind: 'torn'; readonly answer: Answer }
  | { readonly kind: 'timed_out' }
  | { readonly kind: 'unreachable'; readonly error: unknown };

export async function exchange(
  request: { readonly url: string; readonly init: RequestInit },
  appetite: Appetite,
  shell: SendShell,
): Promise<Exchange> {
  // Not AbortSignal.timeout: a timer left running keeps a Durable Object in memory, and on the bill.
  const patience = new AbortController();
  const { signal } = patience;
  const stopTimer = shell.after(shell.timeoutMs ?? REQUEST_TIMEOUT_MS, () => patience.abort());
  try {
    const response = await shell.fetch(request.url, { ...request.init, signal });
    const { status, headers } = response;
    const head = { status, retryAfter: headers.get('retry-after') };
    const bytesMax = response.ok ? appetite.successBytesMax : appetite.errorBytesMax;
    const body = await textOf(response, bytesMax).catch((error: unknown) => {
      if (response.ok) return null;
      throw error;
    });
    return body === null
      ? { kind: 'torn', answer: { ...head, body: '' } }
      : { kind: 'answered', answer: { ...head, body } };
  } catch (error) {
    return signal.aborted ? { kind: 'timed_out' } : { kind: 'unreachable', error };
  } finally {
    stopTimer();
  }
}

async function textOf(response: Response, bytesMax: number): Promise<string> {
  if (response.body === null) return '';
  if (bytesMax === 0) {
    await response.body.cancel();
    return '';
  }
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > bytesMax) break;
  }
  return text;
}
