// What a payload would become: the providers are asked in turn which of them knows it.

import { describe, expect, it } from 'vitest';

import { explain } from '../../src/cli/commands/explanation.ts';
import { readConfig } from '../../src/config/config.ts';
import { explain as explainInWorker } from '../../src/console/explain.ts';
import { PROVIDERS } from '../../src/intake/providers.ts';
import { clerkSample, stripeSample } from '../../src/samples/events.ts';
import { charge, oneOffCharge } from '../../src/samples/stripe-money.ts';
import { stripeEvent, subscription } from '../../src/samples/stripe.ts';

function explained(json: unknown, vars: Readonly<Record<string, unknown>> = {}) {
  const result = readConfig(vars);
  if (!result.ok) throw new Error(result.problems.join('\n'));
  return explain(JSON.stringify(json), result.config);
}

function inWorker(json: unknown, vars: Readonly<Record<string, unknown>>) {
  const result = readConfig(vars);
  if (!result.ok) throw new Error(result.problems.join('\n'));
  const asked = { config: result.config, providers: PROVIDERS, now: Date.now() };
  return explainInWorker(JSON.stringify(json), asked);
}

describe('explain', () => {
  it('the provider that recognizes a payload reads it', () => {
    expect(explained(clerkSample('user.created'))).toMatchObject({ provider: 'clerk' });
    expect(explained(stripeSample('invoice.paid'))).toMatchObject({ provider: 'stripe' });
  });

  it('a bare object says which event it was read as', () => {
    const readAs = 'customer.subscription.updated';
    expect(explained(subscription())).toMatchObject({ provider: 'stripe', type: readAs, readAs });
  });

  it('a charge of which nothing was refunded is no refund, as it is none in the Worker', () => {
    const paid = oneOffCharge({ metadata: { clerkUserId: 'user_2ab' } });
    expect(explained(paid)).toMatchObject({
      readAs: 'charge.succeeded',
      moments: ['payment_succeeded'],
    });
    expect(explained(charge())).toMatchObject({ moments: ['refund_issued'] });
  });

  it('whom it waits for is said by what its metadata has: a name of before, almost an id, or nothing', () => {
    const person = (metadata: Readonly<Record<string, string>>) => {
      const explanation = explained(subscription({ metadata }));
      return 'person' in explanation ? explanation.person : null;
    };
    expect(person({ userId: 'legacy_42' })).toBe(
      'the user whose external_id is legacy_42, else whoever is linked to cus_1; it waits until somebody is',
    );
    const unknown = 'whoever is linked to cus_1; it waits until somebody is';
    expect(person({ userId: ' user_2ab' })).toBe(`${unknown} (metadata.userId: blanks)`);
    expect(person({})).toBe(unknown);
  });

  it('what an organization buys is what somebody with the role hears, and its object', () => {
    const company = subscription({ metadata: { orgId: 'org_acme', clerkUserId: 'user_bob' } });
    const json = stripeEvent('customer.subscription.created', company);
    const on = {
      ORGANIZATIONS: 'on',
      ORGANIZATION_ROLES: 'org:owner',
      ORGANIZATION_OBJECT_TYPE: 7,
    };
    const who = { payer: 'organization', organization_role: 'org:owner' };
    expect(explained(json, on)).toMatchObject({
      outcome: 'accepted',
      person: 'org_acme',
      moments: ['subscription_started'],
      messages: [
        { type: 'group', groupId: 'org_acme', traits: { object_type_id: '7', plan: 'pro' } },
        { type: 'identify', userId: 'user_somebody', traits: { organizationPlan: 'pro' } },
        { event: 'subscription_started', userId: 'user_somebody', properties: who },
      ],
    });
    expect(inWorker(json, on)).toMatchObject({
      person: 'org_acme',
      messages: [{ event: 'subscription_started', userId: 'user_somebody', properties: who }],
    });
    expect(explained(json)).toMatchObject({ outcome: 'ignored' });
    expect(inWorker(json, {})).toMatchObject({ outcome: 'ignored', messages: [] });
  });

  it('a customer that is deleted waits for nobody', () => {
    expect(explained(stripeSample('customer.deleted'))).toMatchObject({
      outcome: 'accepted',
      messages: [{ type: 'identify', traits: { stripeCustomerId: null } }],
    });
  });

  it('a payload that no provider recognizes is no webhook, and the providers are named', () => {
    expect(explained({ hello: 'world' })).toEqual({
      outcome: 'not_a_webhook',
      problem: 'it is neither an event nor an object of Clerk or Stripe',
    });
  });
});
