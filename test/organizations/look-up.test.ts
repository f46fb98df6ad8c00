// An organization of which Clerk has told nothing: what happens to it waits until Clerk was asked, and is told to those who are in it.

import { expect, it } from 'vitest';

import { clerkMembership, clerkOrganization } from '../../src/samples/clerk-organization.ts';
import { organizationsAnswer } from '../emulator/clerk-organizations.ts';
import { ACME, AT, buys, clerk, joins, stripe, tracks, traits } from './acme.ts';
import { openCompanyWorld } from './company-world.ts';

const KEY = { CLERK_SECRET_KEY: 'sk_test_1', CLERK_API_URL: 'https://clerk.test' };
const HOUR_MS = 3_600_000;

const acmeAtClerk = clerkOrganization({ ...ACME, created_at: AT, updated_at: AT });

function member(user: string, role: string) {
  return clerkMembership({
    id: `orgmem_${user}`,
    role,
    organization: acmeAtClerk,
    public_user_data: { user_id: user, identifier: 'x@example.test' },
    created_at: AT,
    updated_at: AT,
  });
}

const HELD = {
  organizations: [acmeAtClerk],
  memberships: [
    member('user_ada', 'org:admin'),
    member('user_bob', 'org:member'),
    member('user_cy', 'org:member'),
  ],
};

type Opened = { readonly vars?: Readonly<Record<string, unknown>>; readonly held?: typeof HELD };

/** A relay with a key, and what was asked of Clerk. */
function open({ vars = KEY, held = HELD }: Opened = {}) {
  const asked: string[] = [];
  const api = { held, status: 200, headers: {} as Record<string, string> };
  const answers = (url: URL) => {
    asked.push(url.pathname);
    if (api.status !== 200) return new Response('{}', { status: api.status, headers: api.headers });
    const call = { path: url.pathname, query: url.searchParams };
    const answer = organizationsAnswer(call, api.held);
    return Response.json(answer?.body, { status: answer?.status ?? 404 });
  };
  const world = openCompanyWorld({ ...vars }, 1, { clerk: answers });
  return { world, asked, api };
}

it('is asked for, and what happened is told to its admins and to who bought, once', async () => {
  const { world, asked } = open();
  await stripe(world, buys());
  const calls = world.news();
  expect(tracks(calls)).toEqual(['user_ada subscription_started', 'user_bob subscription_started']);
  expect(traits(calls)['user_bob']).toMatchObject({
    organizationPlan: 'pro',
    organizationName: 'Acme',
  });
  expect(asked).toHaveLength(3);
  expect(world.rows('look_ups')).toEqual([]);
  await clerk(world, joins('user_ada', 'org:admin'));
  expect(tracks(world.news())).toEqual(['user_ada organization_joined']);
  expect(asked).toHaveLength(3);
});

it('is asked for again, seldom and seldom, where Clerk knows none; its webhook ends that', async () => {
  const { world, asked } = open({ held: { organizations: [], memberships: [] } });
  await stripe(world, buys({ metadata: { orgId: 'org_acme' } }));
  await world.world.pass(24 * HOUR_MS);
  expect(asked.length).toBeGreaterThan(5);
  expect(asked.length).toBeLessThan(12);
  expect(tracks(world.news())).toEqual([]);
  await clerk(world, joins('user_ada', 'org:admin'));
  expect(tracks(world.news())).toContain('user_ada subscription_started');
  expect(world.rows('look_ups')).toEqual([]);
});

it('waits as long as Clerk asks, and through a refused key', async () => {
  const { world, asked, api } = open();
  Object.assign(api, { status: 429, headers: { 'retry-after': '600' } });
  await stripe(world, buys());
  await world.world.pass(500_000);
  expect(asked).toHaveLength(1);
  Object.assign(api, { status: 401, headers: {} });
  await world.world.pass(HOUR_MS);
  expect(tracks(world.news())).toEqual([]);
  Object.assign(api, { status: 200 });
  await world.world.pass(12 * HOUR_MS);
  expect(tracks(world.news())).toContain('user_ada subscription_started');
});

it('is not asked for without a key, where organizations are off, or where it is known', async () => {
  const without = open({ vars: {} });
  await stripe(without.world, buys());
  const off = open({ vars: { ...KEY, ORGANIZATIONS: 'off' } });
  await stripe(off.world, buys());
  const known = open();
  await clerk(known.world, joins('user_ada', 'org:admin'));
  await stripe(known.world, buys());
  for (const { world } of [without, off, known]) await world.world.pass(24 * HOUR_MS);
  expect([without, off, known].map(({ asked }) => asked)).toEqual([[], [], []]);
});
