// What a payload would become: the providers are asked in turn which of them knows it.

import { describe, expect, it } from 'vitest';

import { explain } from '../../src/cli/commands/explanation.ts';
import { readConfig } from '../../src/config/config.ts';
import { clerkSample, stripeSample } from '../../src/samples/events.ts';
import { charge, oneOffCharge } from '../../src/samples/stripe-money.ts';
import { subscription } from '../../src/samples/stripe.ts';

function explained(json: unknown) {
  const result = readConfig({});
  if (!result.ok) throw new Error(result.problems.join('\n'));
  return explain(JSON.stringify(json), result.config);
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
