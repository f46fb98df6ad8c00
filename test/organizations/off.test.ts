// Off, nothing of what goes out knows of organizations; on, nothing changes for who pays alone but that they say so. All
// sample payloads of both providers, played both ways.

import { expect, it } from 'vitest';

import { sample, sampleTypes } from '../../src/samples/sample.ts';
import type { Call } from './acme.ts';
import { openCompanyWorld } from './company-world.ts';
import { billingSamples } from './lives.ts';

const NOW = Date.UTC(2026, 10, 24, 22);

const ABOUT = { userId: 'user_ada', customerId: 'cus_ada', email: 'ada@example.test', now: NOW };

const OFF = { ORGANIZATIONS: 'off' };

/** Payloads that are about an organization, and traits that its members have once they are on. */
const ITS_OWN = /^organization/;

/** What goes out for each payload, one after the other. */
async function play(vars: Readonly<Record<string, unknown>>) {
  const world = openCompanyWorld(vars);
  const told: Record<string, readonly Call[]> = {};
  for (const provider of ['stripe', 'clerk'] as const) {
    const types = sampleTypes(provider).filter((type) => type !== 'user.deleted');
    for (const [index, type] of types.entries()) {
      const webhook = sample(provider, type, ABOUT);
      if (webhook === null) throw new Error(type);
      await world.told(provider, webhook.body, `${provider}_${index}`);
      told[type] = world.news();
    }
  }
  return told;
}

/** Without what depends on the clock, and without what members know. */
function plain(calls: readonly Call[], isPayer: boolean) {
  return calls.map(({ type, userId, event, traits, properties }) => {
    const { payer, ...rest } = { payer: undefined, ...Object(properties) };
    const isBilling = type === 'track' && !/^(?:user|organization)_/.test(String(event));
    expect(payer).toBe(isPayer && isBilling ? 'person' : undefined);
    const own = Object.entries(Object(traits)).filter(([name]) => !ITS_OWN.test(name));
    return { type, userId, event, traits: Object.fromEntries(own), properties: rest };
  });
}

it('says the same of everybody who pays alone, off and on, but for the payer', async () => {
  const [off, nothing, on] = [await play(OFF), await play({ ORGANIZATIONS: '' }), await play({})];
  expect(nothing).toEqual(off);
  const types = Object.keys(off).filter((type) => !ITS_OWN.test(type));
  expect(types.length).toBeGreaterThan(30);
  for (const type of types) {
    expect({ type, calls: plain(on[type] ?? [], true) }).toEqual({
      type,
      calls: plain(off[type] ?? [], false),
    });
  }
});

it('says nothing of organizations while they are off', async () => {
  const off = await play(OFF);
  const all = JSON.stringify(off);
  expect(all).not.toMatch(/payer|organizationId|organizations?Count|organizationPlan|"group"/);
  const its = Object.entries(off).filter(([type]) => ITS_OWN.test(type));
  const events = its.map(([type, calls]) => [type, calls.map(({ event }) => event)]);
  expect(Object.fromEntries(events)).toMatchInlineSnapshot(`
    {
      "organization.created": [
        "organization_created",
      ],
      "organizationMembership.created": [
        "organization_joined",
      ],
      "organizationMembership.deleted": [
        "organization_left",
      ],
    }
  `);
});

// What is new also while they are off: the person beside an organization is who clicked, and has bought nothing.
it('tells nobody what names an organization and a person while they are off, whatever it is', async () => {
  const samples = Object.entries(billingSamples());
  expect(samples.length).toBeGreaterThan(40);
  for (const [type, webhooks] of samples) {
    const world = openCompanyWorld(OFF);
    for (const { provider, body } of webhooks) await world.told(provider, body, 'msg_1');
    expect({ type, calls: world.news() }).toEqual({ type, calls: [] });
    expect({ type, person: (await world.view('user_bob')).kind }).toEqual({
      type,
      person: 'unknown',
    });
  }
});
