// What the operator sees of one person: the facets, the merged traits and the last messages. Read-only.

import type { Traits } from '../../person/facet.ts';
import { asMapped } from '../../person/mapping.ts';
import type { Message } from '../../person/message.ts';
import type { MessageOptions } from '../../person/messages.ts';
import type { Person } from '../../person/person.ts';
import { traitsOf } from '../../person/traits.ts';
import type { Storage } from '../storage.ts';
import { personKey } from './table.ts';

/** Messages shown, and how deep in the journal they are looked for: it is ordered by time, not by person. */
const MESSAGES_MAX = 20;
const DEPTH_ENTRIES = 200_000;

export type PersonView =
  | { readonly kind: 'unknown' }
  /** Deleted: nothing is known but that. */
  | { readonly kind: 'erased' }
  | {
      readonly kind: 'person';
      readonly person: Person;
      readonly traits: Traits;
      /** The newest first. */
      readonly messages: readonly ViewedMessage[];
    };

type ViewedMessage = {
  readonly acceptedAt: number;
  readonly isDelivered: boolean;
  readonly message: Message;
};

export function personView(
  storage: Storage,
  userId: string,
  { freePlan, mapping }: MessageOptions,
): PersonView {
  const { people, journal } = storage.tables();
  const key = personKey(userId);
  const known = people.find(key);
  if (known === undefined) return { kind: 'unknown' };
  if (known === null) return { kind: 'erased' };
  const person = asMapped(known, mapping);
  const { cursor } = storage.delivery();
  const messages = journal
    .newestOf(key, MESSAGES_MAX, DEPTH_ENTRIES)
    .flatMap(({ seq, at, messages: all }) =>
      all
        .map((message, index) => ({
          acceptedAt: at,
          isDelivered: seq <= cursor.seq || (seq === cursor.seq + 1 && index < cursor.part),
          message,
        }))
        .toReversed(),
    )
    .slice(0, MESSAGES_MAX);
  return { kind: 'person', person, traits: traitsOf(person, freePlan), messages };
}
