// Pieces of Stripe's objects that recur, in every shape they arrive in.

import * as z from 'zod';

import type { LinkClaim } from '../../person/news.ts';
import type { Reading, ReadOptions } from '../provider.ts';
import { needed, problemsOf, record, USER_ID, userIdIn } from '../shape.ts';
import type { StripeEvent } from './events.ts';

const Id = z.union([
  z.string().min(1),
  z.object({ id: z.string().min(1) }).transform(({ id }) => id),
]);

/** A reference: an id, or the object itself where the account expands it. Null where there is none. */
export const reference = Id.nullable().catch(null);

/** A reference we cannot do without. */
export const neededReference = z.union(
  [needed.text, z.object({ id: needed.text }).transform(({ id }) => id)],
  {
    error: 'expected an id',
  },
);

const Metadata = z.object({ metadata: record }).catch({ metadata: {} });

/** The metadata of an object that may be expanded where its id usually stands. */
export function metadataOf(value: unknown): Readonly<Record<string, unknown>> {
  return Metadata.parse(value).metadata;
}

export function unreadable({ id, type }: StripeEvent, error: z.ZodError): Reading {
  const problems = problemsOf(error).map((problem) => `data.object.${problem}`);
  return { kind: 'unreadable', id, type, problems };
}

/** Claims by the places an event has them. Only places a buyer cannot edit may move a link. */
export function claimsOf(
  event: StripeEvent,
  customerId: string | null,
  places: readonly {
    readonly source: string;
    readonly userId: string | null;
    readonly mayMove: boolean;
  }[],
): LinkClaim[] {
  if (customerId === null) return [];
  return places.flatMap(({ source, userId, mayMove }) =>
    userId === null ? [] : [{ customerId, userId, source, mayMove, asOf: event.occurredAt }],
  );
}

/** The customer's own metadata, where the customer is expanded. */
export function customerPlace(value: unknown, options: ReadOptions) {
  const userId = userIdIn(metadataOf(value), options.linkKeys);
  return { source: 'customer_metadata', userId, mayMove: true };
}

export function asUserId(value: string | null): string | null {
  return value !== null && USER_ID.test(value) ? value : null;
}
