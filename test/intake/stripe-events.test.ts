// Stripe's invoices, checkouts and customers, golden; what is ignored; and that no field, missing or of another
// type, makes reading throw.

import * as fc from 'fast-check';
import type { Stripe } from 'stripe';
import { describe, expect, it } from 'vitest';

import type { Reading, ReadOptions } from '../../src/intake/provider.ts';
import { readStripe, STRIPE_EVENT_TYPES } from '../../src/intake/stripe/events.ts';
import { stripeSample } from '../../src/samples/events.ts';
import type { Json, PartOf } from '../../src/samples/payload.ts';
import {
  checkoutSession,
  CREATED,
  customer,
  DAY,
  invoice,
  stripeEvent,
  subscription,
  price,
} from '../../src/samples/stripe.ts';
import type { StripeEventJson } from '../../src/samples/stripe.ts';
import { odd } from '../support/odd.ts';
import { READ_OPTIONS } from '../support/read-options.ts';
import { placesOf, spoilt } from '../support/spoil.ts';
import { olden } from '../support/stripe-2020.ts';

const RECEIVED_AT = (CREATED + 365 * DAY) * 1000;
const PERSON = 'user_2ab';
const NAMED = { clerkUserId: PERSON };

function readAny(json: unknown, options: Partial<ReadOptions> = {}): Reading {
  const body = { json, deliveryId: null, receivedAt: RECEIVED_AT };
  return readStripe(body, { ...READ_OPTIONS, ...options });
}

function read(json: StripeEventJson, options: Partial<ReadOptions> = {}) {
  const reading = readAny(json, options);
  if (reading.kind !== 'event') throw new Error(`expected an event, got ${reading.kind}`);
  return reading;
}

function claim(source: string, mayMove: boolean) {
  return { customerId: 'cus_1', userId: PERSON, source, mayMove, asOf: CREATED * 1000 };
}

describe('an invoice paid', () => {
  const paid = stripeEvent('invoice.paid', invoice({ currency: 'USD' }));
  const payment = {
    invoiceId: 'in_1',
    customerId: 'cus_1',
    subscriptionId: 'sub_1',
    purchaseId: 'sub_1',
    amountMinor: 4900,
    totalMinor: 4900,
    currency: 'usd',
    billingReason: 'subscription_cycle',
    periodStarts: [CREATED],
    priceIds: ['price_pro'],
    invoiceCreatedAt: CREATED,
    paidAt: (CREATED + 60) * 1000,
    plan: null,
  };

  it('reads an invoice that was paid as a payment', () => {
    expect(read(paid).news).toEqual([{ kind: 'payment', payment }]);
  });

  it('reads the same payment from either of the two events that say so', () => {
    const twin = stripeEvent('invoice.payment_succeeded', invoice({ currency: 'USD' }));
    expect(read(twin).news).toEqual(read(paid).news);
  });

  it('reads the same payment from the shape of 2020, which names the plan too', () => {
    expect(read(olden(paid)).news).toEqual([
      { kind: 'payment', payment: { ...payment, plan: 'pro' } },
    ]);
  });

  it('reads the same payment where an old version has gained the new keys beside its own', () => {
    const old = olden(paid);
    const object = { ...((old['data'] as Json)['object'] as Json), parent: invoice()['parent'] };
    const both = stripeEvent('invoice.paid', object);
    expect(read(both).news).toEqual(read(old).news);
  });

  it('names the plan of a payment by its price, expanded as since 2025-12-15', () => {
    const details = { price: price(), product: 'prod_pro' };
    const line = { id: 'il_1', period: { start: CREATED }, pricing: { price_details: details } };
    const expanded = stripeEvent('invoice.paid', invoice({ lines: { data: [line] } }));
    const [news] = read(expanded, { plans: { price_pro: 'Professional' } }).news;
    expect(news).toMatchObject({ payment: { plan: 'Professional' } });
  });

  it('names the plan of a payment by the id of its price alone', () => {
    const [news] = read(paid, { plans: { price_pro: 'Professional' } }).news;
    expect(news).toMatchObject({ payment: { plan: 'Professional' } });
  });

  it('reads an invoice on which nothing was due as a payment of nothing', () => {
    const free = stripeEvent('invoice.paid', invoice({ amount_paid: 0, amount_due: 0 }));
    expect(read(free).news).toMatchObject([{ kind: 'payment', payment: { amountMinor: 0 } }]);
  });

  it('dates a payment by the event where the invoice does not say when it was paid', () => {
    const silent = stripeEvent('invoice.paid', invoice({ status_transitions: odd(null) }));
    expect(read(silent).news).toMatchObject([{ payment: { paidAt: CREATED * 1000 } }]);
  });

  const line = (overrides: PartOf<Stripe.InvoiceLineItem>) => ({
    parent: null,
    lines: { object: 'list', data: [{ id: 'il_1', period: { start: CREATED }, ...overrides }] },
  });

  it.each([
    ['its top', { parent: null, subscription: 'sub_2' }],
    ['its top, expanded', { parent: null, subscription: { id: 'sub_2', object: 'subscription' } }],
    ['its line', line({ subscription: 'sub_2' })],
    [
      "its line's parent",
      line({ parent: { subscription_item_details: { subscription: 'sub_2' } } }),
    ],
  ])('finds the subscription of an invoice on %s', (_place, overrides) => {
    const { lines, ...rest } = invoice();
    const object = { ...rest, lines: { ...(lines as Json), data: [] }, ...overrides };
    expect(read(stripeEvent('invoice.paid', object)).news).toMatchObject([
      { payment: { subscriptionId: 'sub_2' } },
    ]);
  });

  it.each([
    ['parent', { parent: { subscription_details: { subscription: 'sub_1', metadata: NAMED } } }],
    ['subscription_details', { parent: null, subscription_details: { metadata: NAMED } }],
    ['line', line({ metadata: NAMED })],
  ])('names the person of an invoice by the metadata in its %s', (_place, overrides) => {
    const reading = read(stripeEvent('invoice.paid', { ...invoice(), ...overrides }));
    expect(reading.userId).toBe(PERSON);
    expect(reading.claims).toEqual([{ ...claim('subscription_metadata', false), isNamed: true }]);
  });
});

