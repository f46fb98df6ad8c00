// Any walk through the life of a subscription: the moments are those of what was done, the money adds up, and neither
// order nor repetition of what arrives makes a difference. Accepted for real, into tables over SQLite.

import { DatabaseSync } from 'node:sqlite';

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { platformOver } from '../../src/cli/node-sqlite.ts';
import { readStripe } from '../../src/intake/stripe/events.ts';
import { accept } from '../../src/outbox/people/accept.ts';
import { personKey } from '../../src/outbox/people/table.ts';
import { openStorage } from '../../src/outbox/storage.ts';
import type { Message } from '../../src/person/message.ts';
import { newPerson } from '../../src/person/person.ts';
import type { Person } from '../../src/person/person.ts';
import { traitsOf } from '../../src/person/traits.ts';
import { CREATED, DAY } from '../../src/samples/stripe.ts';
import type { StripeEventJson } from '../../src/samples/stripe.ts';
import { READ_OPTIONS } from '../support/read-options.ts';
import { walk } from '../support/stripe-walk.ts';

const NAMES = {
  traitCase: 'camel',
  events: {},
  freePlan: null,
  mapping: { plans: {}, traits: {} },
  onUserDeleted: 'delete',
} as const;
const USER = 'user_1';
const NOW = (CREATED + 4000 * DAY) * 1000;

const choices = fc.array(fc.nat({ max: 1000 }), { minLength: 1, maxLength: 12 });

function emptyTables() {
  return openStorage(platformOver(new DatabaseSync(':memory:'))).tables();
}

/** What a person and their journal are after these events. */
function live(events: readonly StripeEventJson[]) {
  const tables = emptyTables();
  for (const json of events) {
    const reading = readStripe({ json, deliveryId: null, receivedAt: NOW }, READ_OPTIONS);
    if (reading.kind !== 'event') throw new Error(`expected an event, got ${reading.kind}`);
    const { id, type, customerId, news } = reading;
    const event = { provider: 'stripe', id, type, customerId, news };
    accept(tables, { userId: USER, event, now: NOW }, NAMES);
  }
  const person: Person = tables.people.find(personKey(USER)) ?? newPerson(USER);
  const entries = tables.journal.entriesAfter(0, { count: 10_000 });
  const tracks = entries.flatMap(({ messages }) => messages).filter(isTrack);
  return { person, tracks, traits: traitsOf(person, null) };
}

type Track = Extract<Message, { type: 'track' }>;

function isTrack(message: Message): message is Track {
  return message.type === 'track';
}

/** In minor units, so that adding is exact. */
function cents(track: Track, property: string): number {
  return Math.round(Number(track.properties[property] ?? 0) * 100);
}

/** What turned free has ended, and begins again with a payment. The first start and an end for good change no value. */
function lapsesOf(tracks: readonly Track[], person: Person, beganInTrial: boolean): number[] {
  const isOver = person.subscriptions['sub_1']?.status === 'canceled';
  const starts = tracks.filter(({ event }) => event === 'subscription_started');
  const ends = tracks.filter(({ event }) => event === 'subscription_canceled');
  const isFree = person.subscriptions['sub_1']?.monthlyMinor === 0;
  return [
    ...starts.slice(beganInTrial ? 0 : 1).map((track) => cents(track, 'mrr')),
    ...ends.slice(0, isOver && !isFree ? -1 : undefined).map((track) => -cents(track, 'mrr')),
  ];
}

/** What makes it the same happening, and when it was. */
function happenings(tracks: readonly Track[]): string[] {
  return tracks
    .map(({ event, messageId, timestamp }) => `${event} ${messageId} ${timestamp}`)
    .toSorted();
}

describe('any walk', () => {
  it('tells exactly what was done in any walk', () => {
    fc.assert(
      fc.property(choices, (numbers) => {
        const { events, told } = walk(numbers);
        const names = live(events).tracks.map(({ event }) => event);
        expect(names.toSorted()).toEqual([...told].toSorted());
      }),
      { numRuns: 1500 },
    );
  });

  it('adds the value at the start and every change of it up to the value at the end', () => {
    fc.assert(
      fc.property(choices, (numbers) => {
        const { events } = walk(numbers);
        const { person, tracks } = live(events);
        const [first] = events;
        const began = live(first === undefined ? [] : [first]).person.subscriptions['sub_1'];
        const changes = tracks
          .filter(({ event }) => /^(plan_|seats_|billing_)/.test(event))
          .map((track) => cents(track, 'mrr') - cents(track, 'from_mrr'));
        const lapses = lapsesOf(tracks, person, began?.status === 'trialing');
        const sum = [...changes, ...lapses].reduce(
          (total, each) => total + each,
          began?.monthlyMinor ?? 0,
        );
        expect(sum).toBe(person.subscriptions['sub_1']?.monthlyMinor);
      }),
      { numRuns: 700 },
    );
  });

  it('ends the same and tells the same in any order, with anything repeated, of two subscriptions', () => {
    const arrivals = fc.record({
      one: choices,
      two: choices,
      order: fc.infiniteStream(fc.nat({ max: 1_000_000 })),
      again: fc.array(fc.nat(), { maxLength: 10 }),
    });
    fc.assert(
      fc.property(arrivals, ({ one, two, order, again }) => {
        const events = [...walk(one).events, ...walk(two, 'sub_2').events];
        const keyed = events.map((event) => ({ event, key: order.next().value }));
        const shuffled = keyed.toSorted((a, b) => a.key - b.key).map(({ event }) => event);
        for (const at of again) {
          shuffled.splice(
            at % (shuffled.length + 1),
            0,
            ...events.slice(at % events.length).slice(0, 1),
          );
        }
        const expected = live(events);
        const actual = live(shuffled);
        expect(actual.person.subscriptions).toEqual(expected.person.subscriptions);
        expect(actual.traits).toEqual(expected.traits);
        expect(happenings(actual.tracks)).toEqual(happenings(expected.tracks));
      }),
      { numRuns: 1500 },
    );
  });
});
