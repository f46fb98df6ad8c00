// Objects: an organization at Customer.io. Its attributes go out from its own lane alone, one after the other, because an
// object has no time by which an older word would lose; they go through a member who is in it now.
// https://docs.customer.io/integrations/data-in/source-spec/group-spec

import { fingerprintOf } from '../../person/fingerprint.ts';
import { messageId } from '../../person/message-id.ts';
import type { GroupMessage, ObjectDeletion } from '../../person/message.ts';
import { isoTime, wireTraits } from '../../person/messages.ts';
import { objectTraits, stateOf } from '../../person/organization.ts';
import type { Person } from '../../person/person.ts';
import type { MessageContext } from '../people/recorded.ts';
import { personKey } from '../people/table.ts';
import type { Tables } from '../tables.ts';

/** Null where the object has nothing new, or nobody is there to send it through: then it waits for somebody. */
export function objectMessage(
  tables: Tables,
  organization: Person,
  { options, now }: MessageContext,
): { readonly person: Person; readonly message: GroupMessage } | null {
  const { userId: groupId } = organization;
  const state = stateOf(organization);
  const { objectType: type, roles } = options.organizations ?? { objectType: null, roles: [] };
  if (type === null || state.facet === null) return null;
  const attributes = wireTraits(objectTraits(organization, options.freePlan), options);
  const traits = { object_type_id: String(type), ...attributes };
  const print = fingerprintOf(traits);
  const through = throughWhom(tables, organization, roles);
  const isTold = state.object?.print === print && state.object.through === through;
  if (through === null || isTold) return null;
  return {
    person: { ...organization, organization: { ...state, object: { print, through } } },
    message: {
      type: 'group',
      userId: through,
      groupId,
      messageId: messageId(['object', groupId, print, now], now),
      timestamp: isoTime(now),
      traits,
    },
  };
}

function isMember({ members }: Tables, id: string, userId: string): boolean {
  return (members.find(personKey(id), userId)?.member ?? null) !== null;
}

/** An object's attributes may go: through somebody who is in it still. What is no object is a person's own relationship. */
export function isOpen(tables: Tables, { traits, groupId, userId }: GroupMessage): boolean {
  return Object.hasOwn(traits, 'relationshipAttributes') || isMember(tables, groupId, userId);
}

/** Whoever it went through before as long as they are in it, else the lowest id of those with a role, else of all. */
function throughWhom(
  tables: Tables,
  organization: Person,
  roles: readonly string[],
): string | null {
  const { userId: id } = organization;
  const before = stateOf(organization).object?.through;
  if (before !== undefined && isMember(tables, id, before)) return before;
  const org = personKey(id);
  const [first = tables.members.page(org, '', 1)[0]] = tables.members.withRoles(org, roles);
  return first?.userId ?? null;
}

/** Customer.io removes the object and its relationships on it. It is about nobody, and somebody has to be named. */
export function objectDeletion(groupId: string, type: number, at: number): ObjectDeletion {
  return {
    type: 'track',
    anonymousId: groupId,
    event: 'Object Deleted',
    messageId: messageId(['object_deleted', groupId], 0),
    timestamp: isoTime(at),
    properties: { objectId: groupId, objectTypeId: type },
  };
}
