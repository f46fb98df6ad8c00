// One organization as its page shows it: what happened to it, and under each of it who was told. Pure.

import type * as v from '../../platform/schema.ts';
import type { OrganizationView } from '../organization-contract.ts';
import { unixTimeIn } from './person.ts';

type View = v.InferOutput<typeof OrganizationView>;

type Told = View['told'][number];

/** Of the attributes, those that stand in the page by themselves. */
const NAMED = new Set(['name', 'plan', 'membersCount', 'members_count', 'seats']);

export function organizationView({ traits, told, members, ...view }: View) {
  const {
    name,
    plan,
    subscriptionStatus,
    subscription_status: status = subscriptionStatus,
  } = traits;
  return {
    ...view,
    name,
    plan,
    status,
    attributes: Object.entries(traits)
      .filter(([each, value]) => !NAMED.has(each) && value !== null)
      .map(([each, value]) => ({ name: each, value, at: unixTimeIn(each, value) })),
    happened: happenedIn(told),
    members: members.map(({ joinedAt, ...each }) => ({
      ...each,
      joinedAt: msOf(joinedAt),
      hasBought: view.subscriptions.some(({ buyerId }) => buyerId === each.userId),
    })),
  };
}

/** What happened, the newest first as it was told, each with all who were told of it. */
function happenedIn(told: readonly Told[]) {
  const groups = new Map<string, Told[]>();
  for (const each of told) {
    const key = `${each.happenedAt} ${each.event}`;
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return [...groups.values()].flatMap((all) => {
    const [first] = all;
    if (first === undefined) return [];
    const to = all
      .toSorted((a, b) => (a.userId < b.userId ? -1 : 1))
      .map(({ userId, state, mail, entry }) => ({ userId, state, mail, entry }));
    return [{ event: first.event, at: msOf(first.happenedAt), to }];
  });
}

function msOf(iso: string | null): number | null {
  return iso === null ? null : Date.parse(iso);
}
