// What Clerk's webhooks are read as: golden, from the body to the whole reading.

import type { UserJSON } from '@clerk/backend';
import { describe, expect, it } from 'vitest';

import { readClerk } from '../../src/intake/clerk/events.ts';
import type { Reading } from '../../src/intake/provider.ts';
import { emailMark } from '../../src/person/email-mark.ts';
import { clerkEmail, clerkEvent, clerkUser } from '../../src/samples/clerk.ts';
import type { PartOf } from '../../src/samples/payload.ts';
import { clerkPhone } from '../support/clerk-phone.ts';
import { odd } from '../support/odd.ts';
import { READ_OPTIONS } from '../support/read-options.ts';

const CREATED_AT = 1_764_000_000_000;
const UPDATED_AT = 1_764_000_000_018;
const SENT_AT = 1_764_000_000_036;
const RECEIVED_AT = 1_764_000_001_000;

type About = {
  readonly receivedAt?: number;
  readonly deliveryId?: string | null;
  readonly traits?: Readonly<Record<string, string>>;
};

function read(json: unknown, about: About = {}): Reading {
  const { receivedAt = RECEIVED_AT, deliveryId = 'msg_1', traits = {} } = about;
  return readClerk({ json, deliveryId, receivedAt }, { ...READ_OPTIONS, traits });
}

function readUser(overrides: PartOf<UserJSON>, about: About = {}) {
  const reading = read(clerkEvent('user.updated', clerkUser(overrides)), about);
  if (reading.kind !== 'event') throw new Error(`expected an event, got ${reading.kind}`);
  const [news] = reading.news;
  if (news?.kind !== 'user') throw new Error('expected a user');
  return { ...news, claims: reading.claims };
}

const traitsOf = (overrides: PartOf<UserJSON>, traits: Record<string, string> = {}) =>
  readUser(overrides, { traits }).facet.traits;

describe('readClerk', () => {
  it('reads a sign-up', () => {
    expect(read(clerkEvent('user.created', clerkUser()))).toEqual({
      kind: 'event',
      id: 'msg_1',
      type: 'user.created',
      userId: 'user_2abcDEF',
      customerId: null,
      chargeId: null,
      claims: [],
      news: [
        {
          kind: 'user',
          facet: {
            asOf: UPDATED_AT,
            instance: 'ins_1',
            rank: 0,
            traits: {
              email: 'ada@example.test',
              emailVerified: true,
              firstName: 'Ada',
              lastName: 'Lovelace',
              phone: null,
              username: null,
              imageUrl: 'https://img.example.test/ada.png',
              createdAt: 1_764_000_000,
            },
            verified: [emailMark('ada@example.test')],
          },
          created: true,
          createdAt: CREATED_AT,
        },
      ],
    });
  });

  it('reads an update, with the primary email and phone wherever they stand, and its links', () => {
    const user = clerkUser({
      primary_email_address_id: 'idn_2',
      primary_phone_number_id: 'idn_4',
      email_addresses: [
        clerkEmail('idn_1', 'old@example.test'),
        clerkEmail('idn_2', 'new@example.test'),
      ],
      phone_numbers: [clerkPhone('idn_3', '+15005550001'), clerkPhone('idn_4', '+15005550002')],
      username: 'ada',
      first_name: '',
      public_metadata: { stripeCustomerId: 'cus_1' },
      private_metadata: { stripe: { customerId: 'cus_2' }, stripe_customer_id: 'cus_2' },
      unsafe_metadata: { stripeCustomerId: 'cus_3' },
    });
    expect(read(clerkEvent('user.updated', user))).toEqual({
      kind: 'event',
      id: 'msg_1',
      type: 'user.updated',
      userId: 'user_2abcDEF',
      customerId: null,
      chargeId: null,
      claims: [
        {
          userId: 'user_2abcDEF',
          asOf: UPDATED_AT,
          source: 'clerk_public_metadata',
          customerId: 'cus_1',
          mayMove: true,
        },
        {
          userId: 'user_2abcDEF',
          asOf: UPDATED_AT,
          source: 'clerk_private_metadata',
          customerId: 'cus_2',
          mayMove: true,
        },
      ],
      news: [
        {
          kind: 'user',
          facet: {
            asOf: UPDATED_AT,
            instance: 'ins_1',
            rank: 2,
            traits: {
              email: 'new@example.test',
              emailVerified: true,
              phone: '+15005550002',
              firstName: null,
              lastName: 'Lovelace',
              username: 'ada',
              imageUrl: 'https://img.example.test/ada.png',
              createdAt: 1_764_000_000,
            },
            verified: [emailMark('old@example.test'), emailMark('new@example.test')],
            isCustomer: true,
          },
          created: false,
          createdAt: CREATED_AT,
        },
      ],
    });
  });

  it('reads a deletion', () => {
    const data = { object: 'user', id: 'user_2abcDEF', deleted: true };
    expect(read(clerkEvent('user.deleted', data, SENT_AT))).toEqual({
      kind: 'event',
      id: 'msg_1',
      type: 'user.deleted',
      userId: 'user_2abcDEF',
      customerId: null,
      chargeId: null,
      claims: [],
      news: [{ kind: 'deleted', occurredAt: SENT_AT }],
    });
  });

  it.each([
    ['seconds', 1_764_000_000, 1_764_000_000_000],
    ['milliseconds', SENT_AT, SENT_AT],
    ['a time ahead of the receipt', RECEIVED_AT + 60_000, RECEIVED_AT],
    ['no time at all', undefined, RECEIVED_AT],
  ])('takes an envelope dated in %s', (_words, timestamp, occurredAt) => {
    const json = { ...clerkEvent('user.deleted', { id: 'user_1' }), timestamp };
    expect(read(json)).toMatchObject({ news: [{ kind: 'deleted', occurredAt }] });
  });

  it('makes an id of what a retry repeats when the transport gives none', () => {
    const ahead = clerkEvent('user.updated', clerkUser(), RECEIVED_AT + 60_000);
    const ids = [RECEIVED_AT, RECEIVED_AT + 5000].map(
      (receivedAt) => read(ahead, { deliveryId: null, receivedAt }).id,
    );
    expect(ids).toEqual(Array(2).fill(`user.updated:user_2abcDEF:${RECEIVED_AT + 60_000}`));
  });

  it('ignores what carries one-time codes by its type alone', () => {
    expect(read({ type: 'email.created', data: 'not an object', timestamp: 'never' })).toEqual({
      kind: 'ignored',
      id: 'msg_1',
      type: 'email.created',
      reason: 'carries_one_time_codes',
    });
  });
});

