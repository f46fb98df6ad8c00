// A renamed plan reaches the members of who pays for it, by a refresh; a second one tells nobody.

import { expect, it } from 'vitest';

import { joinRefreshed, NOBODY } from '../../src/outbox/people/refreshed.ts';
import { acme, buys, stripe, tracks, traits } from './acme.ts';
import type { CompanyWorld } from './company-world.ts';

async function refresh({ world, outboxes, settled, news }: CompanyWorld, isDryRun: boolean) {
  const asked = { after: '', most: 100, isDryRun };
  const answers = outboxes.map(async (each) => each.call(async (shard) => shard.refresh(asked)));
  const found = await world.answered(Promise.all(answers));
  await settled();
  const { due, traits: differing } = found.reduce(joinRefreshed, NOBODY);
  const calls = news();
  const plans = Object.entries(traits(calls)).map(([id, of]) => [id, of['organizationPlan']]);
  return { due, differing, plans: Object.fromEntries(plans), tracks: tracks(calls) };
}

it('tells every member the new name of their company’s plan, once', async () => {
  const company = await acme({ PLANS: { price_pro: 'Old' } });
  await stripe(company, buys());
  expect(traits(company.news())['user_cy']).toMatchObject({ organizationPlan: 'Old' });
  await company.deploy({ PLANS: { price_pro: 'New' } });
  const nothing = { plans: {}, tracks: [] };
  const counted = { due: 3, differing: { organizationPlan: 3 } };
  expect(await refresh(company, true)).toEqual({ ...counted, ...nothing });
  const plans = { user_ada: 'New', user_bob: 'New', user_cy: 'New' };
  expect(await refresh(company, false)).toEqual({ ...counted, plans, tracks: [] });
  expect(await refresh(company, false)).toEqual({ due: 0, differing: {}, ...nothing });
});
