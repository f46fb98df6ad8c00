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
import { goneReading, ignored, momentNews, personReading, unreadable, userId } from './reading.ts';
import { claimsOf } from './user.ts';

const Organization = v.object({
  id: needed.text,
  name: typed,
  slug: text,
  members_count: count,
  created_by: v.fallback(v.nullable(userId), null),
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

const Deletion = v.object({ id: needed.text });

const Domain = v.object({ name: needed.text, organization_id: needed.text, updated_at: count });

type Read = (event: ClerkEvent, options: ReadOptions) => Reading;

/** One that was made in Clerk's dashboard names no maker. */
export function readMade(event: ClerkEvent, options: ReadOptions): Reading {
  const parsed = v.safeParse(Organization, event.data);
  if (!parsed.success) return unreadable(event, parsed.issues);
  const organization = parsed.output;
  const { id, name, created_by: maker, created_at: createdAt } = organization;
  if (areOn(options)) return organizationReading(event, organization, []);
  if (maker === null) return ignored(event, 'nobody_named');
  const at = timeIn(event, createdAt);
  const properties = { organization_id: id, organization_name: name, role: null };
  const news = [momentNews('organization_created', { key: [id], at, properties })];
  return personReading(event, { userId: maker, news });
}

export function readChanged(event: ClerkEvent): Reading {
  const parsed = v.safeParse(Organization, event.data);
  return parsed.success
    ? organizationReading(event, parsed.output, [])
    : unreadable(event, parsed.issues);
}

export function readDeleted(event: ClerkEvent): Reading {
  const parsed = v.safeParse(Deletion, event.data);
  if (!parsed.success) return unreadable(event, parsed.issues);
  return goneReading(event, parsed.output.id);
}

export function readDomain(event: ClerkEvent): Reading {
  const parsed = v.safeParse(Domain, event.data);
  if (!parsed.success) return unreadable(event, parsed.issues);
  const { name, organization_id: id, updated_at: updatedAt } = parsed.output;
  const isGone = event.type.endsWith('.deleted');
  const asOf = isGone ? event.occurredAt : timeIn(event, updatedAt);
  return personReading(event, { userId: id, news: [{ kind: 'domain', name, asOf, isGone }] });
}

export const readJoined: Read = (event, options) => readMembership(event, options, 'joined');
export const readLeft: Read = (event, options) => readMembership(event, options, 'left');
export const readRole: Read = (event, options) => readMembership(event, options, 'changed');

function readMembership(
  event: ClerkEvent,
  options: ReadOptions,
  change: 'joined' | 'changed' | 'left',
): Reading {
  const parsed = v.safeParse(Membership, event.data);
  if (!parsed.success) return unreadable(event, parsed.issues);
  const { id, role, organization, created_at: createdAt, public_user_data: user } = parsed.output;
  const joinedAt = createdAt === null ? null : Math.min(createdAt, event.receivedAt);
  if (areOn(options)) {
    const member: MemberNews = {
      userId: user.user_id,
      change,
      membershipId: id,
      role,
      joinedAt,
      asOf: change === 'left' ? event.occurredAt : timeIn(event, parsed.output.updated_at),
    };
    return organizationReading(event, organization, [{ kind: 'member', ...member }]);
  }
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
