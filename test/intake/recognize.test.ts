// Payloads that come without a signature: each is recognized by its own provider and by no other, and a bare object of
// Stripe's API is read as the event that mostly carries it.

import { describe, expect, it } from 'vitest';

import { clerk } from '../../src/intake/clerk/provider.ts';
import { PROVIDERS } from '../../src/intake/providers.ts';
import { stripe } from '../../src/intake/stripe/provider.ts';
import {
  CLERK_SAMPLE_TYPES,
  clerkSample,
  STRIPE_SAMPLE_TYPES,
  stripeSample,
} from '../../src/samples/events.ts';
import {
  charge,
  dispute,
  oneOffCharge,
  oneOffIntent,
  paymentMethod,
  refund,
} from '../../src/samples/stripe-money.ts';
import { checkoutSession, customer, invoice, subscription } from '../../src/samples/stripe.ts';
import { READ_OPTIONS } from '../support/read-options.ts';

function recognizers(json: unknown): string[] {
  return PROVIDERS.filter((provider) => provider.recognize(json) !== null).map(({ name }) => name);
}

const BARE = [
  ['customer.subscription.updated', subscription()],
  ['invoice.paid', invoice()],
  ['charge.refunded', charge()],
  ['charge.succeeded', oneOffCharge()],
  ['payment_intent.succeeded', oneOffIntent()],
  ['refund.updated', refund()],
  ['charge.dispute.created', dispute()],
  ['checkout.session.completed', checkoutSession()],
  ['payment_method.attached', paymentMethod()],
  ['customer.updated', customer()],
] as const;

describe('a payload without a signature', () => {
  it.each(CLERK_SAMPLE_TYPES)('Clerk alone recognizes its %s, and leaves it as it is', (type) => {
    const json = clerkSample(type);
    expect(recognizers(json)).toEqual(['clerk']);
    expect(clerk.recognize(json)).toEqual({ json, readAs: null });
  });

  it.each(STRIPE_SAMPLE_TYPES)('Stripe alone recognizes its %s, and leaves it as it is', (type) => {
    const json = stripeSample(type);
    expect(recognizers(json)).toEqual(['stripe']);
    expect(stripe.recognize(json)).toEqual({ json, readAs: null });
  });

  it.each([
    ['a thin event', { id: 'evt_1', object: 'v2.core.event', type: 'v1.billing.meter.no_meter' }],
    ['an event without data', { id: 'evt_1', object: 'event', type: 'invoice.paid' }],
    ['an event whose data is empty', { id: 'evt_1', object: 'event', type: 'a', data: {} }],
    [
      'an example of its own that leaves out the word event',
      { id: 'evt_1', type: 'a', data: { object: {} } },
    ],
  ])('Stripe alone recognizes %s', (_, json) => {
    expect(recognizers(json)).toEqual(['stripe']);
  });

  it('Clerk alone recognizes an example that leaves out the word event', () => {
    expect(recognizers({ type: 'user.created', data: { id: 'user_1' } })).toEqual(['clerk']);
  });

  it.each(BARE)('Stripe reads the bare object that %s carries as that event', (type, object) => {
    expect(recognizers(object)).toEqual(['stripe']);
    const recognized = stripe.recognize(object);
    expect(recognized?.readAs).toBe(type);
    const body = { json: recognized?.json, deliveryId: null, receivedAt: 1_795_000_000_000 };
    expect(stripe.read(body, READ_OPTIONS)).toMatchObject({ kind: 'event', type });
  });

  it('Stripe reads a bare object without a carrier as its own updated', () => {
    expect(stripe.recognize({ object: 'coupon', id: 'c_1' })?.readAs).toBe('coupon.updated');
    expect(stripe.recognize({ object: 'constructor' })?.readAs).toBe('constructor.updated');
  });

  it.each([null, 1, 'text', [], [stripeSample('invoice.paid')], {}, { object: 'event' }])(
    'no provider recognizes %j',
    (json) => {
      expect(recognizers(json)).toEqual([]);
    },
  );
});
