// Relationships: what Customer.io has to hear about a person's part in organizations, from their own lane, so that a removal of
// theirs is behind it. What it was told stands in the membership. No I/O. No clock.

import { messageId } from './message-id.ts';
import type { Message } from './message.ts';
import { isoTime, wireTraits } from './messages.ts';
import type { MessageOptions } from './messages.ts';
import type { Membership } from './organization-facet.ts';
import { own } from './own.ts';
import type { Person } from './person.ts';

/** Nothing without an object type. `now` in Unix milliseconds. */
export function related(
  person: Person,
  options: MessageOptions,
  now: number,
): { readonly person: Person; readonly messages: readonly Message[] } {
  const type = options.organizations?.objectType ?? null;
  const { memberships = {} } = person;
  const due = Object.entries(memberships).filter(
    ([, membership]) => membership.related !== relationOf(membership, type),
  );
  if (type === null || due.length === 0) return { person, messages: [] };
  const told = due.map(([id, { version, member }]) => {
    const relation = relationOf({ version, member }, type);
    const by = relation === undefined ? {} : { related: relation };
    return [id, { version, member, ...by }] as const;
  });
  return {
    person: { ...person, memberships: { ...memberships, ...Object.fromEntries(told) } },
    messages: told.map(([id, membership]) =>
      messageOf({ userId: person.userId, id, type, membership, now }, options),
    ),
  };
}

const DELETION = 'Relationship Deleted';

export function isRelationshipDeletion(message: Message): boolean {
  return message.type === 'track' && message.event === DELETION;
}

/** The relationship that a message was about, as it is now. */
export function relatedAnew(
  person: Person,
  message: Message,
  { options, now }: { readonly options: MessageOptions; readonly now: number },
) {
  const { memberships = {} } = person;
  const id = message.type === 'group' ? message.groupId : objectIn(message);
  const { related: _, ...membership } = own(memberships, id) ?? { version: 0, member: null };
  // They are not in it: a deletion is still to be said, and what it would have been is not.
  if (membership.member === null) {
    return { person, messages: isRelationshipDeletion(message) ? [message] : [] };
  }
  return related({ ...person, memberships: { ...memberships, [id]: membership } }, options, now);
}

function objectIn(message: Message): string {
  const id = message.type === 'track' ? message.properties['objectId'] : null;
  return typeof id === 'string' ? id : '';
}

function relationOf({ member }: Membership, type: number | null): string | undefined {
  return member === null ? undefined : JSON.stringify([type, member.role, member.joinedAt]);
}

type Relation = {
  readonly userId: string;
  readonly id: string;
  readonly type: number;
  readonly membership: Membership;
  readonly now: number;
};

function messageOf(
  { userId, id, type, membership, now }: Relation,
  options: MessageOptions,
): Message {
  const { member, version } = membership;
  const common = {
    userId,
    messageId: messageId(['relationship', userId, id, version, member?.role ?? ''], now),
    timestamp: isoTime(now),
  };
  // The type's id is a number in events, and text in `group`.
  if (member === null) {
    const properties = { objectId: id, objectTypeId: type };
    return { ...common, type: 'track', event: DELETION, properties };
  }
  const { role, joinedAt } = member;
  const relationshipAttributes = wireTraits({ role, joinedAt }, options);
  const traits = { object_type_id: String(type), relationshipAttributes };
  return { ...common, type: 'group', groupId: id, traits };
}
