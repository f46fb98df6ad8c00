// How what was read of a Clerk event becomes a reading.

import { happened } from '../../person/moment.ts';
import type { MomentName, MomentParts } from '../../person/moment.ts';
import type { LinkClaim, News } from '../../person/news.ts';
import * as v from '../../platform/schema.ts';
import type { Reading, ReadOptions } from '../provider.ts';
import { problemsOf } from '../shape.ts';
import type { ClerkEvent } from './envelope.ts';

/** Any text that is no email and that every JSON reader takes: imported users may have ids of their own. */
export const userId = v.pipe(
  v.string('expected text'),
  v.regex(/^[^\s@\p{Cc}\p{Cs}]+$/u, 'expected a user id, not an email'),
);

/** Clerk's events name their person themselves. */
export function personReading(
  { id, type }: ClerkEvent,
  facts: {
    readonly userId: string;
    readonly news: readonly News[];
    readonly claims?: readonly LinkClaim[];
  },
): Reading {
  const { userId: person, news, claims = [] } = facts;
  const named = { userId: person, customerId: null, chargeId: null };
  return { kind: 'event', id, type, ...named, claims, news };
}

/** The user's account or the organization is deleted. */
export function goneReading({ id }: { readonly id: string }, event: ClerkEvent): Reading {
  const { occurredAt } = event;
  return personReading(event, { userId: id, news: [{ kind: 'deleted', occurredAt }] });
}

export function ignored({ id, type }: ClerkEvent, reason: string): Reading {
  return { kind: 'ignored', id, type, reason };
}

export type ClerkReader = (event: ClerkEvent, options: ReadOptions) => Reading;

/** A reader of events whose data a schema can read; others are unreadable. */
export function reader<const Schema extends v.GenericSchema>(
  schema: Schema,
  read: (data: v.InferOutput<Schema>, event: ClerkEvent, options: ReadOptions) => Reading,
): ClerkReader {
  return (event, options) => {
    const parsed = v.safeParse(schema, event.data);
    return parsed.success ? read(parsed.output, event, options) : unreadable(event, parsed.issues);
  };
}

function unreadable({ id, type }: ClerkEvent, error: v.Issues): Reading {
  const problems = problemsOf(error).map((problem) => `data.${problem}`);
  return { kind: 'unreadable', id, type, problems };
}

/** A moment, as news of it. */
export function momentNews(name: MomentName, parts: MomentParts): News {
  return { kind: 'moment', moment: happened(name, parts) };
}
