// Clerk's event types, one row each: what reads it. A type without a row is ignored before its data is looked at.

import type { Reading, ReadOptions, VerifiedBody } from '../provider.ts';
import { openEnvelope } from './envelope.ts';
import type { ClerkEvent } from './envelope.ts';
import { readDeletion, readUser } from './user.ts';

export type ClerkReader = (event: ClerkEvent, options: ReadOptions) => Reading;

const READERS: Readonly<Record<string, ClerkReader>> = {
  'user.created': readUser,
  'user.updated': readUser,
  'user.deleted': readDeletion,
};

export const CLERK_EVENT_TYPES = Object.keys(READERS);

export function readClerk(body: VerifiedBody, options: ReadOptions): Reading {
  const opened = openEnvelope(body);
  if (!opened.ok) return opened.reading;
  const { event } = opened;
  const { id, type } = event;
  // Mails and text messages carry one-time codes: decided by the type alone.
  if (/^(email|sms)\./.test(type)) {
    return { kind: 'ignored', id, type, reason: 'carries_one_time_codes' };
  }
  const reader = Object.hasOwn(READERS, type) ? READERS[type] : undefined;
  if (reader === undefined) return { kind: 'ignored', id, type, reason: 'event_type_unmapped' };
  return reader(event, options);
}
