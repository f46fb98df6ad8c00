// Ids of a shard's organizations, and of members that may have left: for whoever asks Clerk whether they are still there.
// Reads only.

import { stateOf } from '../../person/organization.ts';
import type { ShardWorld } from '../capability.ts';

export type IdsOf = 'organizations' | 'members';

/** `next`: behind what the next page begins; null at the end. `looked`: how many were looked through for it, where they are more. */
export type IdsPage = {
  readonly ids: readonly string[];
  readonly next: string | null;
  readonly looked?: number;
};

type Behind = { readonly after: string; readonly most: number };

export function idsOf(world: ShardWorld, of: IdsOf, behind: Behind): IdsPage {
  return of === 'organizations' ? organizationIds(world, behind) : surplus(world, behind);
}

function organizationIds({ storage }: ShardWorld, { after, most }: Behind): IdsPage {
  const { members, people } = storage.tables();
  const keys = members.organizations(after, most);
  const ids = keys.flatMap((key) => people.find(key)?.userId ?? []);
  return { ids, next: keys.length < most ? null : (keys.at(-1) ?? null) };
}

/**
 * Members, as `org_... user_...`, of an organization that has more of them here than Clerk counts: of one at a time, and of one that
 * Clerk has not counted none. `after`: the key of the organization, and the member in it, if it goes on there.
 */
function surplus({ storage }: ShardWorld, { after, most }: Behind): IdsPage {
  const { members, people } = storage.tables();
  const [before = '', from = ''] = after.split(' ');
  const keys = from === '' ? members.organizations(before, most) : [before];
  let looked = 0;
  for (const key of keys) {
    const organization = people.find(key) ?? null;
    const count = members.count(key);
    if (from === '') looked += count;
    const counted = organization === null ? count : stateOf(organization).facet?.membersCount;
    if (organization === null || count <= (counted ?? count)) continue;
    const page = members.page(key, from, most);
    const ids = page.map(({ userId }) => `${organization.userId} ${userId}`);
    const last = page.length < most ? '' : page.at(-1)?.userId;
    return { ids, next: `${key} ${last}`, looked };
  }
  const isOver = from === '' && keys.length < most;
  return { ids: [], next: isOver ? null : `${keys.at(-1)} `, looked };
}
