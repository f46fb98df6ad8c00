// What a sample object may be made of. The packages' types say what a whole object is; a sample has part of it.

import type { Stripe } from 'stripe';

/** JSON of an unknown shape. */
export type Json = Record<string, unknown>;

type Scalar = string | number | boolean | null | undefined;

/**
 * Part of an object, at any depth: a misspelt field and a value of another type do not compile. `undefined` leaves a
 * field out. What the package types as optional may be null, as it mostly is on the wire, and so may a key of metadata,
 * which says that it was not there before. Decimals are text on the wire.
 */
export type PartOf<Value> = Value extends Scalar
  ? Value
  : Value extends Stripe.Decimal
    ? string
    : Value extends readonly (infer Each)[]
      ? readonly PartOf<Each>[]
      : Value extends object
        ? { readonly [Key in keyof Value]?: PartOf<Value[Key]> | NullIfOptional<Value, Key> }
        : Value;

type NullIfOptional<Shape, Key extends keyof Shape> =
  | undefined
  | (Partial<Pick<Shape, Key>> extends Pick<Shape, Key> ? null : never)
  | (string extends Key ? null : never);
