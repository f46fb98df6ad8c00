// A renamed plan reaches the members of who pays for it, and its object, by a refresh; a second one tells nobody.

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
  const objects = calls.filter(({ type, groupId }) => type === 'group' && groupId === 'org_acme');
  return {
    due,
    differing,
    plans: Object.fromEntries(plans),
    tracks: tracks(calls),
    objects: objects.map(({ traits: of }) => Object(of)['plan']),
  };
}

it('tells every member the new name of their company’s plan, once', async () => {
  const company = await acme({ PLANS: { price_pro: 'Old' } });
  await stripe(company, buys());
  expect(traits(company.news())['user_cy']).toMatchObject({ organizationPlan: 'Old' });
  await company.deploy({ PLANS: { price_pro: 'New' } });
  const nothing = { plans: {}, tracks: [], objects: [] };
  const counted = { due: 3, differing: { organizationPlan: 3 } };
  expect(await refresh(company, true)).toEqual({ ...counted, ...nothing });
  const plans = { user_ada: 'New', user_bob: 'New', user_cy: 'New' };
  expect(await refresh(company, false)).toEqual({ ...counted, plans, tracks: [], objects: [] });
  expect(await refresh(company, false)).toEqual({ due: 0, differing: {}, ...nothing });
});

it('tells the object of a company the new name of its plan, and counts it before', async () => {
  const company = await acme({ PLANS: { price_pro: 'Old' }, ORGANIZATION_OBJECT_TYPE: 1 });
  await stripe(company, buys());
  company.news();
  await company.deploy({ PLANS: { price_pro: 'New' }, ORGANIZATION_OBJECT_TYPE: 1 });
  expect(await refresh(company, true)).toMatchObject({ due: 4, objects: [] });
  expect(await refresh(company, false)).toMatchObject({ due: 4, objects: ['New'] });
  expect(await refresh(company, false)).toMatchObject({ due: 0, objects: [] });
});