describe('an invoice that failed', () => {
  const failed = (overrides: PartOf<Stripe.Invoice>) =>
    read(
      stripeEvent(
        'invoice.payment_failed',
        invoice({ amount_paid: 0, attempt_count: 2, ...overrides }),
      ),
    );

  it('tells a moment for each attempt to pay that failed', () => {
    expect(failed({ next_payment_attempt: CREATED + DAY }).news).toEqual([
      {
        kind: 'moment',
        moment: {
          name: 'payment_failed',
          key: ['payment_failed', 'in_1', 2],
          keyAt: CREATED * 1000 + 2,
          occurredAt: CREATED * 1000,
          subscriptionId: 'sub_1',
          once: 'seen',
          priceIds: ['price_pro'],
          properties: {
            plan: null,
            currency: 'usd',
            amount: 49,
            invoice_id: 'in_1',
            attempt: 2,
            next_attempt_at: CREATED + DAY,
            final: false,
            hosted_invoice_url: 'https://invoice.example.test/in_1',
            billing_reason: 'subscription_cycle',
            decline_code: null,
          },
        },
      },
    ]);
  });

  it('calls a failed payment final when no attempt follows', () => {
    expect(failed({ next_payment_attempt: null }).news).toMatchObject([
      { moment: { properties: { final: true, next_attempt_at: null } } },
    ]);
  });

  it('tells a failed payment in whole yen', () => {
    expect(failed({ currency: 'jpy', amount_due: 980 }).news).toMatchObject([
      { moment: { properties: { currency: 'jpy', amount: 980 } } },
    ]);
  });
});

