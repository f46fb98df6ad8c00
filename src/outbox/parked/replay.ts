// Replay: a parked message goes back into the journal, behind everything that is there, so it overtakes nothing. A
// track keeps its id and its time; an identify is made anew, because its traits are old by now.

import type { Message } from '../../person/message.ts';
import { identifyMessage, nextIdentifyAt } from '../../person/messages.ts';
import type { MessageOptions } from '../../person/messages.ts';
import { traitsOf } from '../../person/traits.ts';
import type { Store } from '../tables.ts';
import type { ParkedRow } from './table.ts';

/** `erased`: its person is deleted meanwhile. `unreadable`: an event, which only the door can read again. */
export type ReplayOutcome = 'replayed' | 'erased' | 'unreadable' | 'not_found';

/** The caller runs it in one transaction. `now` in Unix milliseconds. */
export function replay(
  store: Store,
  seq: number,
  shell: { readonly options: MessageOptions; readonly now: number },
): ReplayOutcome {
  const row = store.parked.find(seq);
  if (row === null) return 'not_found';
  const { content, person, isRemoval } = row;
  if (person === null || !isMessage(content)) return 'unreadable';
  store.parked.remove(seq);
  if (!isRemoval && store.people.isErased(person)) return 'erased';
  const messages = [
    content.type === 'identify' ? anew(store, person, { ...shell, content }) : content,
  ];
  store.journal.append({ at: shell.now, person, isRemoval, messages });
  return 'replayed';
}

/** What the list says of a parked thing: which event or message it is, and of nobody in particular. */
export function aboutOf({ content }: ParkedRow): string {
  if (isMessage(content)) return content.type === 'track' ? content.event : content.type;
  const isNamed = typeof content === 'object' && content !== null && 'type' in content;
  return isNamed ? String(content.type) : '';
}

function anew(
  store: Store,
  key: string,
  about: { readonly options: MessageOptions; readonly now: number; readonly content: Message },
): Message {
  const { options, now, content } = about;
  const known = store.people.find(key) ?? null;
  if (known === null) return content;
  const person = { ...known, lastIdentifyAt: nextIdentifyAt(known.lastIdentifyAt, now) };
  store.people.save(key, person);
  return identifyMessage(person, traitsOf(person, options.freePlan), options);
}

function isMessage(content: unknown): content is Message {
  return typeof content === 'object' && content !== null && 'messageId' in content;
}
