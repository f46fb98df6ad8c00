// Clerk's sessions: a sign-in is a moment. The user inside is read for links only, so that signing in every day never
// churns a profile.

import * as z from 'zod/mini';

import type { Reading } from '../provider.ts';
import { count, needed, record } from '../shape.ts';
import type { ClerkEvent } from './envelope.ts';
import { ignored, momentNews, personReading, unreadable, userId } from './reading.ts';
import { claimsOf } from './user.ts';

const Metadata = z.catch(
  z.object({ public_metadata: record, private_metadata: record, updated_at: count }),
  { public_metadata: {}, private_metadata: {}, updated_at: null },
);

const Session = z.object({
  id: needed.text,
  user_id: userId,
  created_at: count,
  /** Staff who are signed in as the user. */
  actor: z.optional(z.unknown()),
  user: Metadata,
});

export function readSignIn(event: ClerkEvent): Reading {
  const parsed = Session.safeParse(event.data);
  if (!parsed.success) return unreadable(event, parsed.error);
  const session = parsed.data;
  if (session.actor !== null && session.actor !== undefined) return ignored(event, 'impersonation');
  const at = Math.min(session.created_at ?? event.occurredAt, event.receivedAt);
  const asOf = Math.min(session.user.updated_at ?? event.occurredAt, event.receivedAt);
  return personReading(event, {
    userId: session.user_id,
    claims: claimsOf(session.user, { userId: session.user_id, asOf }),
    news: [momentNews('user_signed_in', { key: [session.id], at, properties: {} })],
  });
}
