// A payload that came without a signature, as the body of Clerk's webhook it is; anything else is none of Clerk's. And
// what a list of Clerk has shown, as the webhook that would have said so. No I/O. No clock.

import { isObject } from '../../platform/json.ts';
import * as v from '../../platform/schema.ts';
import type { Pulled, Recognized } from '../provider.ts';
import { count } from '../shape.ts';

/** Bodies carry no id of their own, and `data.object` is a word or missing. Examples leave the word `event` out. */
export function recognizeClerk(json: unknown): Recognized | null {
  if (!isObject(json)) return null;
  const { type, object = 'event', id, data } = json;
  const isBody = typeof type === 'string' && object === 'event' && id === undefined;
  if (!isBody || !isObject(data) || isObject(data['object'])) return null;
  return { json, readAs: null };
}

/** What an object is → how the events about it begin. */
const EVENTS_OF = new Map<unknown, string>([
  ['user', 'user'],
  ['organization', 'organization'],
  ['organization_membership', 'organizationMembership'],
]);

/** Dated as the object itself says. A billing item never begins by being listed. */
export function snapshotClerk({ object, askedAt, isNew }: Pulled) {
  const told = isNew === true ? 'created' : 'updated';
  const at = v.parse(count, object[`${told}_at`]) ?? askedAt;
  const about = EVENTS_OF.get(object['object']);
  const type = about === undefined ? 'subscriptionItem.updated' : `${about}.${told}`;
  const timestamp = Math.min(at, askedAt);
  // Whoever has asked has put it there: no object of Clerk's says of which instance it is.
  return { type, object: 'event', data: object, timestamp, instance_id: object['instance_id'] };
}
