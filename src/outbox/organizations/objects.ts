// Objects: an organization at Customer.io. Its attributes go out from its own lane alone, one after the other, because an
// object has no time by which an older word would lose; they go through a member who is in it now.
// https://docs.customer.io/integrations/data-in/source-spec/group-spec

import { fingerprintOf } from '../../person/fingerprint.ts';
import { asMapped } from '../../person/mapping.ts';
import { messageId } from '../../person/message-id.ts';
import type { GroupMessage, ObjectDeletion } from '../../person/message.ts';
import { isoTime, wireTraits } from '../../person/messages.ts';
import type { MessageOptions } from '../../person/messages.ts';
import { objectTraits, stateOf } from '../../person/organization.ts';
import { own } from '../../person/own.ts';
import type { Person } from '../../person/person.ts';
import type { MessageContext } from '../people/recorded.ts';
import { personKey } from '../people/table.ts';
import type { Tables } from '../tables.ts';

/** `isAgain`: whatever it was told. */
type ObjectContext = MessageContext & { readonly isAgain?: boolean };

/** What its object is told, and through whom: null where nobody is there. Null: it has no object. */
export function objectOf(tables: Tables, organization: Person, options: MessageOptions) {
  const { objectType: type, roles } = options.organizations ?? { objectType: null, roles: [] };
  if (type === null || stateOf(organization).facet === null) return null;
  const attributes = wireTraits(objectTraits(organization, options.freePlan), options);
  return { type, attributes, through: throughWhom(tables, organization, roles) };
}

/**
 * The organization, with what its object is told now. Nothing where that is not new and not to be said again, or nobody is
 * there to send it through: then it is due once somebody is.
 */
export function withObject(
  tables: Tables,
  organization: Person,
  { options, now, isAgain }: ObjectContext,
): { readonly person: Person; readonly messages: readonly GroupMessage[] } {
  const { userId: groupId } = organization;
  const { object, ...state } = stateOf(organization);
  const found = objectOf(tables, organization, options);
  if (found === null) return { person: organization, messages: [] };
  const { type, through, attributes } = found;
  if (through === null) return { person: { ...organization, organization: state }, messages: [] };
  const traits = { object_type_id: String(type), ...attributes };
  const print = fingerprintOf(traits);
  if (isAgain !== true && object?.print === print && object.through === through) {
    return { person: organization, messages: [] };
  }
  const message = {
    type: 'group',
    userId: through,
    groupId,
    messageId: messageId(['object', groupId, print, now], now),
    timestamp: isoTime(now),
    traits,
  } as const;
  const told = { ...state, object: { print, through, at: now } };
  return { person: { ...organization, organization: told }, messages: [message] };
}

/** What its object has to be told and nobody was there for, if anything. Answers whether it is told. */
export function tellObject(tables: Tables, id: string, context: ObjectContext): boolean {
  const key = personKey(id);
  const known = tables.people.find(key) ?? null;
  if (known === null) return false;
  const { person, messages } = withObject(
    tables,
    asMapped(known, context.options.mapping),
    context,
  );
  if (messages.length === 0) return false;
  tables.people.save(key, person);
  tables.journal.append({ at: context.now, person: key, isRemoval: false, messages });
  return true;
}

function isMember({ members }: Tables, id: string, userId: string): boolean {
  return (members.find(personKey(id), userId)?.member ?? null) !== null;
}

/**
 * It may still go: an object's attributes through somebody who is in it, as its row says, and a relationship of whoever is, as
 * their own does. Either would make the object anew.
 */
export function isOpen(tables: Tables, { traits, groupId, userId }: GroupMessage): boolean {
  if (!Object.hasOwn(traits, 'relationshipAttributes')) return isMember(tables, groupId, userId);
  const { memberships = {} } = tables.people.find(personKey(userId)) ?? {};
  return (own(memberships, groupId)?.member ?? null) !== null;
}

/**
 * Whoever it went through before as long as they are in it, else the lowest id of those with a role, else of all. Nobody
 * whose shard has not heard of it yet, by a notice or by the fan-out: it could not say that they are deleted.
 */
function throughWhom(
  tables: Tables,
  organization: Person,
  roles: readonly string[],
): string | null {
  const { userId: id } = organization;
  const before = stateOf(organization).object?.through;
  if (before !== undefined && isMember(tables, id, before)) return before;
  const org = personKey(id);
  const untold = tables.notices.untold(org);
  const toldUpTo = tables.fanOuts.find(id)?.cursor ?? null;
  const all = tables.members
    .page(org, '', -1)
    .filter(({ userId }) => !untold.has(userId) && (toldUpTo === null || userId <= toldUpTo));
  return (all.find(({ role }) => roles.includes(role ?? '')) ?? all[0])?.userId ?? null;
}

export const OBJECT_DELETION = 'Object Deleted';

/** Customer.io removes the object and its relationships on it. It is about nobody, and somebody has to be named. */
export function objectDeletion(groupId: string, type: number, at: number): ObjectDeletion {
  return {
    type: 'track',
    anonymousId: groupId,
    event: OBJECT_DELETION,
    messageId: messageId(['object_deleted', groupId], 0),
    timestamp: isoTime(at),
    properties: { objectId: groupId, objectTypeId: type },
  };
}
