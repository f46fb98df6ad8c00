// One request to an API that takes a bearer key: Stripe, Clerk and our own admin API. The answer is read by zod;
// nothing throws.

import type * as z from 'zod';

import type { AppAnswer } from '../customerio/app-api.ts';
import { exchange } from '../customerio/exchange.ts';
import type { SendShell } from '../customerio/exchange.ts';
import { outcomeOf } from '../customerio/outcome.ts';

export type BearerRequest<Value> = {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: string;
  readonly token: string;
  readonly schema: z.ZodType<Value>;
  /** Sent as a form, as Stripe wants it, or as JSON. */
  readonly form?: readonly [string, string][];
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
};

export type Answered<Value> = { readonly body: Value; readonly headers: Headers };

const APPETITE = { successBytesMax: 8_000_000, errorBytesMax: 64_000 };

export async function askBearer<Value>(
  request: BearerRequest<Value>,
  shell: SendShell,
): Promise<AppAnswer<Answered<Value>>> {
  let headers = new Headers();
  const listening: SendShell = {
    ...shell,
    fetch: async (url, init) => {
      const response = await shell.fetch(url, init);
      headers = response.headers;
      return response;
    },
  };
  const result = await exchange({ url: request.url, init: initOf(request) }, APPETITE, listening);
  switch (result.kind) {
    case 'timed_out':
    case 'unreachable':
      return { kind: 'retry', reason: result.kind, retryAfterMs: null };
    case 'torn':
      return { kind: 'unreadable' };
    case 'answered': {
      const outcome = outcomeOf(result.answer, shell.now());
      if (outcome.kind !== 'delivered') return outcome;
      const read = request.schema.safeParse(parsed(result.answer.body));
      return read.success
        ? { kind: 'ok', value: { body: read.data, headers } }
        : { kind: 'unreadable' };
    }
  }
}

function initOf({ method, token, form, json, headers }: BearerRequest<unknown>): RequestInit {
  const common = { Authorization: `Bearer ${token}`, 'User-Agent': 'lifecycle-relay', ...headers };
  const base = { method, redirect: 'manual' as const };
  if (form !== undefined) {
    const body = new URLSearchParams([...form]).toString();
    const type = 'application/x-www-form-urlencoded';
    return { ...base, headers: { ...common, 'Content-Type': type }, body };
  }
  if (json !== undefined) {
    const type = 'application/json';
    return { ...base, headers: { ...common, 'Content-Type': type }, body: JSON.stringify(json) };
  }
  return { ...base, headers: common };
}

function parsed(body: string): unknown {
  try {
    return body === '' ? {} : JSON.parse(body);
  } catch {
    return undefined;
  }
}
