// Clerk's Backend API, as little of it as is needed. Not through the official client: it makes two requests of one list,
// and 41 kB gzip of it do not tree-shake. No answer throws. https://clerk.com/docs/reference/backend-api/tag/Users

import * as v from '../platform/schema.ts';
import { asking } from './ask-json.ts';
import type { ApiAt } from './ask-json.ts';
import type { Net } from './exchange.ts';

const User = v.object({
  id: v.pipe(v.string(), v.minLength(1)),
  email_addresses: v.array(
    v.object({
      email_address: v.string(),
      verification: v.fallback(v.nullable(v.object({ status: v.string() })), null),
    }),
  ),
});
export type ClerkUser = v.InferOutput<typeof User>;

const Users = v.array(User);
const Named = v.object({ id: v.string() });
const UserIds = v.array(Named);

export function clerkApi(at: ApiAt, net: Net) {
  const ask = asking(at, net);
  const usersAt = (query: Readonly<Record<string, string>>) =>
    `/v1/users?${new URLSearchParams(query).toString()}`;
  return {
    user: (id: string) =>
      ask({ method: 'GET', path: `/v1/users/${encodeURIComponent(id)}`, schema: User }),
    organization: (id: string) =>
      ask({ method: 'GET', path: `/v1/organizations/${encodeURIComponent(id)}`, schema: Named }),
    /** Whoever has the address, verified or not. */
    usersByEmail(email: string, limit: number) {
      const path = usersAt({ email_address: email, limit: String(limit) });
      return ask({ method: 'GET', path, schema: Users });
    },
    /** The newest users, by their ids alone. */
    userIds: (limit: number) =>
      ask({ method: 'GET', path: usersAt({ limit: String(limit) }), schema: UserIds }),
  };
}