describe('a checkout completed', () => {
  it('tells a completed checkout, and lets only its metadata move a link', () => {
    const session = checkoutSession({ client_reference_id: PERSON, metadata: NAMED });
    expect(read(stripeEvent('checkout.session.completed', session))).toMatchObject({
      userId: null,
      customerId: 'cus_1',
      chargeId: null,
      claims: [claim('checkout_metadata', true), claim('client_reference_id', false)],
      news: [
        {
          kind: 'moment',
          moment: {
            name: 'checkout_completed',
            key: ['checkout_completed', 'cs_1'],
            keyAt: CREATED * 1000,
            occurredAt: CREATED * 1000,
            subscriptionId: 'sub_1',
            properties: { currency: 'usd', amount: 49, recovery_url: null },
            once: 'seen',
          },
        },
      ],
    });
  });

  it('claims nothing by a client reference that is no user id', () => {
    const session = checkoutSession({ client_reference_id: 'order-17' });
    expect(read(stripeEvent('checkout.session.completed', session)).claims).toEqual([]);
  });
});

describe('a customer', () => {
  it.each(['customer.created', 'customer.updated'])('reads %s as a claim and no news', (type) => {
    expect(read(stripeEvent(type, customer({ metadata: NAMED })))).toMatchObject({
      userId: null,
      customerId: 'cus_1',
      claims: [claim('customer_metadata', true)],
      news: [],
    });
  });
});

describe('what is not read', () => {
  const event = stripeEvent('customer.created', customer(), { id: 'evt_1' });

  it.each(['plan.created', 'toString', '__proto__'])('ignores %s, which nothing maps', (type) => {
    const reason = 'event_type_unmapped';
    expect(readAny({ ...event, type })).toEqual({ kind: 'ignored', id: 'evt_1', type, reason });
  });

  it('ignores thin events', () => {
    const thin = { ...event, object: 'v2.core.event', created: '2025-11-24T00:00:00Z' };
    expect(readAny(thin)).toMatchObject({ kind: 'ignored', id: 'evt_1', reason: 'thin_event' });
  });

  it('ignores events of the mode that is not configured', () => {
    const live = { ...event, livemode: true };
    const otherMode = { kind: 'ignored', reason: 'other_mode' };
    expect(readAny(event, { mode: 'live' })).toMatchObject(otherMode);
    expect(readAny(live, { mode: 'test' })).toMatchObject(otherMode);
    expect(readAny(live, { mode: 'live' }).kind).toBe('event');
  });

  it('says by field and expectation, never by value, why an object is unreadable', () => {
    const object = subscription({ customer: odd(null), status: odd(77_123) });
    expect(readAny(stripeEvent('customer.subscription.created', object, { id: 'evt_1' }))).toEqual({
      kind: 'unreadable',
      id: 'evt_1',
      type: 'customer.subscription.created',
      problems: ['data.object.customer: expected an id', 'data.object.status: expected text'],
    });
  });

  it.each([
    ['an id', { id: null }, 'id: expected text'],
    ['a time', { created: 'today' }, 'created: expected a number'],
    ['an object', { data: {} }, 'data.object: expected an object'],
    ['data', { data: null }, 'data: expected an object'],
  ])('calls an event unreadable without %s', (_name, overrides, problem) => {
    expect(readAny({ ...event, ...overrides })).toMatchObject({
      kind: 'unreadable',
      problems: [problem],
    });
  });
});

describe('reading', () => {
  it('throws at nothing that is JSON, and reads no event out of what is none', () => {
    const anything = fc.property(
      fc.jsonValue(),
      fc.constantFrom(...STRIPE_EVENT_TYPES),
      (object, type) => {
        expect(readAny(object).kind).toBe('unreadable');
        const { data: _data, ...envelope } = stripeSample(type);
        expect(readAny({ ...envelope, data: object }).kind).toBe('unreadable');
        readAny({ ...envelope, data: { object, previous_attributes: object } });
      },
    );
    fc.assert(anything, { numRuns: 500 });
  });

  it('gives no value away in its problems', () => {
    const secret = 'ada@example.test';
    for (const type of STRIPE_EVENT_TYPES) {
      const json = stripeSample(type);
      const readings = placesOf(json).map((path) => readAny(spoilt(json, path, [secret])));
      const problems = readings.flatMap((reading) =>
        reading.kind === 'unreadable' ? reading.problems : [],
      );
      expect(problems.length).toBeGreaterThan(0);
      expect(problems.join('\n')).not.toContain(secret);
    }
  });
});
