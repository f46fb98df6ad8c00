// Clerk's Backend API, as little of it as is needed. Not through the official client: it makes two requests of one list,
// and 41 kB gzip of it do not tree-shake. No answer throws. https://clerk.com/docs/reference/backend-api/tag/Users

import * as v from '../platform/schema.ts';
import { asking } from './ask-json.ts';
import type { ApiAt } from './ask-json.ts';
import type { Net } from './exchange.ts';

const User = v.object({
  id: v.filled(),
  email_addresses: v.array(
    v.object({
      email_address: v.string(),
      verification: v.orNull(v.object({ status: v.string() })),
    }),
  ),
});
export type ClerkUser = v.InferOutput<typeof User>;

const text = v.orNull(v.string());
const time = v.orNull(v.number());

/** Times in Unix milliseconds. */
const Organization = v.object({
  id: v.filled(),
  name: text,
  slug: text,
  created_by: text,
  created_at: time,
  updated_at: time,
});
export type ClerkOrganization = v.InferOutput<typeof Organization>;

const Memberships = v.object({
  data: v.array(
    v.object({
      id: v.string(),
      role: text,
      created_at: time,
      updated_at: time,
      public_user_data: v.object({ user_id: v.string() }),
    }),
  ),
});
export type ClerkMembership = v.InferOutput<typeof Memberships>['data'][number];

const Users = v.array(User);

const PAGE_MAX = 500;

function organizationAt(id: string): string {
  return `/v1/organizations/${encodeURIComponent(id)}`;
}

export function clerkApi(at: ApiAt, net: Net) {
  const ask = asking(at, net);
  return {
    user: (id: string) =>
      ask({ method: 'GET', path: `/v1/users/${encodeURIComponent(id)}`, schema: User }),
    organization: (id: string) =>
      ask({ method: 'GET', path: organizationAt(id), schema: Organization }),
    /** Who is in it with one of these roles, or of these users; of very many the newest. */
    membersWith(id: string, [filter, values]: readonly [string, readonly string[]]) {
      const query = new URLSearchParams({ limit: String(PAGE_MAX) });
      for (const value of values) query.append(filter, value);
      const path = `${organizationAt(id)}/memberships?${query.toString()}`;
      return ask({ method: 'GET', path, schema: Memberships });
    },
    /** Whoever has the address, verified or not. */
    usersByEmail(email: string, limit: number) {
      const query = new URLSearchParams({ email_address: email, limit: String(limit) });
      return ask({ method: 'GET', path: `/v1/users?${query.toString()}`, schema: Users });
    },
  };
}
