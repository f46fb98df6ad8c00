// The company's story, as `npm start -- --story company` tells it: each step tells exactly whom it names, and nobody else.

import { expect, it } from 'vitest';

import { companyStory } from '../../src/samples/company-story.ts';
import { tracks, traits } from './acme.ts';
import { openCompanyWorld } from './company-world.ts';

const NOW = 1_790_000_000;

it('tells each step to those it names, and to nobody else', async () => {
  const { steps, people, organizationId } = companyStory('t1', NOW);
  const world = openCompanyWorld();
  for (const { title, webhooks, lands } of steps) {
    for (const [index, { provider, body }] of webhooks.entries()) {
      await world.told(provider, body, `${title} ${index}`);
    }
    const told = tracks(world.news());
    expect({ title, told }).toEqual({ title, told: lands.toSorted() });
  }
  expect(Object.keys(people)).toHaveLength(4);
  expect(await world.view(organizationId)).toMatchObject({ kind: 'person' });
});

it('leaves every member with what the company has, and the one who left with nothing of it', async () => {
  const { steps, people } = companyStory('t2', NOW);
  const world = openCompanyWorld();
  for (const { title, webhooks } of steps.slice(0, -1)) {
    for (const [index, { provider, body }] of webhooks.entries()) {
      await world.told(provider, body, `${title} ${index}`);
    }
  }
  const told = traits(world.news());
  const has = Object.fromEntries(
    Object.entries(people).map(([userId, name]) => {
      const { plan, organizationPlan, organizationSeats, mrr } = told[userId] ?? {};
      return [name, { plan, organizationPlan, organizationSeats, mrr }];
    }),
  );
  const member = { plan: null, organizationPlan: 'team', organizationSeats: 5, mrr: undefined };
  const left = { plan: null, organizationPlan: null, organizationSeats: null, mrr: undefined };
  expect(has).toEqual({ Ada: member, Bob: member, Cy: member, Dee: left });
});
