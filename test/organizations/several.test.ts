// Somebody in several companies: which of them their traits are of, and that they hear of each. And what a company tells nobody.

import { describe, expect, it } from 'vitest';

import { GONE_VERSION, memberTraits } from '../../src/person/membership.ts';
import type { ToldMember } from '../../src/person/organization-facet.ts';
import { clerkOrganization } from '../../src/samples/clerk-organization.ts';
import { clerkEvent } from '../../src/samples/clerk.ts';
import { ACME, acme, AT, buys, clerk, joins, stripe } from './acme.ts';

const SUMMARY = {
  name: null,
  plan: null,
  status: null,
  trialEndsAt: null,
  currentPeriodEndsAt: null,
  cancelAt: null,
  seats: null,
  isLive: true,
  monthly: 10,
};

type Told = { joinedAt?: number | null; isLive?: boolean; monthly?: number; isBrief?: boolean };

function member({ joinedAt = 5, isBrief = false, ...more }: Told): ToldMember {
  const about = { role: 'org:member', joinedAt };
  return isBrief ? about : { ...about, summary: { ...SUMMARY, ...more } };
}

function unknown(): Readonly<Record<string, Told>> {
  return { org_b: { joinedAt: null }, org_a: { joinedAt: null } };
}

function primaryOf(all: Readonly<Record<string, Told>>): unknown {
  const entries = Object.entries(all).map(([id, told]) => [
    id,
    { version: 1, member: member(told) },
  ]);
  return memberTraits({ memberships: Object.fromEntries(entries) })['organizationId'];
}

describe('the organization that stands in the traits', () => {
  it.each([
    ['pays most a month', { org_a: {}, org_b: { monthly: 11 } }, 'org_b'],
    ['is live, however much one paid that is over', over(), 'org_b'],
    ['is live at no cost, before one that is not', free(), 'org_b'],
    ['was joined first', { org_a: {}, org_b: { joinedAt: 4 } }, 'org_b'],
    ['was joined at a time that is known', { org_a: { joinedAt: null }, org_b: {} }, 'org_b'],
    ['has the lowest id, where nobody knows when', unknown(), 'org_a'],
    ['has the lowest id', { org_b: {}, org_a: {} }, 'org_a'],
    ['tells them, though one that does not was joined first', brief(), 'org_b'],
  ])('%s', (_, all, id) => {
    expect(primaryOf(all)).toBe(id);
  });

  it('is none once the last is left, and none ever where it never told them', () => {
    const left = { org_a: { version: GONE_VERSION, member: null } };
    expect(memberTraits({ memberships: left })).toMatchObject({
      organizationId: null,
      organizationsCount: 0,
    });
    const untold = { org_a: { version: 3, member: member({ isBrief: true }) } };
    expect(memberTraits({ memberships: untold })).toEqual({});
  });
});

function over() {
  return { org_a: { monthly: 99, isLive: false }, org_b: { monthly: 1 } };
}
function free() {
  return { org_a: { monthly: 99, isLive: false }, org_b: { monthly: 0 } };
}
function brief() {
  return { org_a: { joinedAt: 1, isBrief: true }, org_b: { monthly: 0 } };
}

it('tells an admin of two companies what happens to each, and which of them it was', async () => {
  const world = await acme();
  const organization = { ...ACME, id: 'org_b', name: 'Bolt', slug: 'bolt' };
  await clerk(world, joins('user_ada', 'org:admin', { organization }));
  world.news();
  await stripe(world, buys());
  const bolt = { id: 'sub_b', customer: 'cus_b', metadata: { orgId: 'org_b' } };
  await stripe(world, buys(bolt));
  const told = world.news().flatMap(({ type, userId, event, properties }) => {
    const { organization_id: id, organization_name: name } = Object(properties);
    return type === 'track' && userId === 'user_ada' ? [{ event, id, name }] : [];
  });
  expect(told).toEqual([
    { event: 'subscription_started', id: 'org_acme', name: 'Acme' },
    { event: 'subscription_started', id: 'org_b', name: 'Bolt' },
  ]);
});

it('tells nobody that it has more members, but its object', async () => {
  const world = await acme({ ORGANIZATION_OBJECT_TYPE: 1 });
  await stripe(world, buys());
  world.news();
  const about = { ...ACME, created_at: AT, updated_at: AT + 1000 };
  const data = { ...clerkOrganization(about), members_count: 77 };
  const updated = clerkEvent('organization.updated', data, AT + 1000);
  await world.world.answered(world.send('clerk', updated, 'more'));
  expect(world.rows('fan_outs')).toEqual([]);
  await world.settled();
  const calls = world.news();
  expect(calls.map(({ type, groupId }) => `${String(type)} ${String(groupId)}`)).toEqual([
    'group org_acme',
  ]);
  expect(calls).toMatchObject([{ traits: { membersCount: 77 } }]);
});
