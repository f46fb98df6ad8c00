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
import type { Json } from '../../src/samples/payload.ts';
import { CREATED, DAY, stripeEvent, subscription } from '../../src/samples/stripe.ts';
import type { StripeEventJson } from '../../src/samples/stripe.ts';
import { READ_OPTIONS } from '../support/read-options.ts';
import { ancient, olden } from '../support/stripe-2020.ts';
import { walk } from '../support/stripe-walk.ts';
import { PRICES, priceOf } from '../support/walked-subscription.ts';
import { differences, inOrder } from '../support/whole.ts';

const NAMES = {
  traitCase: 'camel',
  events: {},
  freePlan: null,
  onUserDeleted: 'delete',
} as const;
const USER = 'user_1';
const NOW = (CREATED + 4000 * DAY) * 1000;

const choices = fc.array(fc.nat({ max: 1000 }), { minLength: 1, maxLength: 12 });

function emptyTables() {
  return openStorage(platformOver(new DatabaseSync(':memory:'))).tables();
}

/** What a person and their journal are after these events. */
function live(events: readonly StripeEventJson[], plans: Readonly<Record<string, string>> = {}) {
  const tables = emptyTables();
  const names = { ...NAMES, mapping: { plans, traits: {} } };
  for (const json of events) {
    const options = { ...READ_OPTIONS, plans };
    const reading = readStripe({ json, deliveryId: null, receivedAt: NOW }, options);
    if (reading.kind !== 'event') throw new Error(`expected an event, got ${reading.kind}`);
    const { id, type, customerId, news } = reading;
    const event = { provider: 'stripe', id, type, customerId, news };
    accept(tables, { userId: USER, event, now: NOW }, names);
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

/** The plans of the walk as lines of old invoices had them. */
function priceNamed(id: unknown): Json {
  return priceOf(PRICES.findIndex((each) => each.id === id));
}

const NAMED = Object.fromEntries(PRICES.map(({ id, lookup_key: name }) => [id, name]));

/** Since basil lines have ids alone, so `PLANS` has to name the plan; before, they named it. */
const GENERATIONS = [
  { plans: NAMED, shaped: (event: StripeEventJson) => event },
  { plans: {}, shaped: (event: StripeEventJson) => olden(event, priceNamed) },
  { plans: {}, shaped: (event: StripeEventJson) => ancient(event, priceNamed) },
] as const;

/**
 * What is judged by what is known when it comes, and no event says itself: what a subscription is worth when an invoice
 * converts its trial, and what else the person has, or had before.
 */
const JUDGED = [
  'subscription_canceled.remaining_mrr',
  'subscription_canceled.subscriptions_left',
  'subscription_started.previous_plan',
  'subscription_started.returning',
  'trial_converted.mrr',
  'trial_started.previous_plan',
  'trial_started.returning',
];

/** Whoever ended it, and so whether before its time: where the end overtakes the news that what was unpaid is paid. */
const OVERTAKEN = ['subscription_canceled.immediate', 'subscription_canceled.reason'];

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

  it('ends the same and tells the same in any order, with anything repeated, of two subscriptions, word for word', () => {
    const seen = new Set<string>();
    const arrivals = fc.record({
      one: choices,
      two: choices,
      order: fc.infiniteStream(fc.nat({ max: 1_000_000 })),
      again: fc.array(fc.nat(), { maxLength: 10 }),
      generation: fc.constantFrom(...GENERATIONS),
    });
    fc.assert(
      fc.property(arrivals, ({ one, two, order, again, generation }) => {
        const { plans, shaped } = generation;
        const events = [...walk(one).events, ...walk(two, 'sub_2').events].map(shaped);
        const shuffled = inOrder(
          [...events, ...again.flatMap((at) => events[at % events.length] ?? [])],
          order,
        );
        const expected = live(events, plans);
        const actual = live(shuffled, plans);
        expect(actual.person.subscriptions).toEqual(expected.person.subscriptions);
        expect(actual.traits).toEqual(expected.traits);
        const differing = differences(expected.tracks, actual.tracks);
        expect(differing.filter((each) => ![...JUDGED, ...OVERTAKEN].includes(each))).toEqual([]);
        for (const each of differing) seen.add(each);
      }),
      { numRuns: 800 },
    );
    // All of them do differ in some order: else it would be no exception.
    expect([...seen].toSorted().filter((each) => !OVERTAKEN.includes(each))).toEqual(JUDGED);
  });

  it('takes an end for one for want of a payment where it overtakes the news that there was one', () => {
    const events = OWED_AND_PAID.map(([type, status, previous], index) =>
      stripeEvent(`customer.subscription.${type}`, subscription({ status, ...ENDED[status] }), {
        created: CREATED + index * DAY,
        ...(previous === null ? {} : { previous: { status: previous } }),
      }),
    );
    const [paid, end] = events.splice(-2);
    const late = [...events, end, paid].flatMap((each) => each ?? []);
    const inTime = [...events, paid, end].flatMap((each) => each ?? []);
    expect(differences(live(inTime).tracks, live(late).tracks).toSorted()).toEqual(OVERTAKEN);
  });
});

const OWED_AND_PAID = [
  ['created', 'active', null],
  ['updated', 'past_due', 'active'],
  ['updated', 'unpaid', 'past_due'],
  ['updated', 'active', 'unpaid'],
  ['deleted', 'canceled', null],
] as const;

const ENDED: Readonly<Record<string, Parameters<typeof subscription>[0]>> = {
  canceled: {
    ended_at: CREATED + 4 * DAY,
    canceled_at: CREATED + 4 * DAY,
    cancellation_details: { comment: null, feedback: null, reason: 'cancellation_requested' },
  },
};
