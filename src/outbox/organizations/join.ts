// Join: somebody is in an organization now, has another role, or has left, in whatever order Clerk tells it. What they hear
// of it is an aside.

import { happened } from '../../person/moment.ts';
import type { Moment } from '../../person/moment.ts';
import type { MemberNews } from '../../person/news.ts';
import type { Member } from '../../person/organization-facet.ts';
import { stateOf } from '../../person/organization.ts';
import type { Person } from '../../person/person.ts';
import { personKey } from '../people/table.ts';
import type { Tables } from '../tables.ts';
import { forgetMember } from './forget-member.ts';
import type { Aside } from './tell.ts';

/** `isListed`: a list has shown them. */
type Joining = { readonly news: MemberNews; readonly isListed: boolean };

export function memberAsides(
  tables: Tables,
  organization: Person,
  { news, isListed }: Joining,
): Aside[] {
  const { members } = tables;
  const org = personKey(organization.userId);
  const { userId, change, asOf } = news;
  if (change === 'gone') {
    forgetMember(tables, org, userId);
    return [];
  }
  if (members.isGone(org, userId)) return [];
  const known = members.find(org, userId);
  const { member: before, asOf: knownAt } = known ?? NEVER;
  const isNewer = isAfter(news, knownAt);
  const member = memberIn(news);
  const isOther = isNewer && JSON.stringify(before) !== JSON.stringify(member);
  if (isOther || asOf > knownAt) members.save(org, userId, { member, asOf });
  const role = isNewer ? changed(organization, news, before) : [];
  const moments = [...told(organization, news, isListed && known !== null), ...role];
  return [{ userId, member: isOther ? member : undefined, moments }];
}

/** Nothing is older than this. */
const NEVER = { member: null, asOf: -1 };

/** Of two within one instant a join is the earlier one. */
function isAfter({ asOf, change }: MemberNews, knownAt: number): boolean {
  return asOf > knownAt || (asOf === knownAt && change !== 'joined');
}

function memberIn({ change, role, joinedAt }: MemberNews): Member | null {
  if (change === 'left') return null;
  return { role, joinedAt: joinedAt === null ? null : Math.floor(joinedAt / 1000) };
}

function told(organization: Person, news: MemberNews, isTold: boolean): Moment[] {
  const { change, membershipId, role, joinedAt, asOf } = news;
  if (isTold || (change !== 'joined' && change !== 'left')) return [];
  const hasJoined = change === 'joined';
  const name = hasJoined ? 'organization_joined' : 'organization_left';
  const at = hasJoined ? (joinedAt ?? asOf) : asOf;
  return [
    happened(name, { key: [membershipId], at, properties: { ...named(organization), role } }),
  ];
}

/** Clerk says no role of before: it is the one we know, unless they had left without a word and are in it anew. */
function changed(organization: Person, news: MemberNews, before: Member | null): Moment[] {
  const { membershipId, role, asOf } = news;
  const member = memberIn(news);
  const isSame = before !== null && member?.joinedAt === before.joinedAt;
  if (!isSame || before.role === role) return [];
  const properties = { ...named(organization), from_role: before.role, role };
  const key = [membershipId, asOf];
  return [happened('organization_role_changed', { key, at: asOf, properties })];
}

function named(organization: Person) {
  return {
    organization_id: organization.userId,
    organization_name: stateOf(organization).facet?.name ?? null,
  };
}
