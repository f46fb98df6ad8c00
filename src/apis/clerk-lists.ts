// Clerk's lists, page by page, as they come: what an object is, its provider's reader says. No answer throws.
// https://clerk.com/docs/reference/backend-api

import * as v from '../platform/schema.ts';
import { asking } from './ask-json.ts';
import type { ApiAt } from './ask-json.ts';
import type { Net } from './exchange.ts';

const objects = v.array(v.record(v.unknown()));
const Counted = v.object({ data: objects, total_count: v.number() });
const Total = v.object({ total_count: v.number() });
const Instance = v.object({ id: v.string() });

/** The most a page may have. */
export const CLERK_PAGE_MAX = 500;

/** Which users; times in Unix milliseconds. `ids`: at most 100, whom nobody knows is left out. */
type UserFilter = {
  readonly activeSince?: number | undefined;
  readonly createdSince?: number | undefined;
  readonly ids?: readonly string[];
};

/** Their pages know no cursor. */
type Rows = { readonly limit: number; readonly offset: number };

type UserPage = UserFilter & {
  readonly limit?: number;
  readonly orderBy?: '+created_at' | '-updated_at';
  /** The id of the last user of the page before; only by `created_at`. */
  readonly after?: string;
  readonly offset?: number;
};

export function clerkLists(at: ApiAt, net: Net) {
  const ask = asking(at, net);
  return {
    users: (page: UserPage) =>
      ask({ method: 'GET', path: `/v1/users?${usersQuery(page)}`, schema: objects }),
    countUsers: (filter: UserFilter) =>
      ask({ method: 'GET', path: `/v1/users/count?${usersQuery(filter)}`, schema: Total }),
    /** Whose key it is. https://clerk.com/docs/reference/backend-api/tag/Instance-Settings */
    instance: () => ask({ method: 'GET', path: '/v1/instance', schema: Instance }),
    /** Of users and organizations, the newest first. */
    items: (page: Rows) => counted('billing/subscription_items', { ...page, paginated: true }),
    /** The oldest first, as the next. */
    organizations: (page: Rows) =>
      counted('organizations', { ...page, ...OLDEST_FIRST, include_members_count: true }),
    /** Of all organizations. */
    memberships: (page: Rows) => counted('organization_memberships', { ...page, ...OLDEST_FIRST }),
    /** Which of these, at most 100, there are. */
    organizationsOf: (ids: readonly string[]) =>
      counted('organizations', { limit: CLERK_PAGE_MAX }, ['organization_id[]', ids]),
    /** Which of these users, at most 100, are in the organization. */
    membersOf: (id: string, userIds: readonly string[]) =>
      counted(`organizations/${encodeURIComponent(id)}/memberships`, { limit: CLERK_PAGE_MAX }, [
        'user_id[]',
        userIds,
      ]),
  };

  function counted(
    name: string,
    page: Readonly<Record<string, string | number | boolean>>,
    [filter, values]: readonly [string, readonly string[]] = ['', []],
  ) {
    const query = new URLSearchParams();
    for (const [key, value] of Object.entries(page)) query.set(key, String(value));
    for (const value of values) query.append(filter, value);
    return ask({ method: 'GET', path: `/v1/${name}?${query.toString()}`, schema: Counted });
  }
}

/** Who is made meanwhile comes at the end. */
const OLDEST_FIRST = { order_by: '+created_at' };

function usersQuery(page: UserPage): string {
  const { activeSince, createdSince, ids = [], limit, orderBy, after, offset } = page;
  const values = {
    limit,
    order_by: orderBy,
    starting_after: after,
    offset,
    last_active_at_after: activeSince,
    created_at_after: createdSince,
  };
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined) query.set(name, String(value));
  }
  for (const id of ids) query.append('user_id[]', id);
  return query.toString();
}
