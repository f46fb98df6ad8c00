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
import type { Aside } from './tell.ts';

export function memberAsides(tables: Tables, organization: Person, news: MemberNews): Aside[] {
  const { members } = tables;
  const org = personKey(organization.userId);
  const { userId, change } = news;
  if (change === 'gone') forgetMember(tables, org, userId);
  if (change === 'gone' || members.isGone(org, userId)) return [];
  const { member: before, asOf: knownAt } = members.find(org, userId) ?? NEVER;
  const isNewer = isAfter(news, knownAt);
  const member = memberIn(news);
  if (isNewer) members.save(org, userId, { member, asOf: news.asOf });
  const isOther = isNewer && JSON.stringify(before) !== JSON.stringify(member);
  const role = isNewer ? changed(organization, news, before) : [];
  const moments = [...told(organization, news), ...role];
  return [{ userId, member: isOther ? member : undefined, moments }];
}

/** Nothing holds their id from now on, nor does anything go through them. */
function forgetMember({ members, journal }: Tables, org: string, userId: string): void {
  members.forgetIn(org, userId);
  for (let next: number | null = 0; next !== null;) {
    const found = journal.entriesOf(org, next, SEARCH);
    for (const { seq, isRemoval, messages } of found.entries) {
      if (!isRemoval && messages.some((message) => message.userId === userId)) journal.empty(seq);
    }
    next = found.next;
  }
}

const SEARCH = { rolls: 1000, most: 100 };

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

function told(organization: Person, news: MemberNews): Moment[] {
  const { change, membershipId, role, joinedAt, asOf } = news;
  if (change !== 'joined' && change !== 'left') return [];
  const hasJoined = change === 'joined';
  const name = hasJoined ? 'organization_joined' : 'organization_left';
  const at = hasJoined ? (joinedAt ?? asOf) : asOf;
  return [
    happened(name, { key: [membershipId], at, properties: { ...named(organization), role } }),
  ];
}

/** Clerk says no role of before: it is the one we know. */
function changed(organization: Person, news: MemberNews, before: Member | null): Moment[] {
  const { membershipId, change, role, asOf } = news;
  if (before === null || change === 'left' || before.role === role) return [];
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
