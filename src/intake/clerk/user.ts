// Clerk's user: traits by an explicit list, never metadata as a whole, and the links its metadata may hold.

import { emailMark } from '../../person/email-mark.ts';
import { RANK } from '../../person/facet.ts';
import type { Traits, TraitValue, UserFacet } from '../../person/facet.ts';
import { cleanText } from '../../person/fitting-text.ts';
import type { LinkClaim, News } from '../../person/news.ts';
import type { UserTrait } from '../../person/traits.ts';
import * as v from '../../platform/schema.ts';
import type { ReadOptions } from '../provider.ts';
import { count, list, needed, record, text, typed } from '../shape.ts';
import { instanceIn, timeIn } from './envelope.ts';
import { goneReading, personReading, reader, userId } from './reading.ts';

/** Until its owner has answered from it, an address is what somebody typed. */
const Email = v.object({
  id: needed.text,
  email_address: needed.text,
  verification: v.part({ status: text }),
});

const User = v.object({
  id: userId,
  external_id: text,
  primary_email_address_id: text,
  primary_phone_number_id: text,
  email_addresses: list(Email),
  phone_numbers: list(v.object({ id: needed.text, phone_number: needed.text })),
  first_name: typed,
  last_name: typed,
  username: typed,
  image_url: text,
  created_at: count,
  updated_at: count,
  public_metadata: record,
  private_metadata: record,
});

type ClerkUser = v.InferOutput<typeof User>;

/** Where applications keep the Stripe customer's id. `unsafe_metadata` is the user's own to write: never trusted. */
const CUSTOMER_PATHS = ['stripeCustomerId', 'stripe_customer_id', 'stripeId', 'stripe.customerId'];

export const readUser = reader(User, (user, event, options) => {
  const { type, data } = event;
  const isCreated = type === 'user.created';
  const asOf = timeIn(event, user.updated_at);
  const claims = claimsOf(user, { userId: user.id, asOf });
  const news: News = {
    kind: 'user',
    facet: {
      asOf,
      rank: isCreated ? RANK.created : RANK.updated,
      traits: { ...traitsOf(user, data, options), ...extraTraits(data, options) },
      ...(Object.keys(options.traits).length === 0 ? {} : { paths: options.traits }),
      ...verifiedOf(user),
      ...(claims.length === 0 ? {} : { isCustomer: true }),
      ...instanceIn(event),
    },
    created: isCreated,
    createdAt: user.created_at ?? asOf,
  };
  const reading = personReading(event, { userId: user.id, claims, news: [news] });
  const { external_id: externalId } = user;
  return externalId === null || reading.kind !== 'event'
    ? reading
    : { ...reading, known: { externalId, userId: user.id, asOf } };
});

function verifiedOf({ email_addresses: emails }: ClerkUser): Pick<UserFacet, 'verified'> {
  const verified = emails.filter(({ verification }) => verification.status === 'verified');
  if (verified.length === 0) return {};
  return { verified: verified.map(({ email_address: email }) => emailMark(email)) };
}

export const readDeletion = reader(v.object({ id: userId }), goneReading);

/** Links a user's metadata holds, wherever the user is read. */
export function claimsOf(
  user: Pick<ClerkUser, 'public_metadata' | 'private_metadata'>,
  claim: Pick<LinkClaim, 'userId' | 'asOf'>,
): LinkClaim[] {
  return [
    ...claimsIn(user.public_metadata, { ...claim, source: 'clerk_public_metadata' }),
    ...claimsIn(user.private_metadata, { ...claim, source: 'clerk_private_metadata' }),
  ];
}

/**
 * Our own traits, only those that are known: an absent trait never wipes a known one at Customer.io. What Clerk lists as
 * empty is known, too: a number its owner has removed is null, so that nobody goes on texting it.
 */
function traitsOf(
  user: ClerkUser,
  data: Readonly<Record<string, unknown>>,
  options: ReadOptions,
): Traits {
  const email = user.email_addresses.find((each) => each.id === user.primary_email_address_id);
  const phone = user.phone_numbers.find((each) => each.id === user.primary_phone_number_id);
  const isVerified = email?.verification.status === 'verified';
  const isSent = isVerified || options.unverifiedEmail;
  const traits = {
    email: (isSent ? email?.email_address : null) ?? null,
    emailVerified: email === undefined ? null : isVerified,
    phone: phone?.phone_number ?? null,
    firstName: user.first_name,
    lastName: user.last_name,
    username: user.username,
    imageUrl: user.image_url,
    createdAt: user.created_at === null ? null : Math.floor(user.created_at / 1000),
    // A trait of ours without a row in USER_TRAITS would ignore TRAIT_CASE.
  } satisfies Record<UserTrait, TraitValue>;
  const known = Object.entries(traits).filter(([, value]) => value !== null);
  return { ...goneFrom(data), ...Object.fromEntries(known) };
}

/** Where Clerk says that there is none. A field that is not there says nothing. */
const LISTED_IN = {
  phone: 'primary_phone_number_id',
  firstName: 'first_name',
  lastName: 'last_name',
  username: 'username',
} as const satisfies Partial<Record<UserTrait, string>>;

function goneFrom(data: Readonly<Record<string, unknown>>): Traits {
  const gone = Object.entries(LISTED_IN).filter(([, field]) => {
    const value = Object.hasOwn(data, field) ? data[field] : undefined;
    return value === null || value === '';
  });
  return Object.fromEntries(gone.map(([name]) => [name, null]));
}

/** The operator's own rows; what no trait can hold (nothing, objects, lists) is left out. */
function extraTraits(data: Readonly<Record<string, unknown>>, options: ReadOptions): Traits {
  const rows = Object.entries(options.traits).flatMap(([name, path]) => {
    const found = valueAt(data, path);
    const value = typeof found === 'string' ? cleanText(found) : found;
    return isTraitValue(value) ? [[name, value] as const] : [];
  });
  return Object.fromEntries(rows);
}

function isTraitValue(value: unknown): value is string | number | boolean {
  if (typeof value === 'string') return value !== '';
  return typeof value === 'boolean' || Number.isFinite(value);
}

function claimsIn(
  metadata: Readonly<Record<string, unknown>>,
  claim: Pick<LinkClaim, 'userId' | 'asOf' | 'source'>,
): LinkClaim[] {
  const ids = CUSTOMER_PATHS.map((path) => valueAt(metadata, path)).filter(
    (value) => typeof value === 'string' && /^cus_[A-Za-z0-9]+$/.test(value),
  );
  return [...new Set(ids)].map((customerId) => ({
    ...claim,
    customerId: String(customerId),
    mayMove: true,
  }));
}

/** Walks own properties only, so a path cannot reach what an object inherits. */
function valueAt(root: unknown, path: string): unknown {
  let value = root;
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Object.getOwnPropertyDescriptor(value, key)?.value;
  }
  return value;
}
