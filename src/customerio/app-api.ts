// The App API: mails, people and segments, one function each. Answers are read by zod and come back as values; no
// answer throws. `fetch` comes in, so the Worker and the command line share this.
// https://docs.customer.io/integrations/api/app/

import * as z from 'zod';

import { exchange } from '../apis/exchange.ts';
import type { SendShell } from '../apis/exchange.ts';
import { outcomeOf } from '../apis/outcome.ts';
import type { Outcome } from '../apis/outcome.ts';

export type AppOptions = { readonly baseUrl: string; readonly token: string };

export type Failure = Exclude<Outcome, { kind: 'delivered' }>;

/** `unreadable`: it was done, but the answer is not what the documentation says, or broke off. */
export type AppAnswer<Value> =
  | { readonly kind: 'ok'; readonly value: Value }
  | { readonly kind: 'unreadable' }
  | Failure;

export type AppRequest<Value> = {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  readonly schema: z.ZodType<Value>;
};

/** A page of 1,000 people is some 200 KB. */
const APPETITE = { successBytesMax: 8_000_000, errorBytesMax: 64_000 };

export const PEOPLE_PER_PAGE_MAX = 1000;

const text = z
  .union([z.string(), z.number().transform(String)])
  .nullish()
  .transform((value) => value ?? null);

const PersonId = z.object({ id: text, email: text, cio_id: text });
export type PersonId = z.infer<typeof PersonId>;

/** The list is called `identifiers` today, and `results` in older material. */
const PeoplePage = z
  .object({
    identifiers: z.array(PersonId).optional(),
    results: z.array(PersonId).optional(),
    next: text,
  })
  .transform(({ identifiers, results, next }) => ({
    people: identifiers ?? results ?? [],
    next: next === '' ? null : next,
  }));

const PersonDetails = z
  .object({
    customer: z.object({
      id: text,
      attributes: z.record(z.string(), z.unknown()).default({}),
      unsubscribed: z.boolean().default(false),
    }),
  })
  .transform(({ customer }) => customer);
export type PersonDetails = z.infer<typeof PersonDetails>;

const Segments = z
  .object({
    segments: z.array(
      z.object({ id: z.number(), name: z.string(), type: text, state: text, description: text }),
    ),
  })
  .transform(({ segments }) => segments);
export type Segment = z.infer<typeof Segments>[number];

const Anything = z.unknown();

export type PeopleQuery = {
  readonly filter: unknown;
  readonly start: string | null;
  readonly limit: number;
};

export function appApi(options: AppOptions, shell: SendShell) {
  const ask = <Value>(request: AppRequest<Value>) => askApp(request, options, shell);
  return {
    /** One page; the next one starts at `next`. */
    searchPeople: ({ filter, start, limit }: PeopleQuery) =>
      ask({
        method: 'POST',
        path: `/customers?limit=${limit}${start === null ? '' : `&start=${encodeURIComponent(start)}`}`,
        body: { filter },
        schema: PeoplePage,
      }),
    person: (id: string) =>
      ask({
        method: 'GET',
        path: `/customers/${encodeURIComponent(id)}/attributes?id_type=id`,
        schema: PersonDetails,
      }),
    /** Asked for, but not in the published API: it may answer 404 or 405. */
    deletePerson: (id: string) =>
      ask({ method: 'DELETE', path: `/customers/${encodeURIComponent(id)}`, schema: Anything }),
    segments: () => ask({ method: 'GET', path: '/segments', schema: Segments }),
  };
}

export function askApp<Value>(
  request: AppRequest<Value>,
  options: AppOptions,
  shell: SendShell,
): Promise<AppAnswer<Value>> {
  return askJson(requestOf(request, options), request.schema, shell);
}

/** One exchange whose answer is JSON of a known shape. */
export async function askJson<Value>(
  request: { readonly url: string; readonly init: RequestInit },
  schema: z.ZodType<Value>,
  shell: SendShell,
): Promise<AppAnswer<Value>> {
  const result = await exchange(request, APPETITE, shell);
  switch (result.kind) {
    case 'timed_out':
    case 'unreachable':
      return { kind: 'retry', reason: result.kind, retryAfterMs: null };
    case 'torn':
      return { kind: 'unreadable' };
    case 'answered': {
      const outcome = outcomeOf(result.answer, shell.now());
      return outcome.kind === 'delivered' ? read(schema, result.answer.body) : outcome;
    }
  }
}

export function requestOf(
  { method, path, body }: Pick<AppRequest<unknown>, 'method' | 'path' | 'body'>,
  { baseUrl, token }: AppOptions,
) {
  return {
    url: `${baseUrl}${path}`,
    init: {
      method,
      // A redirect is never followed: it would carry the credentials to whoever asks.
      redirect: 'manual',
      headers: {
        Authorization: `Bearer ${token}`,
        'Content-Type': 'application/json',
        'User-Agent': 'lifecycle-relay',
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    },
  } satisfies { url: string; init: RequestInit };
}

function read<Value>(schema: z.ZodType<Value>, body: string): AppAnswer<Value> {
  const result = schema.safeParse(parsed(body));
  return result.success ? { kind: 'ok', value: result.data } : { kind: 'unreadable' };
}

/** An empty body is what a deletion answers. */
function parsed(body: string): unknown {
  try {
    return body === '' ? {} : JSON.parse(body);
  } catch {
    return undefined;
  }
}
