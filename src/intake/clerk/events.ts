// Clerk's event types, one row each: what reads it. A type without a row is ignored before its data is looked at.

import type { Reading, ReadOptions, VerifiedBody } from '../provider.ts';
import { readContainer, readItem, readTrialEnding } from './billing.ts';
import { openEnvelope } from './envelope.ts';
import type { ClerkEvent } from './envelope.ts';
import { ignoredBecause } from './ignored.ts';
import {
  readChanged,
  readDeleted,
  readDomain,
  readJoined,
  readLeft,
  readMade,
  readRole,
} from './organization.ts';
import { readAttempt } from './payment.ts';
import { ignored } from './reading.ts';
import type { ClerkReader } from './reading.ts';
import { readSignIn } from './session.ts';
import { readDeletion, readUser } from './user.ts';

const READERS: Readonly<Record<string, ClerkReader>> = {
  'user.created': readUser,
  'user.updated': readUser,
  'user.deleted': readDeletion,
  'session.created': readSignIn,
  'organization.created': readMade,
  'organizationMembership.created': readJoined,
  'organizationMembership.deleted': readLeft,
  'subscription.created': readContainer,
  'subscription.updated': readContainer,
  'subscription.active': readContainer,
  'subscription.pastDue': readContainer,
  'subscriptionItem.created': readItem,
  'subscriptionItem.active': readItem,
  'subscriptionItem.updated': readItem,
  'subscriptionItem.canceled': readItem,
  'subscriptionItem.pastDue': readItem,
  'subscriptionItem.ended': readItem,
  'subscriptionItem.upcoming': readItem,
  'subscriptionItem.abandoned': readItem,
  'subscriptionItem.freeTrialEnding': readTrialEnding,
  'paymentAttempt.created': readAttempt,
  'paymentAttempt.updated': readAttempt,
};

/** Where organizations are on, these too. */
const ORGANIZATION_READERS: Readonly<Record<string, ClerkReader>> = {
  'organization.updated': readChanged,
  'organization.deleted': readDeleted,
  'organizationMembership.updated': readRole,
  'organizationDomain.created': readDomain,
  'organizationDomain.updated': readDomain,
  'organizationDomain.deleted': readDomain,
};

export const CLERK_EVENT_TYPES = Object.keys(READERS);
export const CLERK_ORGANIZATION_EVENT_TYPES = Object.keys(ORGANIZATION_READERS);

export function readClerk(body: VerifiedBody, options: ReadOptions): Reading {
  const opened = openEnvelope(body);
  if (!opened.ok) return opened.reading;
  const { event } = opened;
  const reader = readerOf(event, options);
  if (reader === undefined) return ignored(event, ignoredBecause(event.type));
  return reader(event, options);
}

function readerOf({ type }: ClerkEvent, { organizationKeys }: ReadOptions) {
  if (Object.hasOwn(READERS, type)) return READERS[type];
  const isOurs = organizationKeys !== undefined && Object.hasOwn(ORGANIZATION_READERS, type);
  return isOurs ? ORGANIZATION_READERS[type] : undefined;
}
