// Clerk's Backend API on loopback: users by id, organizations by theirs, listed and counted, with its authentication, filters and paging.
// https://clerk.com/docs/reference/backend-api/tag/Users

import type { ApiAnswer, ApiCall } from './provider-api.ts';
import { numberIn, startProviderApi } from './provider-api.ts';

/** A user as the API and the webhooks write it. */
type ApiUser = {
  readonly id?: unknown;
  readonly created_at?: unknown;
  readonly email_addresses?: unknown;
} & Record<string, unknown>;

export async function startClerkApi(options: {
  readonly port?: number;
  readonly key: string;
  readonly users?: readonly ApiUser[];
}) {
  let users = [...(options.users ?? [])];
  const server = await startProviderApi({
    ...options,
    error: (code) => ({ errors: [{ code, message: code, long_message: code }] }),
    answer: (call) => answerOf(call, users),
  });
  return {
    ...server,
    set: (next: readonly ApiUser[]) => {
      users = [...next];
    },
  };
}

function answerOf({ path, query }: ApiCall, users: readonly ApiUser[]): ApiAnswer {
  const found = filtered(users, query);
  if (path === '/v1/users') return list(found, query);
  if (path === '/v1/users/count') {
    return { status: 200, body: { object: 'total_count', total_count: found.length } };
  }
  const [, kind, id = ''] = /^\/v1\/(users|organizations)\/([^/]+)$/.exec(path) ?? [];
  const isOfKind = id.startsWith('org_') === (kind === 'organizations');
  const user = isOfKind ? users.find((each) => each.id === id) : undefined;
  return user === undefined ? refused(404, 'resource_not_found') : { status: 200, body: user };
}

/** 10 of them unless asked for more, 500 at most; `starting_after` and an offset exclude each other. */
function list(users: readonly ApiUser[], query: URLSearchParams): ApiAnswer {
  const limit = numberIn(query, 'limit', { min: 1, max: 500, byDefault: 10 });
  const offset = numberIn(query, 'offset', { min: 0, max: Number.MAX_SAFE_INTEGER, byDefault: 0 });
  const after = query.get('starting_after');
  if (limit === null || offset === null || (after !== null && query.has('offset'))) {
    return refused(422, 'form_param_format_invalid');
  }
  const sign = (query.get('order_by') ?? '-created_at').startsWith('-') ? -1 : 1;
  const ordered = users.toSorted(
    (a, b) => sign * (createdAt(a) - createdAt(b)) || (String(a.id) < String(b.id) ? -1 : 1),
  );
  const start = after === null ? offset : ordered.findIndex((user) => user.id === after) + 1;
  return { status: 200, body: ordered.slice(start, start + limit) };
}

/** Any of the addresses, verified or not, exactly as written, apart from case. */
function filtered(users: readonly ApiUser[], query: URLSearchParams): ApiUser[] {
  const wanted = [...query.getAll('email_address'), ...query.getAll('email_address[]')];
  if (wanted.length === 0) return [...users];
  const emails = new Set(wanted.map((email) => email.toLowerCase()));
  return users.filter((user) => emailsOf(user).some((email) => emails.has(email)));
}

function emailsOf(user: ApiUser): string[] {
  const entries = Array.isArray(user.email_addresses) ? user.email_addresses : [];
  return entries.map((entry: { email_address?: unknown }) =>
    String(entry.email_address).toLowerCase(),
  );
}

function createdAt(user: ApiUser): number {
  return typeof user.created_at === 'number' ? user.created_at : 0;
}

function refused(status: number, code: string): ApiAnswer {
  return { status, body: { errors: [{ code, message: code, long_message: code }] } };
}
