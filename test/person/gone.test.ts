// A customer that is deleted at Stripe: Stripe ends its subscriptions by events of their own, and whatever comes late makes the
// customer nobody's again.

import { describe, expect, it } from 'vitest';

import { close, customerFactsOf, gain, lose } from '../../src/person/customers.ts';
import { knownBy } from '../../src/person/known-by.ts';
import { newPerson } from '../../src/person/person.ts';
import { traitsOf } from '../../src/person/traits.ts';
import { paymentMethod } from '../../src/samples/stripe-money.ts';
import { CREATED, customer, invoice, stripeEvent, subscription } from '../../src/samples/stripe.ts';
import { permutations } from '../support/permutations.ts';
import { wire } from '../support/wire.ts';

const NOW = CREATED + 3600;
const options = { plans: { price_pro: 'Pro' } };
const ended = {
  status: 'canceled',
  ended_at: NOW,
  canceled_at: NOW,
  cancellation_details: { comment: null, feedback: null, reason: null },
} as const;

const subscribed = stripeEvent('customer.subscription.created', subscription());
const paid = stripeEvent('invoice.paid', invoice({ billing_reason: 'subscription_create' }));
const attached = stripeEvent('payment_method.attached', paymentMethod());
const pays = stripeEvent(
  'customer.updated',
  customer({ invoice_settings: { default_payment_method: 'pm_1' } }),
  { created: CREATED + 60, previous: { invoice_settings: { default_payment_method: null } } },
);
const canceled = stripeEvent('customer.subscription.deleted', subscription(ended), {
  created: NOW,
});
const deleted = stripeEvent('customer.deleted', customer(), { created: NOW });

const LEFT = {
  plan: null,
  previousPlan: 'Pro',
  subscriptionStatus: 'canceled',
  mrr: 0,
  canceledAt: NOW,
  totalPaid: 49,
  cardExpiresAt: null,
  stripeCustomerId: null,
  subscriptionId: 'sub_1',
  subscriptionsCount: 0,
};

describe('a customer that is deleted at Stripe', () => {
  const events = [subscribed, attached, pays, canceled, deleted];

  it('leaves the person, with its ways to pay, in all 120 orders; what was told and paid stays', () => {
    const outcomes = new Set(
      permutations(events).map((order) => {
        const { person, traits, tracks } = wire([paid, ...order], { options });
        expect(traits).toMatchObject(LEFT);
        expect([person.customers, person.cards, person.defaultMethods ?? {}]).toEqual([[], {}, {}]);
        return JSON.stringify([
          Object.keys(traits)
            .toSorted()
            .map((name) => [name, traits[name]]),
          tracks.map(({ event, messageId }) => `${event} ${messageId}`).toSorted(),
        ]);
      }),
    );
    expect([...outcomes]).toHaveLength(1);
    expect([...outcomes][0]).toMatch(/payment_method_added.*payment_succeeded.*subscription_/);
  });

  it('is told by one identify and no moment', () => {
    const before = wire([subscribed, attached], { options });
    const after = wire([deleted], { options, person: before.person });
    expect(after.tracks).toEqual([]);
    expect(after.traits).toMatchObject({
      subscriptionStatus: 'active',
      stripeCustomerId: null,
      cardExpiresAt: null,
    });
  });

  it('also leaves whom nothing else was known of, which is said', () => {
    expect(wire([attached]).traits).toMatchObject({ stripeCustomerId: 'cus_1' });
    expect(wire([attached, deleted]).traits).toMatchObject({
      stripeCustomerId: null,
      cardExpiresAt: null,
    });
    // As Stripe's own answer to a deletion has it: nothing but the id.
    const bare = stripeEvent('customer.deleted', {
      id: 'cus_1',
      object: 'customer',
      deleted: true,
    });
    expect(wire([attached, bare]).traits).toMatchObject({ stripeCustomerId: null });
  });

  it('leaves another customer of the person’s as it is', () => {
    const other = stripeEvent('payment_method.attached', {
      ...paymentMethod({ id: 'pm_2' }),
      customer: 'cus_2',
    });
    const { traits } = wire([other, subscribed, attached, deleted], { options });
    expect(traits).toMatchObject({ stripeCustomerId: 'cus_2' });
  });

  it('is still looked for where the person is exported or deleted', () => {
    expect(knownBy(wire([attached, deleted]).person)).toContain('cus_1');
  });

  it('goes on being none of whoever is given what was known by it', () => {
    const hold = { customerId: 'cus_1', version: 2 };
    const { person } = wire([subscribed, attached, deleted], { options });
    // By the customer's link, not by name.
    const before = { ...person, tenure: { ...person.tenure, named: [] } };
    const facts = customerFactsOf(before, 'cus_1');
    const given = gain(newPerson('user_new'), hold, facts);
    expect(traitsOf(given, null)).toMatchObject({
      stripeCustomerId: null,
      subscriptionStatus: 'active',
    });
    expect(knownBy(lose(close(before, hold), hold))).not.toContain('cus_1');
  });
});
