// Whom metadata names: a person, an organization or nobody. No I/O.

/** A Clerk user id. */
export const USER_ID = /^user_[A-Za-z0-9]+$/;

const ORGANIZATION_ID = /^org_[A-Za-z0-9]+$/;

/** Whom metadata names: a person, an organization, or nobody. */
export type Owner =
  | { readonly kind: 'person'; readonly userId: string }
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
  return NOBODY;
}

/** The first owner that is a person or an organization. */
export function firstOwner(owners: readonly Owner[]): Owner {
  return owners.find((owner) => owner.kind !== 'nobody') ?? NOBODY;
}

export function personIn(owner: Owner): string | null {
  return owner.kind === 'person' ? owner.userId : null;
}
