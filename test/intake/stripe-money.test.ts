// Stripe's refunds, disputes, ways to pay, and what is about to happen, golden.

import { describe, expect, it } from 'vitest';

import { readStripe } from '../../src/intake/stripe/events.ts';
import { charge, dispute, paymentMethod, upcomingInvoice } from '../../src/samples/stripe-money.ts';
import {
  checkoutSession,
  CREATED,
  customer,
  DAY,
  invoice,
  stripeEvent,
  subscription,
} from '../../src/samples/stripe.ts';
import type { StripeEventJson } from '../../src/samples/stripe.ts';
import { READ_OPTIONS } from '../support/read-options.ts';
import { invoiceOf2020 } from '../support/stripe-2020.ts';

const NAMED = { clerkUserId: 'user_2ab' };

function read(json: StripeEventJson) {
  const receivedAt = (CREATED + 365 * DAY) * 1000;
  const reading = readStripe({ json, deliveryId: null, receivedAt }, READ_OPTIONS);
  if (reading.kind !== 'event') throw new Error(`expected an event, got ${reading.kind}`);
  return reading;
}

function momentsOf(json: StripeEventJson) {
  return read(json).news.flatMap((news) => (news.kind === 'moment' ? [news.moment] : []));
}

describe('a refund', () => {
  const refunded = (overrides: Parameters<typeof charge>[0], before: number | null) =>
    stripeEvent('charge.refunded', charge(overrides), {
      created: CREATED + DAY,
      ...(before === null ? {} : { previous: { amount_refunded: before } }),
    });

  it('tells a refund by what has come since the one before', () => {
    expect(read(refunded({ amount_refunded: 1900 }, 900))).toMatchObject({
      userId: null,
      customerId: 'cus_1',
      news: [
        {
          kind: 'moment',
          moment: {
            name: 'refund_issued',
            key: ['refund_issued', 'ch_1', 1900],
            keyAt: CREATED * 1000,
            occurredAt: (CREATED + DAY) * 1000,
            subscriptionId: null,
            properties: { currency: 'usd', amount: 10, reason: null, status: 'partial' },
            once: 'seen',
          },
        },
      ],
    });
  });

  it('calls a refund full when nothing of the charge is left', () => {
    expect(momentsOf(refunded({ amount_refunded: 4900 }, null))).toMatchObject([
      { properties: { amount: 49, status: 'full' } },
    ]);
  });

  it('gives the reason of a refund where the API version still tells it', () => {
    const refunds = { data: [{ id: 're_1', reason: 'duplicate' }] };
    expect(momentsOf(refunded({ refunds }, 0))).toMatchObject([
      { properties: { reason: 'duplicate' } },
    ]);
  });

  it('gives the refund of a guest to the person its own metadata names', () => {
    expect(read(refunded({ customer: null, metadata: NAMED }, 0))).toMatchObject({
      userId: 'user_2ab',
      customerId: null,
    });
  });

  it('tells a refund in whole yen', () => {
    expect(momentsOf(refunded({ currency: 'JPY', amount_refunded: 500 }, 0))).toMatchObject([
      { properties: { currency: 'jpy', amount: 500 } },
    ]);
  });
});

describe('a dispute', () => {
  it('names the charge of a dispute, whose customer somebody has to look up', () => {
    expect(read(stripeEvent('charge.dispute.created', dispute()))).toMatchObject({
      userId: null,
      customerId: null,
      chargeId: 'ch_1',
      claims: [],
      news: [
        {
          moment: {
            name: 'dispute_opened',
            key: ['dispute_opened', 'dp_1'],
            properties: {
              currency: 'usd',
              amount: 49,
              reason: 'fraudulent',
              status: 'needs_response',
            },
          },
        },
      ],
    });
  });

  it('names the customer of a dispute whose charge is expanded', () => {
    const expanded = dispute({ charge: charge() });
    const event = stripeEvent('charge.dispute.created', expanded);
    expect(read(event)).toMatchObject({ customerId: 'cus_1', chargeId: 'ch_1' });
  });

  it('tells how a dispute was closed', () => {
    expect(
      momentsOf(stripeEvent('charge.dispute.closed', dispute({ status: 'won' }))),
    ).toMatchObject([{ name: 'dispute_closed', properties: { status: 'won' } }]);
  });
});

