// Asks Clerk who has an email: exactly one user, and the address verified, or nobody. Not through the official client:
// it makes two requests of it, and 41 kB gzip of it do not tree-shake.
// https://clerk.com/docs/reference/backend-api/tag/Users

import * as z from 'zod';

import type { Answer } from './answer.ts';
import { askProvider } from './ask-provider.ts';
import type { ProviderOptions } from './ask-provider.ts';

/** Two are enough to see that it is not one. */
const USERS_MAX = 2;

const Users = z.array(
  z.object({
    id: z.string().min(1),
    email_addresses: z.array(
      z.object({
        email_address: z.string(),
        verification: z.object({ status: z.string() }).nullable().catch(null),
      }),
    ),
  }),
);

type User = z.infer<typeof Users>[number];

export async function askEmail(email: string, options: ProviderOptions): Promise<Answer> {
  const query = new URLSearchParams({ email_address: email, limit: String(USERS_MAX) });
  const answer = await askProvider(`users?${query.toString()}`, options);
  if (answer.kind !== 'object') return answer;
  const users = Users.safeParse(answer.object);
  if (!users.success) return { kind: 'nobody', why: 'answer_unexpected' };
  const [user, other] = users.data;
  if (user === undefined) return { kind: 'nobody', why: 'email_unknown' };
  if (other !== undefined) return { kind: 'nobody', why: 'email_shared' };
  if (!hasVerified(user, email)) return { kind: 'nobody', why: 'email_unverified' };
  return { kind: 'person', userId: user.id, source: 'email_lookup' };
}

function hasVerified(user: User, email: string): boolean {
  return user.email_addresses.some(
    (each) =>
      each.email_address.toLowerCase() === email.toLowerCase() &&
      each.verification?.status === 'verified',
  );
}
