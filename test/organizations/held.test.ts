// What an export of an organization has, and what a comparison with Customer.io holds of its members.

import { expect, it } from 'vitest';

import { shardOf } from '../../src/platform/shards.ts';
import { acme, buys, joins, stripe } from './acme.ts';
import { openCompanyWorld, SHARDS } from './company-world.ts';
import type { CompanyWorld } from './company-world.ts';

async function held({ world, outboxes }: CompanyWorld, id: string) {
  const shard = outboxes[shardOf(id, SHARDS)];
  if (shard === undefined) throw new Error('no shard');
  const page = await world.answered(shard.call(async (code) => code.held(id, '')));
  return page.held.map(({ table, row }) => ({ table, ...JSON.parse(row) }));
}

it('exports its row, and all who are in it', async () => {
  const company = await acme();
  await stripe(company, buys());
  const rows = await held(company, 'org_acme');
  expect(rows.filter(({ table }) => table === 'members')).toMatchObject([
    { user: 'user_ada', role: 'org:admin' },
    { user: 'user_bob', role: 'org:member' },
    { user: 'user_cy', role: 'org:member' },
  ]);
  const own = rows.find(({ table }) => table === 'people');
  expect(own).toMatchObject({ person: { subscriptions: { sub_acme: { plan: 'pro' } } } });
});

it('exports what waits for Clerk to tell of it, until it has', async () => {
  const company = openCompanyWorld();
  await stripe(company, buys());
  const waiting = await held(company, 'org_acme');
  expect(waiting.filter(({ table }) => table === 'notices')).toHaveLength(1);
  await company.told('clerk', joins('user_ada', 'org:admin'), 'joined');
  const told = await held(company, 'org_acme');
  expect(told.filter(({ table }) => table === 'notices')).toEqual([]);
});

it('has what members were told of it to be compared with what Customer.io shows', async () => {
  const company = await acme();
  await stripe(company, buys());
  const pages = company.outboxes.map(async (each) => each.call(async (code) => code.told('', 99)));
  const all = (await company.world.answered(Promise.all(pages))).flatMap(({ people }) => people);
  expect(all.find(({ userId }) => userId === 'user_cy')?.traits).toMatchObject({
    organizationId: 'org_acme',
    organizationPlan: 'pro',
    organizationRole: 'org:member',
  });
});