describe('the traits of a user', () => {
  const GONE = {
    primary_phone_number_id: null,
    username: null,
    first_name: '',
    last_name: null,
  };

  it('says that there is none where Clerk lists it as empty', () => {
    expect(traitsOf(GONE)).toMatchObject({
      phone: null,
      username: null,
      firstName: null,
      lastName: null,
    });
  });

  it('says nothing about what the event leaves out, nor about a number that is not in the list', () => {
    const absent = Object.fromEntries(Object.keys(GONE).map((field) => [field, undefined]));
    const traits = traitsOf({ ...absent, phone_numbers: undefined });
    for (const name of ['phone', 'username', 'firstName', 'lastName']) {
      expect(traits).not.toHaveProperty(name);
    }
    expect(traitsOf({ primary_phone_number_id: 'idn_9', phone_numbers: [] })).not.toHaveProperty(
      'phone',
    );
  });

  it('never says that there is no email: it may be one that is not verified yet', () => {
    expect(traitsOf({ primary_email_address_id: null, email_addresses: [] })).not.toHaveProperty(
      'email',
    );
  });

  it('gives no email when the primary one is not in the list', () => {
    expect(traitsOf({ email_addresses: [] })).not.toHaveProperty('email');
  });

  it('gives no email when none is primary', () => {
    expect(traitsOf({ primary_email_address_id: null })).not.toHaveProperty('email');
  });

  it('gives no email when the id of the entry and the primary id are both missing', () => {
    const email_addresses = [{ email_address: 'nobody@example.test' }];
    expect(traitsOf({ primary_email_address_id: undefined, email_addresses })).not.toHaveProperty(
      'email',
    );
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a code that was sent', { status: 'unverified' }],
    ['a code that has expired', { status: 'expired' }],
    ['another word', { status: 'VERIFIED' }],
    ['no object', 'verified'],
  ])('holds an email back whose verification is %s, and says so', (_, verification) => {
    const typed = { ...clerkEmail('idn_1', 'ada@example.test'), verification };
    const email_addresses = odd<(typeof typed & { verification: null })[]>([typed]);
    const traits = traitsOf({ email_addresses });
    expect(traits).toMatchObject({ emailVerified: false });
    expect(traits).not.toHaveProperty('email');
    const json = clerkEvent('user.updated', clerkUser({ email_addresses }));
    const body = { json, deliveryId: 'msg_1', receivedAt: RECEIVED_AT };
    expect(readClerk(body, { ...READ_OPTIONS, unverifiedEmail: true })).toMatchObject({
      news: [{ facet: { traits: { email: 'ada@example.test', emailVerified: false } } }],
    });
  });

  it('says nothing of an email that is not there', () => {
    expect(traitsOf({ email_addresses: [] })).not.toHaveProperty('emailVerified');
  });

  it('is not fooled by another address that is verified', () => {
    const typed = { ...clerkEmail('idn_1', 'typed@example.test'), verification: null };
    const email_addresses = [clerkEmail('idn_2', 'own@example.test'), typed];
    expect(traitsOf({ email_addresses })).toMatchObject({ emailVerified: false });
    expect(traitsOf({ email_addresses })).not.toHaveProperty('email');
  });

  it('finds the primary email beside entries that are no emails', () => {
    const email_addresses = [...odd<[]>([null, 7, {}]), clerkEmail('idn_1', 'ada@example.test')];
    expect(traitsOf({ email_addresses })).toMatchObject({ email: 'ada@example.test' });
  });

  it('takes text, numbers and booleans as traits from the paths of the configuration', () => {
    const traits = traitsOf(
      { public_metadata: { company: { name: 'Acme', size: 0, isPaying: false } }, locale: 'en-GB' },
      {
        company: 'public_metadata.company.name',
        companySize: 'public_metadata.company.size',
        isPaying: 'public_metadata.company.isPaying',
        locale: 'locale',
      },
    );
    expect(traits).toMatchObject({
      company: 'Acme',
      companySize: 0,
      isPaying: false,
      locale: 'en-GB',
    });
  });

  it.each(['', null, {}, ['a'], undefined, Number.POSITIVE_INFINITY])(
    'leaves out a trait whose value is %j',
    (value) => {
      const user = { public_metadata: { company: value } };
      expect(traitsOf(user, { company: 'public_metadata.company' })).not.toHaveProperty('company');
    },
  );

  it.each([
    '__proto__',
    '__proto__.constructor.name',
    'constructor.name',
    'public_metadata.toString',
    'public_metadata.constructor.name',
    'first_name.length',
    'email_addresses.__proto__.length',
    '',
    '.',
    'public_metadata..company',
  ])('takes no trait from what is inherited, by the path %j', (path) => {
    const user = { public_metadata: { company: 'Acme' } };
    expect(traitsOf(user, { taken: path })).not.toHaveProperty('taken');
  });

  it('makes neither a claim nor a prototype of an own __proto__ in the body', () => {
    const user = JSON.parse('{"public_metadata":{"__proto__":{"stripeCustomerId":"cus_9"}}}');
    const { claims } = readUser(user);
    expect(claims).toEqual([]);
    expect({}).not.toHaveProperty('stripeCustomerId');
  });
});

