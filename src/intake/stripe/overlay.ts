// What an object was before an event: itself with the previous attributes laid over it. Pure.
// https://docs.stripe.com/api/events/object: arrays come whole, nested objects come with their changed keys only.

import { isObject } from '../../platform/json.ts';

type Json = Readonly<Record<string, unknown>>;

export function overlay(object: Json, previous: Json): Json {
  const before: Record<string, unknown> = { ...object };
  for (const [key, value] of Object.entries(previous)) {
    const current = Object.hasOwn(object, key) ? object[key] : undefined;
    // Defined, not assigned: a key named __proto__ is a key like any other.
    Object.defineProperty(before, key, {
      value: isObject(value) && isObject(current) ? overlay(current, value) : value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return before;
}
