// Clerk's and Stripe's lists over a population, with the vendors' rules of paging: Clerk's cursor works by creation alone and
// excludes an offset, Stripe shows the newest first and hides what was canceled unless it is asked for all.
// https://clerk.com/docs/reference/backend-api/tag/Users  https://docs.stripe.com/api/pagination

import { organizationsAnswer } from './clerk-organizations.ts';
import type { Organizations } from './clerk-organizations.ts';
import { sourceOf } from './held-population.ts';
import type { ApiObject, Population, Source } from './population.ts';
import { numberIn, startProviderApi } from './provider-api.ts';
import type { ApiAnswer, ApiCall } from './provider-api.ts';

type Options = {
  readonly key: string;
  readonly population: Population;
  /** What happens just before an answer. */
  readonly before?: (call: ApiCall) => void;
};

export type History = Organizations & {
  /** Clerk Billing's items, the newest first. */
  readonly items?: readonly ApiObject[];
  /** Stripe's events, the oldest first. */
  readonly events?: readonly ApiObject[];
};

export function startClerkHistory(
  { key, population, before }: Options,
  history: () => History = () => ({}),
) {
  return startProviderApi({
    key,
    before: before ?? null,
    error: clerkError,
    answer: (call) => clerkAnswer(call, population, history()),
  });
}

export function startStripeHistory(
  { key, population, before }: Options,
  history: () => History = () => ({}),
) {
  return startProviderApi({
    key,
    before: before ?? null,
    error: stripeError,
    answer: (call) => stripeAnswer(call, population, history()),
  });
}

export function clerkError(code: string) {
  return { errors: [{ code, message: code, long_message: code }] };
}

export function stripeError(code: string) {
  return {
    error: { type: code === 'api_error' ? code : 'invalid_request_error', code, message: code },
  };
}

type Users = Pick<Population, 'users' | 'changedUsers' | 'hasChanged' | 'removedCount'>;

export function clerkAnswer(call: ApiCall, population: Users, history: History): ApiAnswer {
  const { path, query } = call;
  const { users } = population;
  const { items = [] } = history;
  const ofOrganizations = organizationsAnswer(call, history);
  if (ofOrganizations !== null) return ofOrganizations;
  const email = query.get('email_address');
  if (path === '/v1/users' && email !== null) {
    return { status: 200, body: allFrom(users, 0, 500, isKnownBy(email)) };
  }
  if (path === '/v1/users') return userPage(query, population);
  // As its webhooks say (src/samples).
  if (path === '/v1/instance') return { status: 200, body: { object: 'instance', id: 'ins_1' } };
  if (path === '/v1/users/count') {
    const since = Number(query.get('last_active_at_after') ?? 0);
    const total =
      since === 0
        ? users.size() - population.removedCount()
        : allFrom(users, 0, Infinity, isActive(since)).length;
    return { status: 200, body: { object: 'total_count', total_count: total } };
  }
  const [, id] = /^\/v1\/users\/([^/]+)$/.exec(path) ?? [];
  if (id !== undefined) {
    const user = users.at(users.indexOf(id));
    return user === null ? refusedByClerk(404, 'resource_not_found') : { status: 200, body: user };
  }
  if (path === '/v1/billing/subscription_items') {
    const limit = numberIn(query, 'limit', { min: 1, max: 500, byDefault: 10 }) ?? 10;
    const offset = Number(query.get('offset') ?? 0);
    return {
      status: 200,
      body: { data: items.slice(offset, offset + limit), total_count: items.length },
    };
  }
  return refusedByClerk(404, 'resource_not_found');
}

function userPage(query: URLSearchParams, population: Users): ApiAnswer {
  const { users } = population;
  const ids = query.getAll('user_id[]');
  if (ids.length > 100) return refusedByClerk(422, 'form_param_value_too_large');
  if (ids.length > 0) {
    const found = ids.map((id) => users.at(users.indexOf(id))).filter((user) => user !== null);
    return { status: 200, body: found.slice(0, Number(query.get('limit') ?? 10)) };
  }
  const limit = numberIn(query, 'limit', { min: 1, max: 500, byDefault: 10 });
  const after = query.get('starting_after');
  const order = query.get('order_by') ?? '-created_at';
  const isBoth =
    after !== null && (Number(query.get('offset') ?? 0) > 0 || !order.endsWith('created_at'));
  if (limit === null || isBoth) return refusedByClerk(422, 'form_param_format_invalid');
  if (order === '-updated_at') return byChange(query, population, limit);
  if (after !== null && users.indexOf(after) < 0) return refusedByClerk(404, 'resource_not_found');
  const since = Number(query.get('created_at_after') ?? -1);
  const start = Math.max(after === null ? 0 : users.indexOf(after) + 1, firstAfter(users, since));
  const isWanted = isActive(Number(query.get('last_active_at_after') ?? 0));
  return { status: 200, body: allFrom(users, start, limit, isWanted) };
}

