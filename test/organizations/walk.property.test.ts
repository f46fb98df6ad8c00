// Any walk through the life of a subscription, or of Clerk's items, is the same for a company as for a person: its admin hears
// word for word what a person would, its object has the same billing traits, and its members know the same plan. In any
// order, with anything repeated. Accepted for real, into tables over SQLite.

import { DatabaseSync } from 'node:sqlite';

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { platformOver } from '../../src/cli/node-sqlite.ts';
import { readClerk } from '../../src/intake/clerk/events.ts';
import { readStripe } from '../../src/intake/stripe/events.ts';
import { accept } from '../../src/outbox/people/accept.ts';
import { personKey } from '../../src/outbox/people/table.ts';
import { openStorage } from '../../src/outbox/storage.ts';
import type { Message } from '../../src/person/message.ts';
import type { News, PersonEvent } from '../../src/person/news.ts';
import { objectTraits, stateOf } from '../../src/person/organization.ts';
import { newPerson } from '../../src/person/person.ts';
import { BILLING_TRAITS, traitsOf } from '../../src/person/traits.ts';
import { CREATED, DAY } from '../../src/samples/stripe.ts';
import { clerkWalk } from '../support/clerk-walk.ts';
import { READ_OPTIONS } from '../support/read-options.ts';
import { walk } from '../support/stripe-walk.ts';
import { inOrder } from '../support/whole.ts';

const NOW = (CREATED + 4000 * DAY) * 1000;
const ACME = 'org_acme';
const ADMIN = 'user_admin';

const OPTIONS = {
  traitCase: 'camel',
  events: {},
  freePlan: null,
  onUserDeleted: 'delete',
  mapping: { plans: {}, traits: {} },
  organizations: { objectType: null, roles: ['org:admin'], membersMax: 100 },
} as const;

function emptyTables() {
  return openStorage(platformOver(new DatabaseSync(':memory:'))).tables();
}

type Tables = ReturnType<typeof emptyTables>;

function tracksIn(tables: Tables) {
  return tables.journal
    .entriesAfter(0, { count: 10_000 })
    .flatMap(({ messages }) => messages)
    .filter(isTrack);
}

function isTrack(message: Message): message is Extract<Message, { type: 'track' }> {
  return message.type === 'track';
}

/** Without what says who hears of it. */
function said({ event, timestamp, properties }: ReturnType<typeof tracksIn>[number]) {
  const {
    payer: _payer,
    organization_id: _id,
    organization_name: _name,
    organization_role: _role,
    ...rest
  } = properties;
  return { event, timestamp, ...rest };
}

/** As a person of their own. */
function alone(events: readonly PersonEvent[]) {
  const tables = emptyTables();
  for (const event of events) accept(tables, { userId: 'user_1', event, now: NOW }, OPTIONS);
  const person = tables.people.find(personKey('user_1')) ?? newPerson('user_1');
  const tracks = tracksIn(tables);
  return { tracks, traits: traitsOf(person, null) };
}

const CLERKS: readonly News[] = [
  {
    kind: 'organization',
    facet: { asOf: 1, rank: 0, name: 'Acme', slug: null, createdAt: null, createdBy: null },
    created: false,
    createdAt: 1,
  },
  {
    kind: 'member',
    userId: ADMIN,
    change: 'changed',
    membershipId: 'orgmem_1',
    role: 'org:admin',
    joinedAt: 1,
    asOf: 1,
  },
];

/** As a company with one admin, whose row is in another shard. */
function together(events: readonly PersonEvent[]) {
  const [company, people] = [emptyTables(), emptyTables()];
  const known: PersonEvent = { ...CLERK, id: 'known', type: 'known', news: CLERKS };
  for (const event of [known, ...events]) {
    accept(company, { userId: ACME, event, now: NOW }, OPTIONS);
    const notices = company.notices.next(100);
    for (const notice of notices) accept(people, { ...notice, now: NOW }, OPTIONS);
    company.notices.remove(notices.map(({ seq }) => seq));
  }
  const organization = company.people.find(personKey(ACME)) ?? newPerson(ACME);
  const admin = people.people.find(personKey(ADMIN)) ?? newPerson(ADMIN);
  return {
    tracks: tracksIn(people),
    object: objectTraits(organization, null),
    summary: stateOf(organization).summary,
    own: traitsOf(admin, null),
  };
}

const CLERK = { provider: 'clerk', customerId: null } as const;

/** The billing traits alone, which an object has under their usual names. */
function billing(traits: Readonly<Record<string, unknown>>) {
  return Object.fromEntries(
    BILLING_TRAITS.flatMap((name) => (name in traits ? [[name, traits[name]]] : [])),
  );
}

function expectSame(events: readonly PersonEvent[]): void {
  const person = alone(events);
  const company = together(events);
  expect(company.tracks.map(said)).toEqual(person.tracks.map(said));
  for (const { userId, properties } of company.tracks) {
    expect(userId).toBe(ADMIN);
    expect(properties).toMatchObject({
      payer: 'organization',
      organization_id: ACME,
      organization_name: 'Acme',
      organization_role: 'org:admin',
    });
  }
  for (const { properties } of person.tracks) expect(properties).toMatchObject({ payer: 'person' });
  const ids = company.tracks.map(({ messageId }) => messageId);
  expect(new Set(ids).size).toBe(ids.length);
  expect(billing(company.object)).toEqual(billing(person.traits));
  const { plan, subscriptionStatus = null, seats = null, cancelAt = null } = person.traits;
  expect(company.summary).toMatchObject({ plan, status: subscriptionStatus, seats, cancelAt });
  // What a company pays is no revenue of its admin's.
  expect(company.own).toEqual({ plan: null });
}

const choices = fc.array(fc.nat({ max: 1000 }), { minLength: 1, maxLength: 12 });
const order = fc.infiniteStream(fc.nat({ max: 1_000_000 }));
const again = fc.array(fc.nat(), { maxLength: 6 });

describe('any walk of a company', () => {
  it('tells what a person’s tells, at Stripe, in any order, with anything repeated', () => {
    fc.assert(
      fc.property(choices, choices, order, again, (one, two, keys, repeated) => {
        const all = [...walk(one).events, ...walk(two, 'sub_2').events].map((json): PersonEvent => {
          const reading = readStripe({ json, deliveryId: null, receivedAt: NOW }, READ_OPTIONS);
          if (reading.kind !== 'event') throw new Error(`expected an event, got ${reading.kind}`);
          const { id, type, customerId, news } = reading;
          return { provider: 'stripe', id, type, customerId, news };
        });
        const more = repeated.flatMap((at) => all[at % all.length] ?? []);
        expectSame(inOrder([...all, ...more], keys));
      }),
      { numRuns: 80 },
    );
  });

  it('tells what a person’s tells, at Clerk Billing', () => {
    fc.assert(
      fc.property(choices, order, (numbers, keys) => {
        const { items, others } = clerkWalk(numbers);
        const bought = others.filter(({ type }) => type.startsWith('paymentAttempt'));
        const all = [...items, ...inOrder(bought, keys)].map((json): PersonEvent => {
          const body = { json, deliveryId: 'msg_1', receivedAt: NOW };
          const reading = readClerk(body, READ_OPTIONS);
          if (reading.kind !== 'event') throw new Error(`expected an event, got ${reading.kind}`);
          const { id, type, news } = reading;
          return { ...CLERK, id, type, news };
        });
        expectSame(all);
      }),
      { numRuns: 40 },
    );
  });
});
