// From payloads to what goes out: events of either provider, accepted for real into tables over SQLite.

import { DatabaseSync } from 'node:sqlite';

import { platformOver } from '../../src/cli/node-sqlite.ts';
import { clerk } from '../../src/intake/clerk/provider.ts';
import type { ReadOptions } from '../../src/intake/provider.ts';
import { stripe } from '../../src/intake/stripe/provider.ts';
import { accept } from '../../src/outbox/people/accept.ts';
import { personKey } from '../../src/outbox/people/table.ts';
import { openStorage } from '../../src/outbox/storage.ts';
import type { Message } from '../../src/person/message.ts';
import { newPerson } from '../../src/person/person.ts';
import type { Person } from '../../src/person/person.ts';
import { traitsOf } from '../../src/person/traits.ts';
import type { Json } from '../../src/samples/payload.ts';
import { CREATED, DAY } from '../../src/samples/stripe.ts';
import { READ_OPTIONS } from './read-options.ts';

const USER = 'user_1';
const NAMES = {
  traitCase: 'camel',
  events: {},
  freePlan: null,
  onUserDeleted: 'delete',
} as const;

type Track = Extract<Message, { type: 'track' }>;

type Known = {
  readonly options?: Partial<ReadOptions>;
  /** Who they were before. */
  readonly person?: Person;
  /** The customer of events that name a charge alone. */
  readonly customerId?: string;
};

/** What a person and their journal are after these events. What nothing wants is left out, as it is at the door. */
export function wire(events: readonly Json[], known: Known = {}) {
  const { options = {}, person: before, customerId = 'cus_1' } = known;
  const tables = openStorage(platformOver(new DatabaseSync(':memory:'))).tables();
  if (before !== undefined) tables.people.save(personKey(USER), before);
  const now = (CREATED + 365 * DAY) * 1000;
  const mapping = { ...READ_OPTIONS, ...options };
  for (const json of events) {
    const provider = 'api_version' in json ? stripe : clerk;
    const body = { json, deliveryId: 'msg_1', receivedAt: now };
    const reading = provider.read(body, mapping);
    if (reading.kind === 'unreadable') throw new Error(reading.problems.join(', '));
    if (reading.kind === 'event') {
      const { id, type, isGone, news } = reading;
      const customer = provider === stripe ? (reading.customerId ?? customerId) : null;
      const gone = isGone === undefined ? {} : { isGone };
      const event = { provider: provider.name, id, type, customerId: customer, ...gone, news };
      accept(tables, { userId: USER, event, now }, { ...NAMES, mapping });
    }
  }
  const person: Person = tables.people.find(personKey(USER)) ?? newPerson(USER);
  const messages = tables.journal
    .entriesAfter(0, { count: 10_000 })
    .flatMap((entry) => entry.messages);
  return { person, tracks: messages.filter(isTrack), traits: traitsOf(person, null) };
}

function isTrack(message: Message): message is Track {
  return message.type === 'track';
}

/** Name and properties of what was told, in its order. */
export function told(events: readonly Json[], known: Known = {}) {
  return wire(events, known).tracks.map(({ event, properties }) => ({ event, ...properties }));
}
