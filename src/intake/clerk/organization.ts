// Clerk's organizations: moments of the person who made, joined or left one, and where organizations are on, news of the
// organization itself, which tells its members. Every membership brings the whole organization, so any of them heals it.

import { RANK } from '../../person/facet.ts';
import type { MemberNews, News } from '../../person/news.ts';
import * as v from '../../platform/schema.ts';
import type { Reading, ReadOptions } from '../provider.ts';
import { count, needed, record, text, typed } from '../shape.ts';
import { seconds } from './billing-shape.ts';
import { instanceIn, timeIn } from './envelope.ts';
import type { ClerkEvent } from './envelope.ts';
import { goneReading, ignored, momentNews, personReading, reader, userId } from './reading.ts';
import type { ClerkReader } from './reading.ts';
import { claimsOf } from './user.ts';

const Organization = v.object({
  id: needed.text,
  name: typed,
  slug: text,
  members_count: count,
  created_by: v.orNull(userId),
  created_at: count,
  updated_at: count,
  public_metadata: record,
  private_metadata: record,
});

type ClerkOrganization = v.InferOutput<typeof Organization>;

const Membership = v.object({
  id: needed.text,
  role: text,
  created_at: count,
  updated_at: count,
  organization: Organization,
  /** The person is in here; `data.id` is the membership's. */
  public_user_data: v.object({ user_id: userId }),
});

const Domain = v.object({ name: needed.text, organization_id: needed.text, updated_at: count });

/** One that was made in Clerk's dashboard names no maker. */
export const readMade = reader(Organization, (organization, event, options) => {
  const { id, name, created_by: maker, created_at: createdAt } = organization;
  if (areOn(options)) return organizationReading(event, organization, []);
  if (maker === null) return ignored(event, 'nobody_named');
  const at = timeIn(event, createdAt);
  const properties = { organization_id: id, organization_name: name, role: null };
  const news = [momentNews('organization_created', { key: [id], at, properties })];
  return personReading(event, { userId: maker, news });
});

export const readChanged = reader(Organization, (organization, event) =>
  organizationReading(event, organization, []),
);

export const readDeleted = reader(v.object({ id: needed.text }), goneReading);

export const readDomain = reader(Domain, (domain, event) => {
  const { name, organization_id: id, updated_at: updatedAt } = domain;
  const isGone = event.type.endsWith('.deleted');
  const asOf = isGone ? event.occurredAt : timeIn(event, updatedAt);
  return personReading(event, { userId: id, news: [{ kind: 'domain', name, asOf, isGone }] });
});

export const readJoined = membershipReader('joined');
export const readLeft = membershipReader('left');
export const readRole = membershipReader('changed');

function membershipReader(change: MemberNews['change']): ClerkReader {
  return reader(Membership, (membership, event, options) => {
    const { id, role, organization, created_at: createdAt, public_user_data: user } = membership;
    const { user_id: userId } = user;
    const joinedAt = createdAt === null ? null : Math.min(createdAt, event.receivedAt);
    if (!areOn(options)) return memberReading(event, { membership, change, joinedAt });
    const asOf = change === 'left' ? event.occurredAt : timeIn(event, membership.updated_at);
    const member: MemberNews = { userId, change, membershipId: id, role, joinedAt, asOf };
    return organizationReading(event, organization, [{ kind: 'member', ...member }]);
  });
}

/** Where organizations are off: a moment of the person. */
function memberReading(
  event: ClerkEvent,
  {
    membership,
    change,
    joinedAt,
  }: {
    readonly membership: v.InferOutput<typeof Membership>;
    readonly change: MemberNews['change'];
    readonly joinedAt: number | null;
  },
): Reading {
  const { id, role, organization, public_user_data: user } = membership;
  const at = change === 'joined' ? (joinedAt ?? event.occurredAt) : event.occurredAt;
  const { id: organizationId, name: organizationName } = organization;
  const properties = { organization_id: organizationId, organization_name: organizationName, role };
  const moment = change === 'joined' ? 'organization_joined' : 'organization_left';
  const news = [momentNews(moment, { key: [id], at, properties })];
  return personReading(event, { userId: user.user_id, news });
}

/** The subject is the organization. */
function organizationReading(
  event: ClerkEvent,
  organization: ClerkOrganization,
  members: readonly News[],
): Reading {
  const { id, name, slug, created_by: createdBy, members_count: membersCount } = organization;
  const asOf = timeIn(event, organization.updated_at);
  const created = event.type === 'organization.created';
  const news: News = {
    kind: 'organization',
    facet: {
      asOf,
      rank: created ? RANK.created : RANK.updated,
      name,
      slug,
      createdBy,
      createdAt: seconds(organization.created_at),
      ...(membersCount === null ? {} : { membersCount }),
      ...instanceIn(event),
    },
    created,
    createdAt: timeIn(event, organization.created_at),
  };
  const claims = claimsOf(organization, { userId: id, asOf });
  return personReading(event, { userId: id, claims, news: [news, ...members] });
}

function areOn({ organizationKeys }: ReadOptions): boolean {
  return organizationKeys !== undefined;
}
