// Ids of a shard's organizations, and of members that may have left: for whoever asks Clerk whether they are still there.
// Reads only.

import { stateOf } from '../../person/organization.ts';
import type { ShardWorld } from '../capability.ts';
import type { IdsAsked } from '../people/many.ts';

export type IdsOf = 'organizations' | 'members';

/** `next`: behind what the next page begins; null at the end. `looked`: how many were looked through for it, where they are more. */
export type IdsPage = {
  readonly ids: readonly string[];
  readonly next: string | null;
  readonly looked?: number;
};

type Behind = Omit<IdsAsked, 'instance'>;

export function idsOf(world: ShardWorld, of: IdsOf, asked: IdsAsked): IdsPage {
  return of === 'organizations' ? organizationIds(world, asked) : surplus(world, asked);
}

function organizationIds({ storage }: ShardWorld, { instance, after, most }: IdsAsked): IdsPage {
  const { members, people } = storage.tables();
  const keys = members.organizations(after, most);
  const ids = keys.flatMap((key) => {
    const row = people.find(key) ?? null;
    return row !== null && stateOf(row).facet?.instance === instance ? [row.userId] : [];
  });
  return { ids, next: keys.length < most ? null : (keys.at(-1) ?? null) };
}

/**
 * Members, as `org_... user_...`, of an organization that has more of them here than Clerk counts: of one at a time, and of one that
 * Clerk has not counted none. `after`: the key of the organization, and the member in it, if it goes on there.
 */
function surplus(world: ShardWorld, { after, most }: Behind): IdsPage {
  const { members } = world.storage.tables();
  const [before = '', from = ''] = after.split(' ');
  if (from !== '') return membersOf(world, before, { after: from, most });
  const keys = members.organizations(before, most);
  let looked = 0;
  for (const key of keys) {
    const count = members.count(key);
    looked += count;
    const isMore = count > (countedOf(world, key) ?? count);
    if (isMore) return { ...membersOf(world, key, { after: '', most }), looked };
  }
  return { ids: [], next: keys.length < most ? null : `${keys.at(-1)} `, looked };
}

/** As Clerk counts. */
function countedOf({ storage }: ShardWorld, key: string): number | undefined {
  const organization = storage.tables().people.find(key) ?? null;
  return organization === null ? undefined : stateOf(organization).facet?.membersCount;
}

function membersOf({ storage }: ShardWorld, key: string, { after, most }: Behind): IdsPage {
  const { members, people } = storage.tables();
  const id = people.find(key)?.userId ?? '';
  const page = members.page(key, after, most);
  const last = page.length < most ? '' : page.at(-1)?.userId;
  // How many there are was counted when it began.
  return { ids: page.map(({ userId }) => `${id} ${userId}`), next: `${key} ${last}`, looked: 0 };
}
