// A company of more members than ORGANIZATION_FANOUT_MAX: those with a role know how it is, the others lose what they knew and
// stay related, and health says so.

import { expect, it } from 'vitest';

import { clerkEvent } from '../../src/samples/clerk.ts';
import { AT, buys, clerk, joins, membership, stripe, traits } from './acme.ts';
import { openCompanyWorld } from './company-world.ts';
import type { CompanyWorld } from './company-world.ts';

const SMALL = { ORGANIZATION_FANOUT_MAX: 3, ORGANIZATION_OBJECT_TYPE: 1 };
const BOUGHT = { metadata: { orgId: 'org_acme' } };
const ENDS = { cancel_at_period_end: true, cancel_at: 1_800_000_000 };
const STAYS = { cancel_at_period_end: false, cancel_at: null };

async function company(vars: Readonly<Record<string, unknown>>, members = 3) {
  const world = openCompanyWorld(vars);
  await clerk(world, joins('user_ada', 'org:admin'));
  for (let index = 1; index < members; index += 1) {
    await clerk(world, joins(`user_${index}`, 'org:member'));
  }
  await stripe(world, buys(BOUGHT));
  return world;
}

/** What each was told last of the plan, and how many relationships were ended, since it was asked. */
function plans(world: CompanyWorld) {
  const calls = world.news();
  const told = Object.entries(traits(calls)).map(([user, of]) => [user, of['organizationPlan']]);
  return {
    plans: Object.fromEntries(told),
    ended: calls.filter(({ event }) => event === 'Relationship Deleted').length,
  };
}

async function isLarge(world: CompanyWorld): Promise<number> {
  const healths = world.outboxes.map(async (each) => each.call(async (code) => code.health()));
  const all = await world.world.answered(Promise.all(healths));
  return all.reduce((sum, { largeOrganizations }) => sum + largeOrganizations, 0);
}

it('takes from members without a role what they were told before, and leaves them related', async () => {
  const world = await company(SMALL);
  expect(plans(world).plans).toEqual({ user_ada: 'pro', user_1: 'pro', user_2: 'pro' });
  expect(await isLarge(world)).toBe(0);
  await clerk(world, joins('user_3', 'org:member'));
  world.news();
  await stripe(world, buys({ ...BOUGHT, ...ENDS }, STAYS));
  const gone = { user_1: null, user_2: null, user_3: null };
  expect(plans(world)).toEqual({ plans: { user_ada: 'pro', ...gone }, ended: 0 });
  expect(await isLarge(world)).toBe(1);
  const seen = await world.view('user_1');
  expect(seen).toMatchObject({ traits: { organizationId: null, organizationsCount: 1 } });
});

it('tells whoever joins it then, by their role', async () => {
  const world = await company(SMALL, 4);
  expect(Object.keys(plans(world).plans)).toContain('user_ada');
  await clerk(world, joins('user_8', 'org:member'));
  await clerk(world, joins('user_9', 'org:admin'));
  const calls = world.news();
  expect(traits(calls)).toEqual({ user_9: expect.objectContaining({ organizationPlan: 'pro' }) });
  const groups = calls.filter(({ type, userId }) => type === 'group' && userId === 'user_8');
  expect(groups).toMatchObject([{ traits: { relationshipAttributes: { role: 'org:member' } } }]);
});

it('tells whoever gets another role, in either direction', async () => {
  const world = await company(SMALL, 4);
  await clerk(world, membership('updated', { user: 'user_1', role: 'org:admin', at: AT + 1000 }));
  expect(plans(world).plans).toMatchObject({ user_1: 'pro' });
  await clerk(world, membership('updated', { user: 'user_1', role: 'org:member', at: AT + 2000 }));
  expect(plans(world).plans).toEqual({ user_1: null });
});

it('writes nothing for those it has told once that they are told no more', async () => {
  const world = await company({ ...SMALL, ORGANIZATION_FANOUT_MAX: 5 }, 300);
  const rows = () => world.outboxes.reduce((sum, each) => sum + each.rowsWritten(), 0);
  const before = rows();
  await stripe(world, buys({ ...BOUGHT, ...ENDS }, STAYS));
  expect(rows() - before).toBeLessThan(60);
});

it('tells all of them again once it may, by a refresh, and takes it back the same way', async () => {
  const world = await company(SMALL, 4);
  const refresh = async () => {
    const request = { after: '', most: 100, isDryRun: false };
    const all = world.outboxes.map(async (each) =>
      each.call(async (code) => code.refresh(request)),
    );
    const due = (await world.world.answered(Promise.all(all))).reduce(
      (sum, slice) => sum + slice.due,
      0,
    );
    await world.settled();
    return due;
  };
  world.news();
  expect(await refresh()).toBe(0);
  await world.deploy({ ...SMALL, ORGANIZATION_FANOUT_MAX: 4 });
  expect(await refresh()).toBe(4);
  expect(plans(world).plans).toEqual({ user_1: 'pro', user_2: 'pro', user_3: 'pro' });
  expect(await isLarge(world)).toBe(0);
  await world.deploy({ ...SMALL, ORGANIZATION_ROLES: 'org:other' });
  await refresh();
  const gone = { user_1: null, user_2: null, user_3: null };
  expect(plans(world).plans).toEqual({ user_ada: null, ...gone });
  await world.deploy({ ...SMALL, ORGANIZATION_ROLES: 'org:member' });
  await refresh();
  expect(plans(world).plans).toEqual({ user_1: 'pro', user_2: 'pro', user_3: 'pro' });
});

it('is counted no more once it is deleted', async () => {
  const world = await company(SMALL, 4);
  expect(await isLarge(world)).toBe(1);
  await clerk(world, clerkEvent('organization.deleted', { id: 'org_acme', deleted: true }, AT));
  expect(await isLarge(world)).toBe(0);
  expect(plans(world).plans).toMatchObject({ user_ada: null });
});
