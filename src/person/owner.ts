// Whom metadata names: a person, an organization or nobody. No I/O.

/** A Clerk user id. */
export const USER_ID = /^user_[A-Za-z0-9]+$/;

const ORGANIZATION_ID = /^org_[A-Za-z0-9]+$/;

/** Whom metadata names: a person, an organization, or nobody. */
export type Owner =
  | { readonly kind: 'person'; readonly userId: string }
  /** It may be the name of a user of before, see Clerk's `external_id`. */
  | { readonly kind: 'external'; readonly externalId: string }
  | { readonly kind: 'organization' }
  | { readonly kind: 'nobody' };

export const NOBODY: Owner = { kind: 'nobody' };

/**
 * An organization's id under any key means that a company pays, and no single person: a person beside it is who bought.
 * Otherwise the first of `keys` that holds what looks like a Clerk user id.
 */
export function ownerIn(
  metadata: Readonly<Record<string, unknown>>,
  keys: readonly string[],
): Owner {
  const isOrganization = Object.values(metadata).some(
    (value) => typeof value === 'string' && ORGANIZATION_ID.test(value),
  );
  if (isOrganization) return { kind: 'organization' };
  for (const key of keys) {
    const value = Object.hasOwn(metadata, key) ? metadata[key] : null;
    if (typeof value === 'string' && USER_ID.test(value)) return { kind: 'person', userId: value };
  }
  return externalIn(metadata, keys);
}

/** No email, no id of Stripe's, and nothing that was typed for people to read. */
const EXTERNAL_ID = /^(?!(?:cus|sub|price|prod|acct)_)[^\s@"'\p{Cc}\p{Cs}]{1,200}$/u;

/** What keeps a text from being an id, for the operator. A name of before may begin with `user`, too, and is shorter. */
const FAULTS: readonly (readonly [fault: string, is: RegExp])[] = [
  ['email', /@/],
  ['blanks', /^\s|\s$/],
  ['quotes', /^["'`“”‘’]|["'`“”‘’]$/],
  ['stripe_id', /^(?:cus|sub|price|prod|acct)_/],
  ['prefix', /^(?:clerk[_:-])?user[_:-]?[a-z0-9]{20,}$/i],
];

/** The first of `keys` whose text is almost an id, and what is wrong with it; never the text, which may be an email. */
export function almostIn(
  metadata: Readonly<Record<string, unknown>>,
  keys: readonly string[],
): string | null {
  for (const key of keys) {
    const value = Object.hasOwn(metadata, key) ? metadata[key] : null;
    const fault = typeof value === 'string' ? faultOf(value) : null;
    if (fault !== null) return `${key}: ${fault}`;
  }
  return null;
}

function faultOf(value: string): string | null {
  if (value === '' || USER_ID.test(value)) return null;
  const known = FAULTS.find(([, is]) => is.test(value));
  if (known !== undefined) return known[0];
  return EXTERNAL_ID.test(value) ? null : 'text';
}

function externalIn(metadata: Readonly<Record<string, unknown>>, keys: readonly string[]): Owner {
  const values = keys.map((key) => (Object.hasOwn(metadata, key) ? metadata[key] : null));
  const externalId = values.find((value) => typeof value === 'string' && EXTERNAL_ID.test(value));
  return typeof externalId === 'string' ? { kind: 'external', externalId } : NOBODY;
}

/** The first owner that is a person or an organization, else the first that may be known by another name. */
export function firstOwner(owners: readonly Owner[]): Owner {
  const sure = owners.find(({ kind }) => kind === 'person' || kind === 'organization');
  return sure ?? owners.find(({ kind }) => kind === 'external') ?? NOBODY;
}

/** The id or the name of the person who is meant. */
export function personIn(owner: Owner): string | null {
  if (owner.kind === 'external') return owner.externalId;
  return owner.kind === 'person' ? owner.userId : null;
}
