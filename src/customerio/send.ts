// Send: one request, one outcome. The only place that fetches from Customer.io.

import type { Message } from '../person/message.ts';
import { outcomeOf } from './outcome.ts';
import type { Outcome } from './outcome.ts';
import { pipelinesRequest } from './pipelines-request.ts';
import type { PipelinesOptions } from './pipelines-request.ts';

/** For the whole exchange, headers and body: Customer.io's own clients wait as long. */
export const REQUEST_TIMEOUT_MS = 10_000;

/** More of an answer is never read: only errors have anything to say. */
const ANSWER_BYTES_MAX = 64_000;

/** The world outside: the platform's fetch, a clock in Unix milliseconds and a timer; a shorter patience for tests. */
export type SendShell = {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly now: () => number;
  /** Runs something later, unless the function it returns is called first. */
  readonly after: (ms: number, run: () => void) => () => void;
  readonly timeoutMs?: number;
};

export async function sendMessages(
  messages: readonly Message[],
  options: PipelinesOptions,
  shell: SendShell,
): Promise<Outcome> {
  const { url, init } = pipelinesRequest(messages, options);
  // Not AbortSignal.timeout: a timer left running keeps a Durable Object in memory, and on the bill.
  const patience = new AbortController();
  const { signal } = patience;
  const stopTimer = shell.after(shell.timeoutMs ?? REQUEST_TIMEOUT_MS, () => patience.abort());
  try {
    const response = await shell.fetch(url, { ...init, signal });
    const { status, headers } = response;
    // A success is a success whatever else it says; reading on could only lose it.
    const body = response.ok ? await drop(response) : await textOf(response);
    return outcomeOf({ status, retryAfter: headers.get('retry-after'), body }, shell.now());
  } catch {
    const reason = signal.aborted ? 'timed_out' : 'unreachable';
    return { kind: 'retry', reason, retryAfterMs: null };
  } finally {
    stopTimer();
  }
}

async function drop(response: Response): Promise<string> {
  await response.body?.cancel();
  return '';
}

async function textOf(response: Response): Promise<string> {
  if (response.body === null) return '';
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > ANSWER_BYTES_MAX) break;
  }
  return text;
}
