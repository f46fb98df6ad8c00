// A payload that came without a signature, as the body of Clerk's webhook it is; anything else is none of Clerk's.
// No I/O. No clock.

import type { Recognized } from '../provider.ts';
import { isObject } from '../shape.ts';

/** Bodies carry no id of their own, and `data.object` is a word or missing. Examples leave the word `event` out. */
export function recognizeClerk(json: unknown): Recognized | null {
  if (!isObject(json)) return null;
  const { type, object = 'event', id, data } = json;
  const isBody = typeof type === 'string' && object === 'event' && id === undefined;
  if (!isBody || !isObject(data) || isObject(data['object'])) return null;
  return { json, readAs: null };
}
