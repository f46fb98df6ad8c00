// Asks whose a customer is: first Stripe, by what the customer's metadata says; then, where the configuration allows it,
// Clerk by the customer's email. Never on a webhook's path. Whatever a provider answers has a meaning here; nothing throws.

import type { Failure } from '../apis/ask-json.ts';
import { clerkApi } from '../apis/clerk.ts';
import type { ClerkUser } from '../apis/clerk.ts';
import type { Net } from '../apis/exchange.ts';
import { stripeApi } from '../apis/stripe.ts';
import type { Config } from '../config/config.ts';
import { emailMark } from '../person/email-mark.ts';
import { almostIn, isOrganization, ownerIn, subjectIn } from '../person/owner.ts';

export type FoundPerson = {
  readonly kind: 'person';
  readonly userId: string;
  readonly source: string;
  /** The id stands in metadata. */
  readonly isNamed?: true;
  /** By an email that the customer may have typed: it has to be confirmed. */
  readonly typed?: { readonly email: null };
};

/** What a look-up came to. */
export type Answer =
  | FoundPerson
  /** The charge's customer. */
  | { readonly kind: 'customer'; readonly customerId: string }
  /** Answered, and no person was found. `why` is a reason code for the operator. */
  | {
      readonly kind: 'nobody';
      readonly why: string;
      /** The customer's metadata has a name that may be some user's external id. */
      readonly externalId?: string;
    }
  /** Not answered. `isForAll`: the provider would answer no other question now either. */
  | {
      readonly kind: 'later';
      readonly why: string;
      readonly retryAfterMs: number | null;
      readonly isForAll: boolean;
    };

/** Whose is this customer, or which customer's is this charge? */
export type LookUp = (key: string) => Promise<Answer>;

/** Is there such a user, and which emails have they verified, as marks? Or such an organization, which has none. */
export type UserAnswer =
  | { readonly kind: 'user'; readonly verified: readonly string[] }
  | Extract<Answer, { kind: 'nobody' | 'later' }>;

export type FindUser = (userId: string) => Promise<UserAnswer>;

const ALMOST = 'id_almost_right';

/** Two are enough to see that it is not one. */
const USERS_MAX = 2;

/** For an operator: it is one person's, but for what was joined or made twice. */
const SHOWN_MAX = 20;

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
    const owner = ownerIn(metadata, read);
    const named = owner.kind === 'external' ? null : subjectIn(owner);
    if (named !== null) {
      return { kind: 'person', userId: named, source: 'customer_lookup', isNamed: true };
    }
    if (owner.kind === 'organization') return nobody('organization_pays');
    const found =
      email === null || clerk === null
        ? nobody(almostIn(metadata, read.linkKeys) === null ? 'customer_without_id' : ALMOST)
        : await ofEmail(clerk, email, Object.values(metadata));
    if (owner.kind !== 'external' || found.kind !== 'nobody') return found;
    return { ...found, externalId: owner.externalId };
  }

  return async (key) => {
    // A guest's session: Stripe has no customer to ask about.
    if (key.startsWith('cs_')) return nobody('customer_without_id');
    return isCharge(key) ? ofCharge(key) : ofCustomer(key);
  };
}

/** Null without a Clerk key. */
export function findUserWith({ lookups }: Config, net: Net): FindUser | null {
  const { key } = lookups.clerk;
  if (key === null) return null;
  const clerk = clerkApi({ ...lookups.clerk, key }, net);
  return async (userId) => {
    if (isOrganization(userId)) {
      const organization = await clerk.organization(userId);
      return organization.kind === 'ok'
        ? { kind: 'user', verified: [] }
        : unanswered('clerk', organization);
    }
    const user = await clerk.user(userId);
    if (user.kind !== 'ok') return unanswered('clerk', user);
    return { kind: 'user', verified: verifiedOf(user.value).map(emailMark) };
  };
}

/** Who has this email, for an operator who looks for them: none where Clerk is not asked, does not answer, or knows nobody. */
export async function usersByEmail({ lookups }: Config, email: string, net: Net) {
  const { key } = lookups.clerk;
  if (key === null) return [];
  const users = await clerkApi({ ...lookups.clerk, key }, net).usersByEmail(email, SHOWN_MAX);
  return users.kind === 'ok' ? users.value.map(({ id }) => id) : [];
}

/**
 * Exactly one user, and the address verified, or nobody. The customer's address is what somebody typed, so it is a hint;
 * with that user's id anywhere in `written`, the customer's metadata, the application has said so itself.
 */
async function ofEmail(
  clerk: ReturnType<typeof clerkApi>,
  email: string,
  written: readonly unknown[],
): Promise<Answer> {
  const users = await clerk.usersByEmail(email, USERS_MAX);
  if (users.kind !== 'ok') return unanswered('clerk', users);
  const [user, other] = users.value;
  if (user === undefined) return nobody('email_unknown');
  if (other !== undefined) return nobody('email_shared');
  const isVerified = verifiedOf(user).some((each) => each.toLowerCase() === email.toLowerCase());
  if (!isVerified) return nobody('email_unverified');
  const found = { kind: 'person', userId: user.id } as const;
  return written.includes(user.id)
    ? { ...found, source: 'customer_lookup' }
    : { ...found, source: 'email_lookup', typed: { email: null } };
}

function verifiedOf(user: ClerkUser): string[] {
  return user.email_addresses
    .filter(({ verification }) => verification?.status === 'verified')
    .map(({ email_address: email }) => email);
}

/** What waits is a customer's, or a charge's (`ch_...`, and `py_...` for methods other than cards). */
function isCharge(key: string): boolean {
  return /^(ch|py)_/.test(key);
}

function nobody<const Why extends string>(why: Why) {
  return { kind: 'nobody', why } as const;
}

/** What any answer but a success means for this question, and for all the others. */
function unanswered(
  provider: 'stripe' | 'clerk',
  answer: Failure,
): Extract<Answer, { kind: 'nobody' | 'later' }> {
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
