// Pieces of Stripe's objects that recur, in every shape they arrive in, and how what was read becomes a reading.

import * as z from 'zod';

import type { News } from '../../person/news.ts';
import type { Reading, ReadOptions } from '../provider.ts';
import { needed, NOBODY, ownerIn, personIn, problemsOf, record } from '../shape.ts';
import type { Owner } from '../shape.ts';
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

/** A place where an event says whose its customer is. Only places a buyer cannot edit may move a link. */
export type Place = { readonly source: string; readonly owner: Owner; readonly mayMove: boolean };

/** The customer's own metadata, where the customer is expanded. */
export function customerPlace(value: unknown, options: ReadOptions): Place {
  const owner = ownerIn(metadataOf(value), options.linkKeys);
  return { source: 'customer_metadata', owner, mayMove: true };
}

export type Finding = {
  /** Whom the event itself names, beside what it says about the customer. */
  readonly owner?: Owner;
  readonly customerId: string | null;
  readonly chargeId?: string | null;
  readonly places?: readonly Place[];
  readonly news: readonly News[];
};

/** An organization's billing belongs to no person, and what names nobody could never be placed. */
export function readingOf(event: StripeEvent, finding: Finding): Reading {
  const { id, type } = event;
  const { owner = NOBODY, customerId, chargeId = null, places = [], news } = finding;
  const owners = [owner, ...places.map((place) => place.owner)];
  const isPersonal = owners.some(({ kind }) => kind === 'person');
  if (!isPersonal && owners.some(({ kind }) => kind === 'organization')) {
    return { kind: 'ignored', id, type, reason: 'organization_payer' };
  }
  const userId = personIn(owner);
  if (userId === null && customerId === null && chargeId === null) {
    return { kind: 'ignored', id, type, reason: 'nobody_named' };
  }
  const claims =
    customerId === null ? [] : claimsOf(places, { customerId, asOf: event.occurredAt });
  return { kind: 'event', id, type, userId, customerId, chargeId, claims, news };
}

function claimsOf(
  places: readonly Place[],
  about: { readonly customerId: string; readonly asOf: number },
) {
  return places.flatMap(({ source, owner, mayMove }) => {
    const userId = personIn(owner);
    return userId === null ? [] : [{ ...about, userId, source, mayMove }];
  });
}

export function unreadable({ id, type }: StripeEvent, error: z.ZodError): Reading {
  const problems = problemsOf(error).map((problem) => `data.object.${problem}`);
  return { kind: 'unreadable', id, type, problems };
}
