// Clerk's sessions: a sign-in is a moment. The user inside is read for links only, so that signing in every day never
// churns a profile.

import * as v from '../../platform/schema.ts';
import { count, needed, record } from '../shape.ts';
import { timeIn } from './envelope.ts';
import { ignored, momentNews, personReading, reader, userId } from './reading.ts';
import { claimsOf } from './user.ts';

const Metadata = v.part({ public_metadata: record, private_metadata: record, updated_at: count });

const Session = v.object({
  id: needed.text,
  user_id: userId,
  created_at: count,
  /** Staff who are signed in as the user. */
  actor: v.optional(v.unknown()),
  user: Metadata,
});

export const readSignIn = reader(Session, (session, event) => {
  if (session.actor !== null && session.actor !== undefined) return ignored(event, 'impersonation');
  const at = timeIn(event, session.created_at);
  const asOf = timeIn(event, session.user.updated_at);
  return personReading(event, {
    userId: session.user_id,
    claims: claimsOf(session.user, { userId: session.user_id, asOf }),
    news: [momentNews('user_signed_in', { key: [session.id], at, properties: {} })],
  });
});
