// Clerk's organizations, as moments of the person who made, joined or left one.

import * as v from '../../platform/schema.ts';
import type { Reading } from '../provider.ts';
import { count, needed, text, typed } from '../shape.ts';
import type { ClerkEvent } from './envelope.ts';
import { ignored, momentNews, personReading, unreadable, userId } from './reading.ts';

const Organization = v.object({ id: needed.text, name: typed });

const Made = v.object({
  ...Organization.entries,
  created_by: v.fallback(v.nullable(userId), null),
  created_at: count,
});

const Membership = v.object({
  id: needed.text,
  role: text,
  created_at: count,
  organization: Organization,
  /** The person is in here; `data.id` is the membership's. */
  public_user_data: v.object({ user_id: userId }, 'expected an object'),
});

/** One that was made in Clerk's dashboard names no maker. */
export function readMade(event: ClerkEvent): Reading {
  const parsed = v.safeParse(Made, event.data);
  if (!parsed.success) return unreadable(event, parsed.issues);
  const { id, name, created_by: maker, created_at: createdAt } = parsed.output;
  if (maker === null) return ignored(event, 'nobody_named');
  const at = Math.min(createdAt ?? event.occurredAt, event.receivedAt);
  const properties = { organization_id: id, organization_name: name, role: null };
  const news = [momentNews('organization_created', { key: [id], at, properties })];
  return personReading(event, { userId: maker, news });
}

export function readJoined(event: ClerkEvent): Reading {
  return readMembership(event, 'organization_joined');
}

export function readLeft(event: ClerkEvent): Reading {
  return readMembership(event, 'organization_left');
}

function readMembership(
  event: ClerkEvent,
  name: 'organization_joined' | 'organization_left',
): Reading {
  const parsed = v.safeParse(Membership, event.data);
  if (!parsed.success) return unreadable(event, parsed.issues);
  const { id, role, organization, created_at: createdAt, public_user_data: user } = parsed.output;
  const joinedAt = Math.min(createdAt ?? event.occurredAt, event.receivedAt);
  const at = name === 'organization_joined' ? joinedAt : event.occurredAt;
  const { id: organizationId, name: organizationName } = organization;
  const properties = { organization_id: organizationId, organization_name: organizationName, role };
  const news = [momentNews(name, { key: [id], at, properties })];
  return personReading(event, { userId: user.user_id, news });
}
