// Pieces of Stripe's objects that recur, in every shape they arrive in.

import * as v from '../../platform/schema.ts';
import { needed, record } from '../shape.ts';

const Id = v.union([
  v.pipe(v.string(), v.minLength(1)),
  v.pipe(
    v.object({ id: v.pipe(v.string(), v.minLength(1)) }),
    v.transform(({ id }) => id),
  ),
]);

/** A reference: an id, or the object itself where the account expands it. Null where there is none. */
export const reference = v.fallback(v.nullable(Id), null);

/** A reference we cannot do without. */
export const neededReference = v.union(
  [
    needed.text,
    v.pipe(
      v.object({ id: needed.text }),
      v.transform(({ id }) => id),
    ),
  ],
  'expected an id',
);

const Metadata = v.fallback(v.object({ metadata: record }), { metadata: {} });

/** The metadata of an object that may be expanded where its id usually stands. */
export function metadataOf(value: unknown): Readonly<Record<string, unknown>> {
  return v.parse(Metadata, value).metadata;
}
