// Asks Clerk who has an email: exactly one user, and the address verified, or nobody. The official client makes two
// requests of it, the list and the count. https://clerk.com/docs/reference/backend/user/get-user-list

import { createClerkClient } from '@clerk/backend';
import type { User } from '@clerk/backend';
import * as z from 'zod';

import { ANSWER_MS_MAX, refusalOf } from './ask-stripe.ts';
import type { Finding } from './finding.ts';

export type ClerkOptions = { readonly baseUrl: string; readonly key: string };

/** Two are enough to see that it is not one. */
const USERS_MAX = 2;

const Refusal = z.object({
  status: z.number(),
  retryAfter: z.number().positive().optional().catch(undefined),
});

const UNREACHABLE: Finding = {
  kind: 'later',
  why: 'clerk_unreachable',
  retryAfterMs: null,
  isForAll: true,
};

export async function askEmail(email: string, options: ClerkOptions): Promise<Finding> {
  const clerk = createClerkClient({ secretKey: options.key, apiUrl: options.baseUrl });
  try {
    const users = await withinTime(
      clerk.users.getUserList({ emailAddress: [email], limit: USERS_MAX }),
    );
    return users === null ? UNREACHABLE : findingOf(users.data, email);
  } catch (error) {
    const refusal = Refusal.safeParse(error);
    if (!refusal.success) return UNREACHABLE;
    const { status, retryAfter } = refusal.data;
    return refusalOf('clerk', status, retryAfter === undefined ? null : retryAfter * 1000);
  }
}

function findingOf(users: readonly User[], email: string): Finding {
  const [user, other] = users;
  if (user === undefined) return { kind: 'nobody', why: 'email_unknown' };
  if (other !== undefined) return { kind: 'nobody', why: 'email_shared' };
  const isVerified = user.emailAddresses.some(
    (each) =>
      each.emailAddress.toLowerCase() === email.toLowerCase() &&
      each.verification?.status === 'verified',
  );
  if (!isVerified) return { kind: 'nobody', why: 'email_unverified' };
  return { kind: 'person', userId: user.id, source: 'email_lookup' };
}

/** Null when it took too long: the client has no timeout of its own. */
async function withinTime<Value>(promise: Promise<Value>): Promise<Value | null> {
  const { promise: late, resolve } = Promise.withResolvers<null>();
  const timer = setTimeout(() => resolve(null), ANSWER_MS_MAX);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
