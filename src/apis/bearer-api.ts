// One request to an API that takes a bearer key: Stripe, Clerk and our own admin API. The answer is read by zod;
// nothing throws.

import type * as z from 'zod';

import { askJson } from '../customerio/app-api.ts';
import type { AppAnswer } from '../customerio/app-api.ts';
import type { SendShell } from './exchange.ts';

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
  const answer = await askJson(
    { url: request.url, init: initOf(request) },
    request.schema,
    listening,
  );
  return answer.kind === 'ok' ? { kind: 'ok', value: { body: answer.value, headers } } : answer;
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
