// Messages as pages show them: each by its name, what it says field by field, whether it landed, and its mail. Pure.

import type { ShownMessage } from '../../outbox/looks/entry.ts';
import type { Changes } from '../../person/difference.ts';
import { messageName } from '../../person/message.ts';
import type { Message } from '../../person/message.ts';

/** `shard`: whose; `parkedId` names it among what is parked. */
export function shownMessage({ message, state, parked, mail }: ShownMessage, shard: string) {
  const { messageId, timestamp } = message;
  return {
    state,
    mail,
    messageId,
    timestamp,
    name: messageName(message),
    isTrack: message.type === 'track',
    parkedId: parked === null ? null : `${shard}-${parked}`,
    fields: fieldsOf(message),
  };
}

export function fieldsOf(message: Message) {
  const said = message.type === 'track' ? message.properties : message.traits;
  return Object.entries(said).map(([name, value]) => ({ name, value }));
}

/** What was not there is null. */
export function shownChanges(changes: Changes | null) {
  return changes === null
    ? null
    : {
        left: changes.left,
        fields: changes.fields.map(({ field, was = null, is = null }) => ({ field, was, is })),
      };
}
