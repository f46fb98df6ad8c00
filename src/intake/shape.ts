// Tolerant pieces of schema. What we can do without reads as null whatever stands there; what we cannot do without
// is asked for by name, so that a problem says field and expectation, and never a value.

import * as z from 'zod';

export const text = z.string().min(1).nullable().catch(null);

/** Beyond it no amount or time is meant, and arithmetic would end in what JSON has no word for. */
const NUMBER_MAX = Number.MAX_SAFE_INTEGER;
const number = z
  .number({ error: 'expected a number' })
  .min(-NUMBER_MAX, 'expected a number that can be counted to')
  .max(NUMBER_MAX, 'expected a number that can be counted to');

export const count = number.nullable().catch(null);
export const flag = z.boolean().catch(false);
/** Foreign objects: only their own keys are ever read. */
export const record = z.record(z.string(), z.unknown()).catch({});

/** A list of what can be read; entries that cannot are left out. */
export function list<Shape extends z.ZodType>(shape: Shape) {
  return z
    .array(z.unknown())
    .catch([])
    .transform((entries) =>
      entries.flatMap((entry) => {
        const result = shape.safeParse(entry);
        return result.success ? [result.data] : [];
      }),
    );
}

export const needed = {
  text: z.string({ error: 'expected text' }).min(1, 'expected text'),
  number,
} as const;

/** `data.object.id: expected text`: where it is, and what should stand there. */
export function problemsOf(error: z.ZodError): string[] {
  return error.issues.map(
    (issue) => `${issue.path.map(String).join('.') || 'body'}: ${issue.message}`,
  );
}

/** A Clerk user id, wherever somebody wrote it down. */
export const USER_ID = /^user_[A-Za-z0-9]+$/;

const ORGANIZATION_ID = /^org_[A-Za-z0-9]+$/;

/** Whom metadata names: a person, an organization, or nobody. */
export type Owner =
  | { readonly kind: 'person'; readonly userId: string }
  | { readonly kind: 'organization' }
  | { readonly kind: 'nobody' };

export const NOBODY: Owner = { kind: 'nobody' };

/**
 * The first of `keys` that holds what looks like a Clerk user id. Without one, an organization's id under any key
 * means that a company pays, and its billing is nobody's in particular.
 */
export function ownerIn(
  metadata: Readonly<Record<string, unknown>>,
  keys: readonly string[],
): Owner {
  for (const key of keys) {
    const value = Object.hasOwn(metadata, key) ? metadata[key] : null;
    if (typeof value === 'string' && USER_ID.test(value)) return { kind: 'person', userId: value };
  }
  const isOrganization = Object.values(metadata).some(
    (value) => typeof value === 'string' && ORGANIZATION_ID.test(value),
  );
  return isOrganization ? { kind: 'organization' } : NOBODY;
}

/** The first owner that is somebody. */
export function firstOwner(owners: readonly Owner[]): Owner {
  return owners.find((owner) => owner.kind !== 'nobody') ?? NOBODY;
}

export function personIn(owner: Owner): string | null {
  return owner.kind === 'person' ? owner.userId : null;
}