describe('a way to pay', () => {
  const EXPIRES_AT = Date.UTC(2027, 0, 1) / 1000;
  const card = {
    kind: 'card',
    id: 'pm_1',
    customerId: 'cus_1',
    asOf: CREATED * 1000,
    expiresAt: EXPIRES_AT,
    isAttached: true,
  };

  it('reads an attached card as a card that expires, and as a moment', () => {
    expect(read(stripeEvent('payment_method.attached', paymentMethod())).news).toEqual([
      card,
      {
        kind: 'moment',
        moment: {
          name: 'payment_method_added',
          key: ['payment_method_updated', 'pm_1', CREATED],
          keyAt: CREATED * 1000,
          occurredAt: CREATED * 1000,
          subscriptionId: null,
          properties: { brand: 'visa', last4: '4242', expires_at: EXPIRES_AT },
          once: 'seen',
        },
      },
    ]);
  });

  it.each(['payment_method.updated', 'payment_method.automatically_updated'])(
    'tells a moment by %s only when it is another card',
    (type) => {
      const replaced = stripeEvent(type, paymentMethod(), {
        previous: { card: { exp_year: 2025 } },
      });
      const moved = stripeEvent(type, paymentMethod(), {
        previous: { billing_details: {}, card: { checks: { cvc_check: null } } },
      });
      expect(momentsOf(replaced)).toMatchObject([{ name: 'payment_method_updated' }]);
      expect(read(moved).news).toEqual([]);
    },
  );

  it('takes a detached card away from the customer it had', () => {
    const previous = { customer: 'cus_1' };
    const event = stripeEvent('payment_method.detached', paymentMethod({ customer: null }), {
      previous,
    });
    expect(read(event)).toMatchObject({
      customerId: 'cus_1',
      news: [{ ...card, expiresAt: null, isAttached: false }],
    });
  });

  it('reads a way to pay that never expires as one, too', () => {
    const debit = paymentMethod({ type: 'sepa_debit', sepa_debit: { last4: '3000' } });
    expect(read(stripeEvent('payment_method.attached', debit)).news).toMatchObject([
      { ...card, expiresAt: null },
      { moment: { properties: { brand: 'sepa_debit', last4: '3000', expires_at: null } } },
    ]);
  });
});

describe('what is about to happen', () => {
  const RENEWS_AT = CREATED + 30 * DAY;
  const TRIAL = { status: 'trialing', trial_end: CREATED + 3 * DAY };
  const ending = (overrides: Parameters<typeof subscription>[0]) =>
    stripeEvent('customer.subscription.trial_will_end', subscription(overrides));

  it('tells a coming renewal once per subscription and period, though the invoice has no id', () => {
    expect(momentsOf(stripeEvent('invoice.upcoming', upcomingInvoice()))).toEqual([
      {
        name: 'renewal_upcoming',
        key: ['renewal_upcoming', 'sub_1', RENEWS_AT],
        keyAt: RENEWS_AT * 1000,
        occurredAt: CREATED * 1000,
        subscriptionId: 'sub_1',
        priceIds: ['price_pro'],
        properties: { plan: null, currency: 'usd', amount: 49, renews_at: RENEWS_AT },
        once: 'seen',
      },
    ]);
  });

  it('tells a coming renewal from the shape of 2020', () => {
    const { id: _id, ...preview } = invoiceOf2020({ period_end: RENEWS_AT });
    expect(momentsOf(stripeEvent('invoice.upcoming', preview))).toMatchObject([
      { name: 'renewal_upcoming', subscriptionId: 'sub_1', properties: { renews_at: RENEWS_AT } },
    ]);
  });

  it('tells that a trial is about to end', () => {
    expect(momentsOf(ending(TRIAL))).toEqual([
      {
        name: 'trial_ending',
        key: ['trial_ending', 'sub_1', CREATED + 3 * DAY],
        keyAt: (CREATED + 3 * DAY) * 1000,
        occurredAt: CREATED * 1000,
        subscriptionId: 'sub_1',
        properties: {
          plan: 'pro',
          currency: 'usd',
          trial_ends_at: CREATED + 3 * DAY,
          cancel_at: null,
          mrr: 49,
          will_convert: null,
        },
        once: 'seen',
      },
    ]);
  });

  it.each([
    ['it is active by now', { ...TRIAL, status: 'active' }],
    ['the trial ended as the event was made', { ...TRIAL, trial_end: CREATED }],
    ['it has no trial', { status: 'trialing', trial_end: null }],
  ])('tells no end of a trial when %s', (_when, overrides) => {
    expect(read(ending(overrides)).news).toMatchObject([
      { kind: 'subscription', before: 'unsaid' },
    ]);
  });

  it('tells a payment that the customer has to confirm', () => {
    const open = invoice({ status: 'open', amount_paid: 0 });
    expect(momentsOf(stripeEvent('invoice.payment_action_required', open))).toEqual([
      {
        name: 'payment_action_required',
        key: ['payment_action_required', 'in_1'],
        keyAt: CREATED * 1000,
        occurredAt: CREATED * 1000,
        subscriptionId: 'sub_1',
        priceIds: ['price_pro'],
        properties: {
          plan: null,
          currency: 'usd',
          amount: 49,
          hosted_invoice_url: 'https://invoice.example.test/in_1',
        },
        once: 'seen',
      },
    ]);
  });
});

