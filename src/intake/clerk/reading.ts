// How what was read of a Clerk event becomes a reading.

import * as z from 'zod';

import type { Moment, Properties } from '../../person/moment.ts';
import type { LinkClaim, News } from '../../person/news.ts';
import type { Reading } from '../provider.ts';
import { problemsOf } from '../shape.ts';
import type { ClerkEvent } from './envelope.ts';

/** Any text but an email: imported users may have ids of their own. */
export const userId = z
  .string({ error: 'expected text' })
  .regex(/^[^\s@]+$/, 'expected a user id, not an email');

/** Clerk's events name their person themselves. */
export function personReading(
  { id, type }: ClerkEvent,
  about: {
    readonly userId: string;
    readonly news: readonly News[];
    readonly claims?: readonly LinkClaim[];
  },
): Reading {
  const { userId: person, news, claims = [] } = about;
  const nobody = { customerId: null, chargeId: null };
  return { kind: 'event', id, type, userId: person, ...nobody, claims, news };
}

export function ignored({ id, type }: ClerkEvent, reason: string): Reading {
  return { kind: 'ignored', id, type, reason };
}

export function unreadable({ id, type }: ClerkEvent, error: z.ZodError): Reading {
  const problems = problemsOf(error).map((problem) => `data.${problem}`);
  return { kind: 'unreadable', id, type, problems };
}

/** Something that happened once to what `key` names. `at`: when, Unix milliseconds. */
export function momentNews(
  name: Moment['name'],
  about: {
    readonly key: readonly (string | number)[];
    readonly at: number;
    readonly properties: Properties;
    readonly subscriptionId?: string;
  },
): News {
  const { key, at, properties, subscriptionId = null } = about;
  return {
    kind: 'moment',
    moment: {
      name,
      key: [name, ...key],
      keyAt: at,
      occurredAt: at,
      subscriptionId,
      properties,
      once: 'seen',
    },
  };
}
