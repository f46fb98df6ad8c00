// Nothing throws: one event of every mapped type, with any one field removed, nulled or of another type, is read, taken
// into a person who has known the whole event before, and written as messages.

import { describe, expect, it } from 'vitest';

import { clerk } from '../../src/intake/clerk/provider.ts';
import type { Provider } from '../../src/intake/provider.ts';
import { stripe } from '../../src/intake/stripe/provider.ts';
import { applyEvent } from '../../src/person/apply.ts';
import type { Message } from '../../src/person/message.ts';
import { identifyMessage, trackMessage } from '../../src/person/messages.ts';
import { newPerson } from '../../src/person/person.ts';
import type { Person } from '../../src/person/person.ts';
import { traitsOf } from '../../src/person/traits.ts';
import {
  CLERK_SAMPLE_TYPES,
  clerkSample,
  STRIPE_SAMPLE_TYPES,
  stripeSample,
} from '../../src/samples/events.ts';
import { READ_OPTIONS } from '../support/read-options.ts';
import { HOSTILE, placesOf, spoilt } from '../support/spoil.ts';
import { olden } from '../support/stripe-2020.ts';

const RECEIVED_AT = Date.UTC(2026, 10, 24);
const NAMES = {
  traitCase: 'snake',
  events: {},
  freePlan: null,
  mapping: { plans: {}, traits: {} },
  onUserDeleted: 'delete',
} as const;

type Taken = { readonly kind: string; readonly person: Person; readonly messages: Message[] };

function take(provider: Provider, json: unknown, before: Person): Taken {
  const body = { json, deliveryId: null, receivedAt: RECEIVED_AT };
  const reading = provider.read(body, READ_OPTIONS);
  if (reading.kind !== 'event') return { kind: reading.kind, person: before, messages: [] };
  const { id, type, customerId, news } = reading;
  // News waits as JSON until its person is known, so that is how it is taken.
  const event = JSON.parse(JSON.stringify({ provider: provider.name, id, type, customerId, news }));
  const { person, moments } = applyEvent(before, event);
  const tracks = moments.flatMap((moment) => trackMessage(person.userId, moment, NAMES) ?? []);
  const identify = identifyMessage(person, traitsOf(person, null), NAMES);
  return { kind: 'event', person, messages: [identify, ...tracks] };
}

/** Spoils every place in every way, and says what was wrong with the worst that came of it. */
function faultsOf(provider: Provider, json: object): string[] {
  const known = take(provider, json, newPerson('user_2abcDEF'));
  expect(known.kind).toBe('event');
  const people = [newPerson('user_2abcDEF'), known.person];
  return placesOf(json).flatMap((path) =>
    HOSTILE.filter((value) => {
      const spoiled = spoilt(json, path, value);
      return !people.every((before) => take(provider, spoiled, before).messages.every(isSound));
    }).map((value) => `${path.join('.')} = ${JSON.stringify(value)}`),
  );
}

/** What Customer.io can store: no object where a value belongs, no number that JSON has no word for. */
function isSound(message: Message): boolean {
  const content = message.type === 'track' ? message.properties : message.traits;
  const isTimed = /^[+-]?\d{4,6}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(message.timestamp);
  return (
    isTimed &&
    message.messageId.length === 26 &&
    Object.values(content).every((value) => value === null || isScalar(value))
  );
}

function isScalar(value: unknown): boolean {
  return ['string', 'boolean'].includes(typeof value) || Number.isFinite(value);
}

describe('total', () => {
  it.each(STRIPE_SAMPLE_TYPES)('survives %s spoilt in any one place', (type) => {
    expect(faultsOf(stripe, stripeSample(type, 'evt_1'))).toEqual([]);
  });

  it.each(STRIPE_SAMPLE_TYPES)(
    'survives %s in the shape of 2020 spoilt in any one place',
    (type) => {
      expect(faultsOf(stripe, olden(stripeSample(type, 'evt_1')))).toEqual([]);
    },
  );

  it.each(CLERK_SAMPLE_TYPES)('survives %s spoilt in any one place', (type) => {
    expect(faultsOf(clerk, clerkSample(type))).toEqual([]);
  });
});