describe('a checkout', () => {
  it('tells where an expired checkout can be taken up again', () => {
    const url = 'https://buy.example.test/r/1';
    const session = checkoutSession({
      customer: null,
      subscription: null,
      client_reference_id: 'user_2ab',
      after_expiration: { recovery: { enabled: true, url } },
    });
    expect(read(stripeEvent('checkout.session.expired', session))).toMatchObject({
      userId: 'user_2ab',
      news: [
        {
          moment: {
            name: 'checkout_abandoned',
            key: ['checkout_abandoned', 'cs_1'],
            properties: { currency: 'usd', amount: 49, recovery_url: url },
          },
        },
      ],
    });
  });

  it('reads a checkout that only saves a card as a link and no purchase', () => {
    const session = checkoutSession({ mode: 'setup', metadata: NAMED });
    expect(read(stripeEvent('checkout.session.completed', session))).toMatchObject({
      claims: [{ source: 'checkout_metadata', userId: 'user_2ab' }],
      news: [],
    });
  });
});

describe('an organization that pays', () => {
  it.each([
    [
      'subscription',
      'customer.subscription.created',
      subscription({ metadata: { orgId: 'org_2' } }),
    ],
    ['customer', 'customer.created', { id: 'cus_1', metadata: { organizationId: 'org_2' } }],
    [
      'checkout',
      'checkout.session.completed',
      checkoutSession({ client_reference_id: 'org_2', customer: null }),
    ],
  ])('ignores the %s of an organization that pays', (_what, type, object) => {
    const json = stripeEvent(type, object);
    const reading = readStripe(
      { json, deliveryId: null, receivedAt: CREATED * 1000 },
      READ_OPTIONS,
    );
    expect(reading).toMatchObject({ kind: 'ignored', reason: 'organization_payer' });
  });

  it('ignores a checkout whose session says that an organization pays, whoever clicked', () => {
    const about = { client_reference_id: 'user_2ab', metadata: { orgId: 'org_2' } };
    const json = stripeEvent('checkout.session.completed', checkoutSession(about));
    const body = { json, deliveryId: null, receivedAt: CREATED * 1000 };
    expect(readStripe(body, READ_OPTIONS)).toMatchObject({ reason: 'organization_payer' });
  });

  const both = { orgId: 'org_2', clerkUserId: 'user_2ab' };

  it.each([
    ['customer.created', { id: 'cus_1', metadata: both }, null],
    ['checkout.session.completed', checkoutSession({ metadata: both }), undefined],
    [
      'customer.subscription.created',
      subscription({ id: 'sub_1', customer: 'cus_1', metadata: both }),
      'sub_1',
    ],
  ])('pays though a person is named beside it, in %s: they are who bought', (type, object, of) => {
    const body = { json: stripeEvent(type, object), deliveryId: null, receivedAt: CREATED * 1000 };
    const reading = readStripe(body, READ_OPTIONS);
    expect(reading).toMatchObject({ kind: 'ignored', reason: 'organization_payer' });
    // Who had the customer, or the subscription, has it no more; a checkout takes nothing from anybody.
    const leaves = reading.kind === 'ignored' ? reading.leaves : undefined;
    expect(leaves?.of === null ? null : leaves?.of.subscriptionId).toBe(of);
  });

  it('leaves what names a person alone to them, though its customer is an organization', () => {
    const expanded = customer({ id: 'cus_1', metadata: { orgId: 'org_2' } });
    const object = {
      ...subscription({ metadata: { clerkUserId: 'user_2ab' } }),
      customer: expanded,
    };
    const { userId, claims } = read(stripeEvent('customer.subscription.updated', object));
    expect([userId, claims]).toEqual(['user_2ab', []]);
  });

  const ON = { ...READ_OPTIONS, organizationKeys: ['orgId'] };
  const expandedOf = (ofSubscription: object, ofCustomer: object) => ({
    ...subscription({ metadata: { ...ofSubscription } }),
    customer: customer({ id: 'cus_1', metadata: { ...ofCustomer } }),
  });

  it.each([
    ['a person whom its customer names', { orgId: 'org_2' }, { clerkUserId: 'user_2ab' }],
    ['a name of before', { clerkUserId: 'own-7' }, { orgId: 'org_2' }],
  ])('pays, where organizations are on, and nobody gets its customer by %s', (_, own, of) => {
    const json = stripeEvent('customer.subscription.updated', expandedOf(own, of));
    const body = { json, deliveryId: null, receivedAt: CREATED * 1000 };
    const reading = readStripe(body, ON);
    if (reading.kind !== 'event') throw new Error(reading.kind);
    const { userId, externalId, claims } = reading;
    expect({ userId: userId ?? 'org_2', externalId }).toEqual({ userId: 'org_2' });
    expect(claims.map((claim) => claim.userId).filter((id) => id !== 'org_2')).toEqual([]);
  });
});
