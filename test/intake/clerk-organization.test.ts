// Clerk's sign-ins and organizations, golden.

import { expect, it } from 'vitest';

import { readClerk } from '../../src/intake/clerk/events.ts';
import {
  clerkMembership,
  clerkOrganization,
  clerkSession,
} from '../../src/samples/clerk-organization.ts';
import { clerkEvent, clerkUser } from '../../src/samples/clerk.ts';
import { READ_OPTIONS } from '../support/read-options.ts';

const CREATED = 1_764_000_000_000;
const DAY = 86_400_000;

function read(type: string, data: Record<string, unknown>, timestamp = CREATED + DAY) {
  const json = clerkEvent(type, data, timestamp);
  const body = { json, deliveryId: 'msg_1', receivedAt: CREATED + 2 * DAY };
  const reading = readClerk(body, READ_OPTIONS);
  if (reading.kind !== 'event') throw new Error(`expected an event, got ${reading.kind}`);
  return reading;
}

function moment(name: string, key: string, about: { at: number; properties: object }) {
  const { at, properties } = about;
  const common = { subscriptionId: null, once: 'seen' };
  return {
    kind: 'moment',
    moment: { name, key: [name, key], keyAt: at, occurredAt: at, properties, ...common },
  };
}

const ACME = { organization_id: 'org_1', organization_name: 'Acme' };

it('reads a session as a sign-in and nothing else, so no profile churns', () => {
  expect(read('session.created', clerkSession())).toMatchObject({
    userId: 'user_2abcDEF',
    news: [moment('user_signed_in', 'sess_1', { at: CREATED, properties: {} })],
  });
});

it('learns the links that the user inside a session holds', () => {
  const user = clerkUser({ private_metadata: { stripeCustomerId: 'cus_1' }, updated_at: CREATED });
  expect(read('session.created', clerkSession({ user })).claims).toEqual([
    {
      customerId: 'cus_1',
      userId: 'user_2abcDEF',
      source: 'clerk_private_metadata',
      asOf: CREATED,
      mayMove: true,
    },
  ]);
});

it('reads a session without its user, as the types have it', () => {
  expect(read('session.created', clerkSession({ user: null })).claims).toEqual([]);
});

it('reads who made an organization', () => {
  expect(read('organization.created', clerkOrganization())).toMatchObject({
    userId: 'user_2abcDEF',
    news: [
      moment('organization_created', 'org_1', { at: CREATED, properties: { ...ACME, role: null } }),
    ],
  });
});

it('reads a member by the public user data, not by the membership', () => {
  const properties = { ...ACME, role: 'org:member' };
  const joined = read('organizationMembership.created', clerkMembership());
  expect(joined).toMatchObject({
    userId: 'user_2abcDEF',
    news: [moment('organization_joined', 'orgmem_1', { at: CREATED, properties })],
  });
  expect(read('organizationMembership.deleted', clerkMembership()).news).toEqual([
    moment('organization_left', 'orgmem_1', { at: CREATED + DAY, properties }),
  ]);
});
