// Whom metadata names: a person, an organization or nobody. No I/O.

/** A Clerk user id. */
export const USER_ID = /^user_[A-Za-z0-9]+$/;

const ORGANIZATION_ID = /^org_[A-Za-z0-9]+$/;

/** A person's or an organization's. */
export const SUBJECT_ID = /^(?:user|org)_[A-Za-z0-9]+$/;

/** Which of the two kinds of subject an id is of. */
export function isOrganization(id: string): boolean {
  return ORGANIZATION_ID.test(id);
}

/** Whom metadata names: a person, an organization, or nobody. */
export type Owner =
  | { readonly kind: 'person'; readonly userId: string }
  /** It may be the name of a user of before, see Clerk's `external_id`. */
  | { readonly kind: 'external'; readonly externalId: string }
  | {
      readonly kind: 'organization';
      /** Null: it has no subject here, because organizations are off or the id stands under a key that nobody named. */
      readonly organizationId: string | null;
      /** The person who is named beside it: they clicked. */
      readonly buyerId: string | null;
    }
  | { readonly kind: 'nobody' };

export const NOBODY: Owner = { kind: 'nobody' };

/** The metadata keys that may name somebody; without `organizationKeys` no organization is a subject. */
type OwnerKeys = {
  readonly linkKeys: readonly string[];
  readonly organizationKeys?: readonly string[] | undefined;
};

/**
 * An organization's id under any key means that a company pays, and no single person: a person beside it is who bought.
 * Otherwise the first of `linkKeys` that holds what looks like a Clerk user id.
 */
export function ownerIn(
  metadata: Readonly<Record<string, unknown>>,
  { linkKeys, organizationKeys = [] }: OwnerKeys,
): Owner {
  const userId = firstIn(metadata, linkKeys, USER_ID);
  if (firstIn(metadata, Object.keys(metadata), ORGANIZATION_ID) !== null) {
    const organizationId = firstIn(metadata, organizationKeys, ORGANIZATION_ID);
    return { kind: 'organization', organizationId, buyerId: userId };
  }
  if (userId !== null) return { kind: 'person', userId };
  const externalId = firstIn(metadata, linkKeys, EXTERNAL_ID);
  return externalId === null ? NOBODY : { kind: 'external', externalId };
}

function firstIn(
  metadata: Readonly<Record<string, unknown>>,
  keys: readonly string[],
  form: RegExp,
): string | null {
  const values = keys.map((key) => (Object.hasOwn(metadata, key) ? metadata[key] : null));
  const found = values.find((value) => typeof value === 'string' && form.test(value));
  return typeof found === 'string' ? found : null;
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

/** The first owner that is a person or an organization, else the first that may be known by another name. */
export function firstOwner(owners: readonly Owner[]): Owner {
  const sure = owners.find(({ kind }) => kind === 'person' || kind === 'organization');
  return sure ?? owners.find(({ kind }) => kind === 'external') ?? NOBODY;
}

/** The id or the name of the subject that is meant. */
export function subjectIn(owner: Owner): string | null {
  switch (owner.kind) {
    case 'external':
      return owner.externalId;
    case 'person':
      return owner.userId;
    case 'organization':
      return owner.organizationId;
    case 'nobody':
      return null;
  }
}
