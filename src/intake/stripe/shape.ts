// Pieces of Stripe's objects that recur, in every shape they arrive in.

import * as z from 'zod';

import { needed, record } from '../shape.ts';

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