describe('the time of a user', () => {
  it('dates a user by its last update, though the webhook comes later', () => {
    expect(readUser({ updated_at: 1_763_000_000_000 }).facet.asOf).toBe(1_763_000_000_000);
  });

  it('dates a user no later than the receipt', () => {
    expect(readUser({ updated_at: RECEIVED_AT + 1 }).facet.asOf).toBe(RECEIVED_AT);
  });

  it('dates a user without a time of its own by the envelope', () => {
    expect(readUser({ updated_at: odd(null) }).facet.asOf).toBe(SENT_AT);
  });
});

describe('the links of a user', () => {
  it.each(['stripeCustomerId', 'stripe_customer_id', 'stripeId'])(
    'reads a link of a user under %s',
    (key) => {
      expect(readUser({ private_metadata: { [key]: 'cus_1' } }).claims).toMatchObject([
        { customerId: 'cus_1', source: 'clerk_private_metadata' },
      ]);
    },
  );

  it.each(['cus_', 'sub_1', 'cus_1 ', 'xcus_1', 'cus_1/../2', 'cus_1\n', 7, null, ['cus_1']])(
    'makes no link of %j',
    (value) => {
      expect(readUser({ public_metadata: { stripeCustomerId: value } }).claims).toEqual([]);
    },
  );
});

describe('a user id', () => {
  it.each([undefined, null, '', 7, {}, 'ada@example.test', 'user 1'])(
    'takes %j for no user id, and names the field',
    (id) => {
      const problem = expect.stringMatching(/^data\.id: expected [a-z, ]+$/);
      for (const type of ['user.created', 'user.updated', 'user.deleted']) {
        const reading = read(clerkEvent(type, { ...clerkUser(), id }));
        expect(reading).toMatchObject({ kind: 'unreadable', type, problems: [problem] });
      }
    },
  );

  it('takes a user id that was brought along from elsewhere', () => {
    expect(read(clerkEvent('user.updated', clerkUser({ id: 'legacy-42' })))).toMatchObject({
      userId: 'legacy-42',
    });
  });
});
