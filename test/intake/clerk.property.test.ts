// Whatever one field of a Clerk webhook turns into, reading it is total and says nothing that was in it.

import { isDeepStrictEqual } from 'node:util';

import * as fc from 'fast-check';
import { expect, it } from 'vitest';

import { readClerk } from '../../src/intake/clerk/events.ts';
import type { Reading } from '../../src/intake/provider.ts';
import type { News } from '../../src/person/news.ts';
import { clerkEvent, clerkUser } from '../../src/samples/clerk.ts';
import { clerkPhone } from '../support/clerk-phone.ts';
import { READ_OPTIONS } from '../support/read-options.ts';

type Path = readonly string[];

const RECEIVED_AT = 1_764_000_001_000;
const REMOVED = Symbol('removed');
const OPTIONS = {
  ...READ_OPTIONS,
  traits: { company: 'public_metadata.company.name', first: 'email_addresses.0.email_address' },
};

const EVENT = clerkEvent(
  'user.updated',
  clerkUser({
    primary_phone_number_id: 'idn_2',
    phone_numbers: [clerkPhone('idn_2', '+15005550001')],
    public_metadata: { stripeCustomerId: 'cus_1', company: { name: 'Acme' } },
    private_metadata: { stripe: { customerId: 'cus_2' } },
  }),
);

const PATHS: readonly Path[] = [[], ...pathsIn(EVENT)];

/** Clerk says that there is none, which is not the same as not knowing. */
const MAY_BE_GONE = ['phone', 'firstName', 'lastName', 'username'];

const NEEDED = ['', 'type', 'data', 'data.id'];

/** What a field may turn into: nothing, null, or any other JSON; `secret-` marks what must not be repeated. */
const replacement = fc.oneof(
  fc.constant(REMOVED),
  fc.constant(null),
  fc.constantFrom('', 'secret-word', 'secret@example.test', 0, -1, 1e300, true, [], {}, [null]),
  fc.jsonValue(),
);

it('never throws, whatever one field at any depth is removed, nulled or retyped to', () => {
  const change = fc.record({
    path: fc.constantFrom(...PATHS),
    value: replacement,
    type: fc.constantFrom('user.created', 'user.updated', 'user.deleted'),
  });
  fc.assert(
    fc.property(change, ({ path, value, type }) => {
      const json = changed({ ...EVENT, type }, path, value);
      const reading = readClerk({ json, deliveryId: 'msg_1', receivedAt: RECEIVED_AT }, OPTIONS);
      expect(faultsOf(reading)).toEqual([]);
    }),
    { numRuns: 3000 },
  );
});

it.each(PATHS.map((path) => path.join('.')))('survives the loss of %j', (path) => {
  for (const value of [REMOVED, null, 'secret-word', 7, [], {}]) {
    const json = changed(EVENT, path === '' ? [] : path.split('.'), value);
    const reading = readClerk({ json, deliveryId: null, receivedAt: RECEIVED_AT }, OPTIONS);
    expect(faultsOf(reading)).toEqual([]);
    // Nothing but a type and a person is asked for: whatever else is lost, the rest is still read.
    expect(reading.kind === 'event' || NEEDED.includes(path)).toBe(true);
  }
});

/** What must not be so of any reading of a user's event; the last of them because it is stored as JSON. */
function faultsOf(reading: Reading): string[] {
  const faults = {
    'has no id': reading.id === '',
    'gives no reason': reading.kind === 'unreadable' && reading.problems.length === 0,
    'repeats a value': reading.kind === 'unreadable' && isTelling(reading.problems),
    'has no person': reading.kind === 'event' && !/^[^\s@]+$/.test(reading.userId ?? ''),
    'claims what is no customer':
      reading.kind === 'event' &&
      !reading.claims.every(({ customerId }) => /^cus_[A-Za-z0-9]+$/.test(customerId)),
    'has other news than one': reading.kind === 'event' && reading.news.length !== 1,
    'has unsound news': reading.kind === 'event' && !reading.news.every(isSound),
    'changes in storage': !isDeepStrictEqual(JSON.parse(JSON.stringify(reading)), zeros(reading)),
  };
  return Object.entries(faults).flatMap(([fault, isSo]) => (isSo ? [fault] : []));
}

/** A copy in which minus zero, a number like zero that JSON does not keep, is zero. */
function zeros(value: unknown): unknown {
  if (typeof value === 'number') return value + 0;
  if (Array.isArray(value)) return value.map(zeros);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, zeros(inner)]));
}

function isTelling(problems: readonly string[]): boolean {
  return /secret|@|user_2abcDEF|Acme/.test(problems.join(' '));
}

function isSound(news: News): boolean {
  if (news.kind === 'deleted') return news.occurredAt <= RECEIVED_AT;
  if (news.kind !== 'user') return false;
  const traits = Object.entries(news.facet.traits);
  const areWellFormed = traits.every(
    ([name, value]) => value !== '' && (value !== null || MAY_BE_GONE.includes(name)),
  );
  return news.facet.asOf <= RECEIVED_AT && areWellFormed;
}

function pathsIn(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [
    [...path, key],
    ...pathsIn(inner, [...path, key]),
  ]);
}

/** A copy with the field at `path` replaced, or left out. */
function changed(root: unknown, path: Path, value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value === REMOVED ? undefined : value;
  const copy = structuredClone(root) as Record<string, unknown>;
  if (rest.length === 0 && value === REMOVED) delete copy[key];
  else copy[key] = changed(copy[key], rest, value);
  return copy;
}
