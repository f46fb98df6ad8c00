// Meant: whom metadata names. An external id may look like an id of Clerk's, so who is known by a name is asked first. Reads only.

import { isOrganization, USER_ID } from '../person/owner.ts';
import type { LinksTables } from './tables/tables.ts';

/** Whom metadata means. Null: nobody that is known, or somebody deleted. */
export function meant(
  { externals }: Pick<LinksTables, 'externals'>,
  named: string | null,
): string | null {
  if (named === null) return null;
  const known = externals.find(named);
  if (known !== null) return known.userId;
  return USER_ID.test(named) || isOrganization(named) ? named : null;
}
