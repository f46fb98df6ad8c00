// Accept: one event into the person's row, the seen keys and the journal. The caller runs it in one transaction
// and answers 2xx after it. Rows written: 3 when the person changes, 2 for a moment alone, 1 when only a facet's
// `asOf` moves, 0 for a duplicate.

import { createHash } from 'node:crypto';

import { applyEvent } from '../../person/apply.ts';
import { hasMoved } from '../../person/customers.ts';
import type { Message } from '../../person/message.ts';
import {
  identifyMessage,
  nextIdentifyAt,
  removalMessage,
  trackMessage,
} from '../../person/messages.ts';
import type { MessageOptions } from '../../person/messages.ts';
import type { Moment } from '../../person/moment.ts';
import type { PersonEvent } from '../../person/news.ts';
import { newPerson } from '../../person/person.ts';
import type { Person } from '../../person/person.ts';
import { traitsOf } from '../../person/traits.ts';
import type { Store } from '../tables.ts';
import { personKey } from './table.ts';

/**
 * `erased`: the person is deleted and stays so. `duplicate`: nothing new came of it. `moved`: the link by which the
 * event came is somebody else's by now, so whose it is has to be asked again.
 */
export type AcceptOutcome = 'accepted' | 'duplicate' | 'erased' | 'moved';

export type Acceptance = { readonly outcome: AcceptOutcome; readonly messages: number };

/** `now` is Unix milliseconds: the time of receipt. */
export type AcceptRequest = {
  readonly userId: string;
  readonly event: PersonEvent;
  readonly now: number;
};

const NOTHING_NEW: Acceptance = { outcome: 'duplicate', messages: 0 };

export function accept(store: Store, request: AcceptRequest, options: MessageOptions): Acceptance {
  const { userId, event } = request;
  const key = personKey(userId);
  const known = store.people.find(key);
  if (known === null) return { outcome: 'erased', messages: 0 };
  const deletion = event.news.find((news) => news.kind === 'deleted');
  if (deletion !== undefined) {
    return erase(store, request, removalMessage(userId, deletion.occurredAt, options));
  }
  const before = known ?? newPerson(userId);
  if (hasMoved(before, event)) return { outcome: 'moved', messages: 0 };
  return take(store, request, { before, options });
}

/** The tombstone comes first: from here on nothing but the removal is sent. */
function erase(store: Store, request: AcceptRequest, removal: Message): Acceptance {
  const person = personKey(request.userId);
  store.people.erase(person);
  store.parked.forget(person);
  store.emails.forget(person);
  store.erasures.begin({ person, userId: request.userId, at: request.now });
  store.journal.append({ at: request.now, person, isRemoval: true, messages: [removal] });
  return { outcome: 'accepted', messages: 1 };
}

function take(
  store: Store,
  request: AcceptRequest,
  about: { readonly before: Person; readonly options: MessageOptions },
): Acceptance {
  const { event, now } = request;
  const { before, options } = about;
  const step = applyEvent(before, event);
  const moments = unseen(store, step.moments, now);
  const first = moments.find((moment) => moment.once === 'seen');
  if (first !== undefined) store.seen.remember(seenKey(first), now);
  return record(store, { before, person: step.person, moments }, { options, now });
}

/** Stores what a person has become, and the messages that say so. */
export function record(
  store: Store,
  change: { readonly before: Person; readonly person: Person; readonly moments: readonly Moment[] },
  shell: { readonly options: MessageOptions; readonly now: number },
): Acceptance {
  const { before } = change;
  const { person, messages } = messagesOf(before, change, shell);
  const key = personKey(person.userId);
  if (JSON.stringify(person) !== JSON.stringify(before)) store.people.save(key, person);
  if (messages.length === 0) return NOTHING_NEW;
  store.journal.append({ at: shell.now, person: key, isRemoval: false, messages });
  return { outcome: 'accepted', messages: messages.length };
}

/**
 * A webhook's moments stand or fall together under the key of the first: two events that tell of one change
 * tell the same moments, and one row is enough. Moments guarded by a mark have just set it.
 */
function unseen(store: Store, moments: readonly Moment[], now: number): readonly Moment[] {
  const first = moments.find((moment) => moment.once === 'seen');
  if (first === undefined || !store.seen.has(seenKey(first), now)) return moments;
  return moments.filter((moment) => moment.once === 'mark');
}

/** A hash: keys name people and what they bought, and outlive them by months. */
function seenKey(moment: Moment): string {
  return createHash('sha256').update(JSON.stringify(moment.key)).digest('base64url').slice(0, 22);
}

/** The identify, when the merge of the facets has changed, stands before what happened. */
function messagesOf(
  before: Person,
  step: { readonly person: Person; readonly moments: readonly Moment[] },
  shell: { readonly options: MessageOptions; readonly now: number },
): { readonly person: Person; readonly messages: readonly Message[] } {
  const { options, now } = shell;
  const traits = traitsOf(step.person, options.freePlan);
  const isDue = JSON.stringify(traits) !== JSON.stringify(traitsOf(before, options.freePlan));
  const lastIdentifyAt = isDue ? nextIdentifyAt(before.lastIdentifyAt, now) : before.lastIdentifyAt;
  const person = { ...step.person, lastIdentifyAt };
  const tracks = step.moments
    .map((moment) => trackMessage(person.userId, moment, options))
    .filter((message) => message !== null);
  return {
    person,
    messages: isDue ? [identifyMessage(person, traits, options), ...tracks] : tracks,
  };
}
