// Clerk's event types, one row each: what reads it. A type without a row is ignored before its data is looked at.

import * as z from 'zod';

import type { Reading, ReadOptions, VerifiedBody } from '../provider.ts';
import { count, needed, problemsOf, record, text } from '../shape.ts';
import { readDeletion, readUser } from './user.ts';

/** `occurredAt` in Unix milliseconds, never later than the time of receipt. */
export type ClerkEvent = {
  readonly id: string;
  readonly type: string;
  readonly occurredAt: number;
  readonly receivedAt: number;
  readonly data: Readonly<Record<string, unknown>>;
};

export type ClerkReader = (event: ClerkEvent, options: ReadOptions) => Reading;

const READERS: Readonly<Record<string, ClerkReader>> = {
  'user.created': readUser,
  'user.updated': readUser,
  'user.deleted': readDeletion,
};

export const CLERK_EVENT_TYPES = Object.keys(READERS);

const Envelope = z.object({ type: needed.text, timestamp: count, data: record });

/** Below this a timestamp is in seconds: the documentation's examples are, real deliveries are not. */
const SECONDS_BELOW = 1e11;

export function readClerk(body: VerifiedBody, options: ReadOptions): Reading {
  const envelope = Envelope.safeParse(body.json);
  if (!envelope.success) {
    const problems = problemsOf(envelope.error);
    return { kind: 'unreadable', id: body.deliveryId ?? 'unknown', type: 'unknown', problems };
  }
  const event = eventOf(envelope.data, body);
  const { id, type } = event;
  // Mails and text messages carry one-time codes: decided by the type alone.
  if (/^(email|sms)\./.test(type)) {
    return { kind: 'ignored', id, type, reason: 'carries_one_time_codes' };
  }
  const reader = Object.hasOwn(READERS, type) ? READERS[type] : undefined;
  if (reader === undefined) return { kind: 'ignored', id, type, reason: 'event_type_unmapped' };
  return reader(event, options);
}

function eventOf(envelope: z.infer<typeof Envelope>, body: VerifiedBody): ClerkEvent {
  const { type, timestamp, data } = envelope;
  const { deliveryId, receivedAt } = body;
  const occurredAt = Math.min(milliseconds(timestamp) ?? receivedAt, receivedAt);
  const objectId = text.parse(data['id']) ?? '';
  return {
    id: deliveryId ?? `${type}:${objectId}:${occurredAt}`,
    type,
    occurredAt,
    receivedAt,
    data,
  };
}

function milliseconds(timestamp: number | null): number | null {
  return timestamp !== null && timestamp < SECONDS_BELOW ? timestamp * 1000 : timestamp;
}
