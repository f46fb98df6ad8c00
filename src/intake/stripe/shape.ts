// Pieces of Stripe's objects that recur, in every shape they arrive in.

import * as v from '../../platform/schema.ts';
import { needed, record } from '../shape.ts';

/** A reference we cannot do without: an id, or the object itself where the account expands it. */
export const neededReference = v.idIn(needed.text);

/** Null where there is none. */
export const reference = v.orNull(neededReference);

const Metadata = v.part({ metadata: record });

/** The metadata of an object that may be expanded where its id usually stands. */
export function metadataOf(value: unknown): Readonly<Record<string, unknown>> {
  return v.parse(Metadata, value).metadata;
}
