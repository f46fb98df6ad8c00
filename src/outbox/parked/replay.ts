// Replay: a parked message goes back into the journal, behind everything that is there, so it overtakes nothing. A
// track keeps its id and its time; what says how things are is made from today's facets, because it is old by now.

import { identified } from '../../person/identify.ts';
import { asMapped } from '../../person/mapping.ts';
import type { Message } from '../../person/message.ts';
import { untold } from '../../person/organization.ts';
import { isOrganization } from '../../person/owner.ts';
import type { Person } from '../../person/person.ts';
import { isRelationshipDeletion, relatedAnew } from '../../person/relationship.ts';
import { withObject } from '../organizations/objects.ts';
import { accept } from '../people/accept.ts';
import { gainIn, isGain } from '../people/gain.ts';
import type { AcceptOutcome, MessageContext } from '../people/recorded.ts';
import { isTooLarge } from '../people/too-large.ts';
import type { TooLarge } from '../people/too-large.ts';
import type { Tables } from '../tables.ts';
import type { ParkedRow } from './table.ts';

/**
 * `erased`: its person is deleted meanwhile. `unreadable`: an event, which only the door can read again. `moved`: an event whose
 * customer is somebody else's by now. `person_too_large`: nothing has become less.
 */
export type ReplayOutcome =
  | 'replayed'
  | 'erased'
  | 'unreadable'
  | 'moved'
  | 'person_too_large'
  | 'not_found';

/** The caller runs it in one transaction. */
export function replay(tables: Tables, seq: number, context: MessageContext): ReplayOutcome {
  const row = tables.parked.find(seq);
  if (row === null) return 'not_found';
  const { content, person } = row;
  if (isTooLarge(content)) return acceptAgain(tables, { ...content, seq }, context);
  if (isGain(content)) {
    const { outcome } = gainIn(tables, content, context);
    return replayed(tables, seq, outcome);
  }
  if (person === null || !isMessage(content)) return 'unreadable';
  tables.parked.remove(seq);
  if (tables.people.isErased(person)) return 'erased';
  const messages = anew(tables, { key: person, message: content }, context);
  if (messages.length > 0) {
    tables.journal.append({ at: context.now, person, isRemoval: false, messages });
  }
  return 'replayed';
}

/** As it is now, of what says how things are. Nothing where that is not so any more, and another message has said it. */
function anew(
  tables: Tables,
  { key, message }: { readonly key: string; readonly message: Message },
  context: MessageContext,
): readonly Message[] {
  if (message.type === 'identify') return [identifyOf(tables, key, context) ?? message];
  const isTold = message.type === 'group' || isRelationshipDeletion(message);
  const known = isTold ? (tables.people.find(key) ?? null) : null;
  if (known === null) return [message];
  const { person, messages } = retold(tables, { known, message }, context);
  tables.people.save(key, person);
  return messages;
}

/** An object or a relationship: an older word would win, because neither has a time at Customer.io. */
function retold(
  tables: Tables,
  { known, message }: { readonly known: Person; readonly message: Message },
  context: MessageContext,
) {
  const mapped = asMapped(known, context.options.mapping);
  if (isOrganization(mapped.userId)) return withObject(tables, untold(mapped), context);
  return relatedAnew(mapped, message, context);
}

/** Throws where its person is too large as before; then it stays. */
function acceptAgain(
  tables: Tables,
  { userId, event, seq }: TooLarge & { readonly seq: number },
  { options, now }: MessageContext,
): ReplayOutcome {
  const { outcome } = accept(tables, { userId, event, now }, options);
  return replayed(tables, seq, outcome);
}

function replayed({ parked }: Tables, seq: number, outcome: AcceptOutcome): ReplayOutcome {
  if (outcome === 'moved') return 'moved';
  parked.remove(seq);
  return outcome === 'erased' ? 'erased' : 'replayed';
}

/** What the list says of a parked thing: which event or message it is, without saying whose. */
export function nameOf({ content }: ParkedRow): string {
  if (isMessage(content)) return content.type === 'track' ? content.event : content.type;
  const isNamed = typeof content === 'object' && content !== null && 'type' in content;
  return isNamed ? String(content.type) : '';
}

/** The identify that is due now; null for an unknown person. */
function identifyOf(tables: Tables, key: string, { options, now }: MessageContext): Message | null {
  const known = tables.people.find(key) ?? null;
  if (known === null) return null;
  const { person, message } = identified(asMapped(known, options.mapping), options, now);
  tables.people.save(key, person);
  return message;
}

function isMessage(content: unknown): content is Message {
  return typeof content === 'object' && content !== null && 'messageId' in content;
}
