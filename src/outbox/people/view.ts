// What the operator sees of one person: the facets, the merged traits and the last messages. Read-only.

import type { Traits } from '../../person/facet.ts';
import { traitsUnder } from '../../person/identify.ts';
import { asMapped } from '../../person/mapping.ts';
import type { Message } from '../../person/message.ts';
import type { MessageOptions } from '../../person/messages.ts';
import type { Person } from '../../person/person.ts';
import { isPassed } from '../delivery/plan-batch.ts';
import type { Place } from '../delivery/plan-batch.ts';
import { isAhead } from '../delivery/record.ts';
import type { Delivery } from '../delivery/record.ts';
import type { Storage } from '../storage.ts';
import { personKey } from './table.ts';

/** Messages shown, and how deep in the journal they are looked for: it is ordered by time, not by person. */
const MESSAGES_MAX = 20;
const DEPTH_ENTRIES = 200_000;

type PersonView =
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
  /** It waits because the person's first message fails while others' land. */
  readonly isHeld: boolean;
  readonly message: Message;
};

export function personView(storage: Storage, userId: string, options: MessageOptions): PersonView {
  const { people, journal, holds } = storage.tables();
  const key = personKey(userId);
  const known = people.find(key);
  if (known === undefined) return { kind: 'unknown' };
  if (known === null) return { kind: 'erased' };
  const person = asMapped(known, options.mapping);
  const delivery = storage.delivery();
  const held = new Set(holds.placesOf(key).map(nameOf));
  const messages = journal
    .newestOf(key, MESSAGES_MAX, DEPTH_ENTRIES)
    .flatMap(({ seq, at, messages: all }) =>
      all
        .map((message, part) => {
          const isHeld = held.has(nameOf({ seq, part }));
          return {
            acceptedAt: at,
            isDelivered: !isHeld && isDone(delivery, seq, part),
            isHeld,
            message,
          };
        })
        .toReversed(),
    )
    .slice(0, MESSAGES_MAX);
  return { kind: 'person', person, traits: traitsUnder(person, options), messages };
}

function isDone(delivery: Delivery, seq: number, part: number): boolean {
  return isPassed({ seq, part }, delivery.cursor) || isAhead(delivery, { seq, part });
}

function nameOf({ seq, part }: Place): string {
  return `${seq} ${part}`;
}
