// Messages: one identify, track or group for Customer.io, exactly as it goes over the wire; only the transport adds
// fields of its own. Plain JSON: the journal stores it.
// https://docs.customer.io/integrations/api/cdp/

import type { Traits, TraitValue } from './facet.ts';
import type { Properties } from './moment.ts';

type Common = {
  readonly userId: string;
  /** ULID-shaped and unique per message; the same happening gives the same id for ever. */
  readonly messageId: string;
  /** ISO-8601 with exactly three fractional digits. */
  readonly timestamp: string;
};

export type IdentifyMessage = Common & { readonly type: 'identify'; readonly traits: Traits };

export type TrackMessage = Common & {
  readonly type: 'track';
  readonly event: string;
  readonly properties: Properties;
};

/** An organization's object, or the relationship of `userId` to it. */
export type GroupMessage = Common & {
  readonly type: 'group';
  readonly groupId: string;
  readonly traits: Readonly<Record<string, TraitValue | Traits>>;
};

/** Customer.io's semantic event that removes an object: about nobody, so it has the object's id in a person's place. */
export type ObjectDeletion = Omit<TrackMessage, 'userId'> & {
  readonly userId?: undefined;
  readonly anonymousId: string;
};

export type Message = IdentifyMessage | TrackMessage | GroupMessage | ObjectDeletion;

/** Customer.io's semantic events that remove a person; their names are exact. */
export const REMOVAL_EVENTS = { delete: 'User Deleted', suppress: 'User Suppressed' } as const;

/** What a message is called in logs and counts: its type, or the event's name. */
export function messageName(message: Message): string {
  return message.type === 'track' ? message.event : message.type;
}
