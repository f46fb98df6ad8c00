// Clerk's lists of organizations and of who is in them, with its rules of paging: 10 rows unless asked for more, 500 at most, by
// an offset alone, the newest first unless asked otherwise; at most 100 ids a question, and whom nobody knows is left out.
// https://clerk.com/docs/reference/backend-api/tag/Organizations

import type { ApiObject } from './population.ts';
import { numberIn } from './provider-api.ts';
import type { ApiAnswer, ApiCall } from './provider-api.ts';

export type Organizations = {
  readonly organizations?: readonly ApiObject[];
  readonly memberships?: readonly ApiObject[];
};

/** Null: nothing of this is asked. */
export function organizationsAnswer(
  { path, query }: ApiCall,
  { organizations = [], memberships = [] }: Organizations,
): ApiAnswer | null {
  if (path === '/v1/organization_memberships') return page(memberships, query);
  if (path === '/v1/organizations') return organizationPage(query, { organizations, memberships });
  const [, id, isOfMembers] = /^\/v1\/organizations\/([^/]+)(\/memberships)?$/.exec(path) ?? [];
  if (id === undefined) return null;
  const organization = organizations.find((each) => each['id'] === id);
  if (organization === undefined) return refused(404, 'resource_not_found');
  if (isOfMembers === undefined) return { status: 200, body: organization };
  const theirs = memberships.filter((each) => organizationOf(each) === id);
  const roles = query.getAll('role[]');
  return page(
    theirs.filter(({ role }) => roles.length === 0 || roles.includes(String(role))),
    query,
    { name: 'user_id[]', idOf: userOf },
  );
}

function organizationPage(
  query: URLSearchParams,
  { organizations, memberships }: Required<Organizations>,
): ApiAnswer {
  const isCounted = query.get('include_members_count') === 'true';
  const all = organizations.map((each) => {
    const count = memberships.filter((one) => organizationOf(one) === each['id']).length;
    return isCounted ? { ...each, members_count: count } : each;
  });
  return page(all, query, { name: 'organization_id[]', idOf: ({ id }) => String(id) });
}

type Filter = { readonly name: string; readonly idOf: (object: ApiObject) => string };

function page(all: readonly ApiObject[], query: URLSearchParams, filter?: Filter): ApiAnswer {
  const ids = filter === undefined ? [] : query.getAll(filter.name);
  const limit = numberIn(query, 'limit', { min: 1, max: 500, byDefault: 10 });
  const offset = numberIn(query, 'offset', { min: 0, max: Number.MAX_SAFE_INTEGER, byDefault: 0 });
  const [, sign, order] = /^([+-]?)(\w+)$/.exec(query.get('order_by') ?? '-created_at') ?? [];
  const isRefused = limit === null || offset === null || order !== 'created_at';
  if (isRefused || ids.length > 100 || query.has('starting_after')) {
    return refused(422, 'form_param_format_invalid');
  }
  const wanted = all.filter((each) => ids.length === 0 || ids.includes(filter?.idOf(each) ?? ''));
  const oldestFirst = wanted.toSorted((a, b) => Number(a['created_at']) - Number(b['created_at']));
  const ordered = sign === '-' ? oldestFirst.toReversed() : oldestFirst;
  return {
    status: 200,
    body: { data: ordered.slice(offset, offset + limit), total_count: wanted.length },
  };
}

function organizationOf({ organization }: ApiObject): unknown {
  return (organization as ApiObject | undefined)?.['id'];
}

function userOf({ public_user_data: user }: ApiObject): string {
  return String((user as ApiObject | undefined)?.['user_id']);
}

function refused(status: number, code: string): ApiAnswer {
  return { status, body: { errors: [{ code, message: code, long_message: code }] } };
}
