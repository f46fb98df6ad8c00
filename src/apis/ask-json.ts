// One request with a bearer key, whose answer is JSON of a known shape: the App API, Stripe, Clerk and our own admin API
// are all asked this way. The answer is read by a schema and comes back as a value; nothing throws.

import { parseJson } from '../platform/json.ts';
import * as v from '../platform/schema.ts';
import { exchange } from './exchange.ts';
import type { HttpRequest, Net } from './exchange.ts';
import { withAnyKey } from './keys.ts';
import { outcomeOf } from './outcome.ts';
import type { HttpAnswer, Outcome } from './outcome.ts';

type BearerRequest = {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: string;
  readonly token: string;
  /** Sent as a form, as Stripe wants it, or as JSON. */
  readonly form?: readonly [string, string][];
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
};

export type JsonRequest<Value> = BearerRequest & {
  readonly schema: v.GenericSchema<unknown, Value>;
};

/** Where an API is, and the key it takes; two while it is rotated (keys.ts). */
export type ApiAt = { readonly baseUrl: string; readonly key: string };

type PathRequest<Value> = Omit<JsonRequest<Value>, 'url' | 'token'> & {
  readonly path: string;
};

export type JsonAnswer<Value> =
  | { readonly kind: 'ok'; readonly value: Value; readonly headers: Headers }
  | Exclude<Failure, { kind: 'rejected' }>
  | Rejected;

export type Failure =
  /** It was done, but the answer broke off or is no JSON (`torn`), or is not what the documentation says. */
  | { readonly kind: 'unreadable'; readonly reason: 'torn' | 'unexpected' }
  | Exclude<Outcome, { kind: 'delivered' }>;

/** `body`: what it says of the refusal, whole; undefined where it is no JSON. */
export type Rejected = Extract<Outcome, { kind: 'rejected' }> & { readonly body: unknown };

/** What asks one API by its paths: the ground of each client. */
export function asking({ baseUrl, key }: ApiAt, net: Net) {
  return <Value>({ path, ...request }: PathRequest<Value>): Promise<JsonAnswer<Value>> =>
    withAnyKey(key, (token) => askJson({ ...request, url: `${baseUrl}${path}`, token }, net));
}

/** A page of 1,000 people is some 200 KB. */
const LIMITS = { successLengthMax: 8_000_000, errorLengthMax: 64_000 };

export async function askJson<Value>(
  request: JsonRequest<Value>,
  net: Net,
): Promise<JsonAnswer<Value>> {
  const result = await exchange(bearerRequest(request), LIMITS, net);
  switch (result.kind) {
    case 'timed_out':
    case 'unreachable':
      return { kind: 'retry', reason: result.kind, retryAfterMs: null };
    case 'torn':
      return { kind: 'unreadable', reason: 'torn' };
    case 'answered': {
      const outcome = outcomeOf(result.answer, net.now());
      if (outcome.kind === 'delivered') return read(request.schema, result.answer);
      return outcome.kind === 'rejected'
        ? { ...outcome, body: parseJson(result.answer.body) }
        : outcome;
    }
  }
}

/** An empty body, as a deletion has it, is no JSON: it is read where the schema takes anything. */
function read<Value>(
  schema: v.GenericSchema<unknown, Value>,
  { body, headers }: HttpAnswer,
): JsonAnswer<Value> {
  const json = parseJson(body);
  const result = v.safeParse(schema, json);
  if (result.success) return { kind: 'ok', value: result.output, headers };
  return { kind: 'unreadable', reason: json === undefined ? 'torn' : 'unexpected' };
}

export function bearerRequest({
  method,
  url,
  token,
  headers,
  ...rest
}: BearerRequest): HttpRequest {
  const { type, body } = contentOf(rest);
  const init = {
    method,
    // A redirect is never followed: it would carry the key to whoever asks.
    redirect: 'manual',
    headers: {
      Authorization: `Bearer ${token}`,
      'User-Agent': 'lifecycle-relay',
      ...(type === null ? {} : { 'Content-Type': type }),
      ...headers,
    },
    ...(body === null ? {} : { body }),
  } satisfies RequestInit;
  return { url, init };
}

function contentOf({ form, json }: Pick<BearerRequest, 'form' | 'json'>) {
  if (form !== undefined) {
    const body = new URLSearchParams([...form]).toString();
    return { type: 'application/x-www-form-urlencoded', body };
  }
  return json === undefined
    ? { type: null, body: null }
    : { type: 'application/json', body: JSON.stringify(json) };
}
