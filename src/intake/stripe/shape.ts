// Pieces of Stripe's objects that recur, in every shape they arrive in.

import * as z from 'zod/mini';

import { needed, record } from '../shape.ts';

const Id = z.union([
  z.string().check(z.minLength(1)),
  z.pipe(
    z.object({ id: z.string().check(z.minLength(1)) }),
    z.transform(({ id }) => id),
  ),
]);

/** A reference: an id, or the object itself where the account expands it. Null where there is none. */
export const reference = z.catch(z.nullable(Id), null);

/** A reference we cannot do without. */
export const neededReference = z.union(
  [
    needed.text,
    z.pipe(
      z.object({ id: needed.text }),
      z.transform(({ id }) => id),
    ),
  ],
  {
    error: 'expected an id',
  },
);

const Metadata = z.catch(z.object({ metadata: record }), { metadata: {} });

/** The metadata of an object that may be expanded where its id usually stands. */
export function metadataOf(value: unknown): Readonly<Record<string, unknown>> {
  return Metadata.parse(value).metadata;
}
