// Clerk's organizations, as moments of the person who made, joined or left one.

import * as z from 'zod/mini';

import type { Reading } from '../provider.ts';
import { count, needed, text, typed } from '../shape.ts';
import type { ClerkEvent } from './envelope.ts';
import { ignored, momentNews, personReading, unreadable, userId } from './reading.ts';

const Organization = z.object({ id: needed.text, name: typed });

const Made = z.extend(Organization, {
  created_by: z.catch(z.nullable(userId), null),
  created_at: count,
});

const Membership = z.object({
  id: needed.text,
  role: text,
  created_at: count,
  organization: Organization,
  /** The person is in here; `data.id` is the membership's. */
  public_user_data: z.object({ user_id: userId }, { error: 'expected an object' }),
});

/** One that was made in Clerk's dashboard names no maker. */
export function readMade(event: ClerkEvent): Reading {
  const parsed = Made.safeParse(event.data);
  if (!parsed.success) return unreadable(event, parsed.error);
  const { id, name, created_by: maker, created_at: createdAt } = parsed.data;
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
  const parsed = Membership.safeParse(event.data);
  if (!parsed.success) return unreadable(event, parsed.error);
  const { id, role, organization, created_at: createdAt, public_user_data: user } = parsed.data;
  const joinedAt = Math.min(createdAt ?? event.occurredAt, event.receivedAt);
  const at = name === 'organization_joined' ? joinedAt : event.occurredAt;
  const { id: organizationId, name: organizationName } = organization;
  const properties = { organization_id: organizationId, organization_name: organizationName, role };
  const news = [momentNews(name, { key: [id], at, properties })];
  return personReading(event, { userId: user.user_id, news });
}
