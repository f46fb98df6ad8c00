// The company's story, as `npm start -- --story company` tells it: each step tells exactly whom it names, and nobody else.

import { readFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { readConfig } from '../../src/config/config.ts';
import {
  CLERK_EVENT_TYPES,
  CLERK_ORGANIZATION_EVENT_TYPES,
} from '../../src/intake/clerk/events.ts';
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

describe('docs/organizations.md', () => {
  const page = readFileSync(path.join(import.meta.dirname, '../../docs/organizations.md'), 'utf8');

  it('says the metadata that the story has', () => {
    const [, written = ''] = /const metadata = \{ (.+) \};/.exec(page) ?? [];
    const { steps, organizationId, people } = companyStory('t3', NOW);
    const bodies = steps.flatMap(({ webhooks }) =>
      webhooks.map(({ body }) => JSON.stringify(body)),
    );
    const bought = bodies.find((body) => body.includes('customer.subscription.created')) ?? '';
    const [, metadata = ''] = /"metadata":(\{[^}]+\})/.exec(bought) ?? [];
    const values: Record<string, unknown> = {
      orgId: organizationId,
      userId: Object.keys(people)[2],
    };
    const said = written.split(', ').map((pair) => pair.split(': '));
    expect(said.map(([key = '', value = '']) => [key, values[value]])).toEqual(
      Object.entries(JSON.parse(metadata)),
    );
    expect(page).toContain('client_reference_id: orgId');
    expect(bodies.join()).toContain(`"client_reference_id":"${organizationId}"`);
  });

  it('says a rule of EMAILS that mails about a failed payment, and events of Clerk that are read', () => {
    const [, rule = ''] = /`EMAILS = '(.+)'`/.exec(page) ?? [];
    const configured = readConfig({
      CUSTOMERIO_TRACK_TOKEN: 'key',
      CUSTOMERIO_APP_TOKEN: 'key',
      EMAILS: rule,
    });
    expect(configured).toMatchObject({ ok: true });
    expect(rule).toContain('payment_failed');
    for (const [, kind = ''] of page.matchAll(/`(organization\w*)\.\*`/g)) {
      expect(
        [...CLERK_EVENT_TYPES, ...CLERK_ORGANIZATION_EVENT_TYPES].some((type) =>
          type.startsWith(`${kind}.`),
        ),
      ).toBe(true);
    }
  });
});
