// Asks whose a customer is: first Stripe, by what the customer's metadata says; then, where the configuration allows it,
// Clerk by the customer's email. Never on a webhook's path. Whatever a provider answers has a meaning here; nothing throws.

import type { Failure } from '../apis/ask-json.ts';
import { clerkApi } from '../apis/clerk.ts';
import type { ClerkUser } from '../apis/clerk.ts';
import type { Net } from '../apis/exchange.ts';
import { stripeApi } from '../apis/stripe.ts';
import type { Config } from '../config/config.ts';
import { ownerIn } from '../person/owner.ts';

/** What a look-up came to. */
export type Answer =
  | { readonly kind: 'person'; readonly userId: string; readonly source: string }
  /** The charge's customer. */
  | { readonly kind: 'customer'; readonly customerId: string }
  /** Answered, and no person was found. `why` is a reason code for the operator. */
  | { readonly kind: 'nobody'; readonly why: string }
  /** Not answered. `isForAll`: the provider would answer no other question now either. */
  | {
      readonly kind: 'later';
      readonly why: string;
      readonly retryAfterMs: number | null;
      readonly isForAll: boolean;
    };

/** Whose is this customer, or which customer's is this charge? */
export type LookUp = (key: string) => Promise<Answer>;

/** Two are enough to see that it is not one. */
const USERS_MAX = 2;

/** Null without a Stripe key: everything begins with the customer. */
export function lookUpWith({ lookups, read }: Config, net: Net): LookUp | null {
  const stripeKey = lookups.stripe.key;
  const clerkKey = lookups.byEmail ? lookups.clerk.key : null;
  if (stripeKey === null) return null;
  const stripe = stripeApi({ ...lookups.stripe, key: stripeKey }, net);
  const clerk = clerkKey === null ? null : clerkApi({ ...lookups.clerk, key: clerkKey }, net);

  async function ofCharge(chargeId: string): Promise<Answer> {
    const charge = await stripe.charge(chargeId);
    if (charge.kind !== 'ok') return unanswered('stripe', charge);
    const { customer } = charge.value;
    return customer === null
      ? nobody('charge_without_customer')
      : { kind: 'customer', customerId: customer };
  }

  async function ofCustomer(customerId: string): Promise<Answer> {
    const customer = await stripe.customer(customerId);
    if (customer.kind !== 'ok') return unanswered('stripe', customer);
    const { email, metadata } = customer.value;
    const owner = ownerIn(metadata, read.linkKeys);
    if (owner.kind === 'person') {
      return { kind: 'person', userId: owner.userId, source: 'customer_lookup' };
    }
    if (owner.kind === 'organization') return nobody('organization_pays');
    return email === null || clerk === null ? nobody('customer_without_id') : ofEmail(clerk, email);
  }

  return (key) => (isCharge(key) ? ofCharge(key) : ofCustomer(key));
}

/** Exactly one user, and the address verified, or nobody. */
async function ofEmail(clerk: ReturnType<typeof clerkApi>, email: string): Promise<Answer> {
  const users = await clerk.usersByEmail(email, USERS_MAX);
  if (users.kind !== 'ok') return unanswered('clerk', users);
  const [user, other] = users.value;
  if (user === undefined) return nobody('email_unknown');
  if (other !== undefined) return nobody('email_shared');
  return hasVerified(user, email)
    ? { kind: 'person', userId: user.id, source: 'email_lookup' }
    : nobody('email_unverified');
}

function hasVerified(user: ClerkUser, email: string): boolean {
  return user.email_addresses.some(
    (each) =>
      each.email_address.toLowerCase() === email.toLowerCase() &&
      each.verification?.status === 'verified',
  );
}

/** What waits is a customer's, or a charge's (`ch_...`, and `py_...` for methods other than cards). */
function isCharge(key: string): boolean {
  return /^(ch|py)_/.test(key);
}

function nobody(why: string): Answer {
  return { kind: 'nobody', why };
}

/** What any answer but a success means for this question, and for all the others. */
function unanswered(provider: 'stripe' | 'clerk', answer: Failure): Answer {
  const later = (reason: string, retryAfterMs: number | null = null) =>
    ({ kind: 'later', why: `${provider}_${reason}`, retryAfterMs, isForAll: true }) as const;
  switch (answer.kind) {
    case 'unreadable':
      return answer.reason === 'torn' ? later('unreachable') : nobody('answer_unexpected');
    case 'rejected':
      return nobody(`${provider}_${answer.status === 404 ? 'not_found' : 'refused'}`);
    case 'refused':
      return answer.reason === 'redirected' ? nobody(`${provider}_refused`) : later('key_invalid');
    case 'retry':
      return later(REASONS[answer.reason], answer.retryAfterMs);
  }
}

const REASONS = {
  rate_limited: 'rate_limited',
  upstream_unavailable: 'unavailable',
  timed_out: 'unreachable',
  unreachable: 'unreachable',
} as const;