function byChange(query: URLSearchParams, population: Users, limit: number): ApiAnswer {
  const { users } = population;
  const offset = Number(query.get('offset') ?? 0);
  const changed = population.changedUsers();
  const order = (place: number) => changed[place] ?? null;
  const body: ApiObject[] = [];
  for (let place = offset; body.length < limit && place < changed.length; place += 1) {
    const user = users.at(order(place) ?? -1);
    if (user !== null) body.push(user);
  }
  let place = changed.length;
  for (let index = users.size() - 1; index >= 0 && body.length < limit; index -= 1) {
    const user = population.hasChanged(index) ? null : users.at(index);
    if (user === null) continue;
    if (place >= offset) body.push(user);
    place += 1;
  }
  return { status: 200, body };
}

function isActive(since: number) {
  return (user: ApiObject) => Number(user['last_active_at']) > since;
}

/** Any of their addresses, apart from case. */
function isKnownBy(email: string) {
  return ({ email_addresses: all }: ApiObject) =>
    Array.isArray(all) &&
    all.some((each: { email_address?: unknown }) => {
      return String(each.email_address).toLowerCase() === email.toLowerCase();
    });
}

function allFrom(
  source: Source,
  start: number,
  limit: number,
  isWanted: (object: ApiObject) => boolean,
): ApiObject[] {
  const found: ApiObject[] = [];
  for (let index = start; index < source.size() && found.length < limit; index += 1) {
    const object = source.at(index);
    if (object !== null && isWanted(object)) found.push(object);
  }
  return found;
}

/** The first that was made after `at`. */
function firstAfter(source: Source, at: number): number {
  let [low, high] = [0, source.size()];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (source.createdAt(middle) > at) high = middle;
    else low = middle + 1;
  }
  return low;
}

export function stripeAnswer(
  { path, query }: ApiCall,
  population: Pick<Population, 'subscriptions' | 'invoices'>,
  { events = [] }: History,
): ApiAnswer {
  if (path === '/v1/subscriptions') {
    const isAll = query.get('status') === 'all';
    return stripePage(
      path,
      query,
      population.subscriptions,
      (one) => isAll || one['status'] !== 'canceled',
    );
  }
  if (path === '/v1/invoices') {
    const status = query.get('status');
    return stripePage(
      path,
      query,
      population.invoices,
      (one) => status === null || one['status'] === status,
    );
  }
  if (path === '/v1/events') {
    return stripePage(path, query, sourceOf(events, 'created'), () => true);
  }
  return { status: 404, body: stripeError('resource_missing') };
}

/** The newest first, within the time that was asked for. */
function stripePage(
  path: string,
  query: URLSearchParams,
  source: Source,
  isWanted: (object: ApiObject) => boolean,
): ApiAnswer {
  const limit = numberIn(query, 'limit', { min: 1, max: 100, byDefault: 10 });
  if (limit === null) return { status: 400, body: stripeError('parameter_invalid_integer') };
  const after = query.get('starting_after');
  const behind = after === null ? source.size() : source.indexOf(after);
  if (behind < 0) return { status: 400, body: stripeError('resource_missing') };
  const from = firstAfter(source, Number(query.get('created[gte]') ?? 0) - 1);
  const to = firstAfter(source, Number(query.get('created[lt]') ?? Infinity) - 1);
  const data: ApiObject[] = [];
  let index = Math.min(to, behind) - 1;
  for (; index >= from && data.length < limit; index -= 1) {
    const object = source.at(index);
    if (object !== null && isWanted(object)) data.push(object);
  }
  let hasMore = false;
  for (; index >= from && !hasMore; index -= 1) {
    const object = source.at(index);
    hasMore = object !== null && isWanted(object);
  }
  return { status: 200, body: { object: 'list', url: path, has_more: hasMore, data } };
}

function refusedByClerk(status: number, code: string): ApiAnswer {
  return { status, body: clerkError(code) };
}
