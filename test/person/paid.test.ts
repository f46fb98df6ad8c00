// Money from the payload to the wire: what is told of an invoice, a one-off payment, a refund, a dispute, and the traits
// that count it.

import type { Stripe } from 'stripe';
import { describe, expect, it } from 'vitest';

import { newPerson } from '../../src/person/person.ts';
import { clerkItem, clerkPayment } from '../../src/samples/clerk-billing.ts';
import { clerkEvent } from '../../src/samples/clerk.ts';
import type { PartOf } from '../../src/samples/payload.ts';
import {
  charge,
  dispute,
  oneOffCharge,
  oneOffIntent,
  owedInvoice,
  refund,
} from '../../src/samples/stripe-money.ts';
import {
  checkoutSession,
  CREATED,
  DAY,
  invoice,
  price,
  stripeEvent,
  subscription,
} from '../../src/samples/stripe.ts';
import { invoiceOf2020 } from '../support/stripe-2020.ts';
import { told, wire } from '../support/wire.ts';

type Invoice = PartOf<Stripe.Invoice>;

const started = stripeEvent('customer.subscription.created', subscription());
const another = stripeEvent('customer.subscription.created', subscription({ id: 'sub_2' }));
const paid = (overrides: Invoice = {}) => stripeEvent('invoice.paid', invoice(overrides));
const OF_SUBSCRIPTION = { plan: 'pro', currency: 'usd', subscription_id: 'sub_1' };

function without(event: string, all: ReturnType<typeof told>) {
  return all.filter((each) => each.event !== event);
}

const sinceStart = (...events: Parameters<typeof told>[0]) =>
  without('subscription_started', told([started, ...events]));

describe('an invoice', () => {
  it('is a renewal of its total and no payment where credit has paid it', () => {
    const credit = paid({ total: 4900, amount_due: 0, amount_paid: 0, amount_remaining: 0 });
    expect(sinceStart(credit)).toEqual([
      { event: 'subscription_renewed', ...OF_SUBSCRIPTION, amount: 49, invoice_id: 'in_1' },
    ]);
    expect(wire([started, credit]).traits).toMatchObject({ firstPaidAt: null, totalPaid: null });
  });

  it('renews by its total and tells what was paid where credit has paid a part', () => {
    const partly = paid({ total: 4900, amount_due: 3900, amount_paid: 3900 });
    expect(sinceStart(partly)).toMatchObject([
      { event: 'payment_succeeded', amount: 39 },
      { event: 'subscription_renewed', amount: 49 },
    ]);
    expect(wire([started, partly]).traits).toMatchObject({ totalPaid: 39 });
  });

  it.each([
    ['the flag of old versions', { ...invoice(), paid_out_of_band: true, total: 4900 }],
    ['its amounts since basil', invoice({ amount_remaining: 0, total: 4900 })],
  ])('paid out of band is paid in full, by %s', (_by, object) => {
    const elsewhere = stripeEvent('invoice.paid', { ...object, amount_paid: 0 });
    expect(sinceStart(elsewhere)).toEqual([
      {
        event: 'payment_succeeded',
        ...OF_SUBSCRIPTION,
        amount: 49,
        invoice_id: 'in_1',
        billing_reason: 'subscription_cycle',
        out_of_band: true,
      },
      { event: 'subscription_renewed', ...OF_SUBSCRIPTION, amount: 49, invoice_id: 'in_1' },
    ]);
    expect(wire([started, elsewhere]).traits).toMatchObject({ totalPaid: 49 });
  });

  it('is overdue once, is written off once, and is paid after that', () => {
    const owed = [
      stripeEvent('invoice.overdue', owedInvoice(), { created: CREATED + 15 * DAY }),
      stripeEvent('invoice.overdue', owedInvoice(), { created: CREATED + 16 * DAY }),
      stripeEvent('invoice.marked_uncollectible', owedInvoice({ status: 'uncollectible' })),
      stripeEvent('invoice.voided', owedInvoice({ status: 'void' })),
    ];
    const facts = {
      ...OF_SUBSCRIPTION,
      amount: 49,
      due_at: CREATED + 14 * DAY,
      hosted_invoice_url: 'https://invoice.example.test/in_1',
    };
    expect(sinceStart(...owed)).toEqual([
      { event: 'invoice_overdue', ...facts },
      { event: 'invoice_written_off', ...facts },
    ]);
    expect(sinceStart(...owed, paid()).slice(2)).toMatchObject([
      { event: 'payment_succeeded', amount: 49 },
      { event: 'subscription_renewed', amount: 49 },
    ]);
  });

  it('fails with its reason and the word of the bank, and finally only when it is no first one', () => {
    const failed = (overrides: Invoice) =>
      stripeEvent('invoice.payment_failed', invoice({ amount_paid: 0, ...overrides }));
    const error = { decline_code: 'insufficient_funds', code: 'card_declined' };
    const payment = { payment: { payment_intent: { id: 'pi_1', last_payment_error: error } } };
    const first = failed({ billing_reason: 'subscription_create', attempt_count: 1 });
    const later = stripeEvent('invoice.payment_failed', {
      ...invoice({ amount_paid: 0, attempt_count: 4 }),
      payments: { data: [payment] },
    });
    expect(sinceStart(first, later)).toMatchObject([
      {
        ...OF_SUBSCRIPTION,
        billing_reason: 'subscription_create',
        final: null,
        decline_code: null,
      },
      { billing_reason: 'subscription_cycle', final: true, decline_code: 'insufficient_funds' },
    ]);
  });

  it('fails with the word of the bank where the charge is expanded, as old versions may', () => {
    const expanded = {
      id: 'ch_1',
      failure_code: 'card_declined',
      outcome: { reason: 'lost_card' },
    };
    const failed = stripeEvent('invoice.payment_failed', { ...invoiceOf2020(), charge: expanded });
    expect(sinceStart(failed)).toMatchObject([{ decline_code: 'lost_card' }]);
  });

  describe('that names no subscription', () => {
    const nameless = (reason: string) =>
      paid({ parent: null, billing_reason: reason, lines: { data: [] } });

    it('is of the only live one where it is of a subscription', () => {
      expect(sinceStart(nameless('subscription_cycle'))).toMatchObject([
        { event: 'payment_succeeded', ...OF_SUBSCRIPTION },
        { event: 'subscription_renewed', ...OF_SUBSCRIPTION },
      ]);
      const failed = stripeEvent(
        'invoice.payment_failed',
        invoice({ parent: null, lines: { data: [] }, amount_paid: 0 }),
      );
      expect(sinceStart(failed)).toMatchObject([{ event: 'payment_failed', ...OF_SUBSCRIPTION }]);
    });

    it('is of none where there are several, or where it was made by hand', () => {
      const several = told([started, another, nameless('subscription_cycle')]);
      const unnamed = { event: 'payment_succeeded', plan: null };
      expect(without('subscription_started', several)).toMatchObject([unnamed]);
      expect(sinceStart(nameless('manual'))).toMatchObject([unnamed]);
      expect(sinceStart(nameless('manual'))[0]).not.toHaveProperty('subscription_id');
    });

    it('is not of a subscription that began long before, where it is a first one', () => {
      const first = paid({
        parent: null,
        billing_reason: 'subscription_create',
        created: CREATED + 40 * DAY,
        lines: { data: [] },
      });
      expect(sinceStart(first)[0]).not.toHaveProperty('subscription_id');
    });
  });
});

describe('the plan of an invoice', () => {
  const plans = { price_pro: 'Pro', price_old: 'Old', plan_pro: 'Pro' };
  const line = (id: string, amount: number) => ({
    id: `il_${id}`,
    amount,
    period: { start: CREATED },
    pricing: { price_details: { price: id, product: `prod_${id}` } },
  });
  const withLines = (...data: ReturnType<typeof line>[]) =>
    stripeEvent(
      'invoice.paid',
      invoice({ billing_reason: 'subscription_update', lines: { data } }),
    );
  const change = withLines(line('price_old', -1000), line('price_pro', 4900));

  it('is the one that is paid for, not the one that is credited, before and after its subscription', () => {
    const subscribed = stripeEvent(
      'customer.subscription.created',
      subscription({ items: { data: [{ id: 'si_1', price: price({ id: 'price_old' }) }] } }),
    );
    const expected = [{ event: 'payment_succeeded', plan: 'Pro', subscription_id: 'sub_1' }];
    for (const events of [
      [change, subscribed],
      [subscribed, change],
    ]) {
      const all = told(events, { options: { plans } });
      expect(without('subscription_started', all)).toMatchObject(expected);
    }
  });

  it('is not the one that is credited, where that alone has a name', () => {
    expect(told([change], { options: { plans: { price_old: 'Old' } } })).toMatchObject([
      { event: 'payment_succeeded', plan: null },
    ]);
  });

  it('is the one that PLANS names, not a larger add-on', () => {
    const addOn = withLines(line('price_add', 9900), line('price_pro', 4900));
    expect(told([addOn], { options: { plans } })).toMatchObject([{ plan: 'Pro' }]);
  });

  it.each([
    ['2018', { plan: { id: 'plan_x', nickname: 'Monthly', product: 'prod_x' } }, 'Monthly'],
    ['2020', { price: price({ id: 'price_x', lookup_key: 'team' }) }, 'team'],
    ['basil, by PLANS', { pricing: { price_details: { price: 'price_pro' } } }, 'Pro'],
  ])('is read from the line of %s before its subscription has come', (_version, named, plan) => {
    const data = [{ id: 'il_1', amount: 4900, period: { start: CREATED }, ...named }];
    const event = stripeEvent('invoice.payment_failed', { ...invoice(), lines: { data } });
    expect(told([event], { options: { plans } })).toMatchObject([
      { event: 'payment_failed', plan },
    ]);
  });

  it('is not taken from a page that is not the whole, unless PLANS names it', () => {
    const data = [
      { id: 'il_1', amount: 4900, price: price({ id: 'price_add', lookup_key: 'add' }) },
    ];
    const page = stripeEvent('invoice.paid', { ...invoice(), lines: { data, has_more: true } });
    expect(told([page])[0]).toMatchObject({ event: 'payment_succeeded', plan: null });
    expect(sinceStart(page)[0]).toMatchObject({ plan: 'pro' });
    const known = told([page], { options: { plans: { price_add: 'Pro' } } });
    expect(known[0]).toMatchObject({ plan: 'Pro' });
  });
});

describe('a one-off payment', () => {
  const session = checkoutSession({
    mode: 'payment',
    subscription: null,
    payment_intent: 'pi_2',
    payment_status: 'paid',
  });
  const completed = stripeEvent('checkout.session.completed', session, { created: CREATED + 2 });
  const charged = stripeEvent('charge.succeeded', oneOffCharge(), { created: CREATED + 1 });
  const intended = stripeEvent('payment_intent.succeeded', oneOffIntent());
  const PAYMENT = {
    event: 'payment_succeeded',
    plan: null,
    currency: 'usd',
    amount: 49,
    invoice_id: null,
    billing_reason: 'checkout',
    out_of_band: false,
  };
  const payments = (all: ReturnType<typeof told>) =>
    all.filter(({ event }) => event === 'payment_succeeded');
  const orders = [
    [completed, charged, intended],
    [charged, intended, completed],
    [intended, completed, charged, completed],
    [charged, completed],
    [intended],
    [charged],
    [completed],
  ];

  it('is told once, whichever event says it first, and counted once', () => {
    for (const order of orders) {
      const { tracks, traits } = wire(order);
      const all = tracks.map(({ event, properties }) => ({ event, ...properties }));
      expect(payments(all)).toEqual([PAYMENT]);
      expect(traits).toMatchObject({ totalPaid: 49, currency: 'usd' });
    }
  });

  it('gives the same traits in any order of its three events', () => {
    const [first, ...others] = orders.slice(0, 3).map((order) => wire(order).traits);
    expect(first).toMatchObject({ firstPaidAt: CREATED, lastPaidAt: CREATED });
    for (const traits of others) expect(traits).toEqual(first);
  });

  it('is told by a session that is completed beside what the session tells', () => {
    expect(told([completed])).toEqual([
      {
        event: 'checkout_completed',
        currency: 'usd',
        amount: 49,
        mode: 'payment',
        payment_status: 'paid',
        recovery_url: null,
      },
      PAYMENT,
    ]);
  });

  it('waits for a delayed payment, which is told as come or not', () => {
    const unpaid = { ...session, payment_status: 'unpaid' };
    const begun = stripeEvent('checkout.session.completed', unpaid);
    const come = stripeEvent('checkout.session.async_payment_succeeded', session);
    const gone = stripeEvent('checkout.session.async_payment_failed', unpaid);
    expect(told([begun])).toMatchObject([
      { event: 'checkout_completed', payment_status: 'unpaid' },
    ]);
    const facts = { currency: 'usd', amount: 49, mode: 'payment' };
    expect(told([begun, come]).slice(1)).toEqual([
      { event: 'checkout_payment_succeeded', ...facts },
      PAYMENT,
    ]);
    expect(told([begun, gone]).slice(1)).toEqual([{ event: 'checkout_payment_failed', ...facts }]);
  });

  it('is not told a second time where an invoice tells it', () => {
    const ofInvoice = [
      stripeEvent('charge.succeeded', oneOffCharge({ description: 'Subscription creation' })),
      stripeEvent('charge.succeeded', { ...oneOffCharge(), invoice: 'in_1' }),
      stripeEvent('payment_intent.succeeded', oneOffIntent({ description: 'Subscription update' })),
    ];
    expect(payments(told([...ofInvoice, started, paid()]))).toMatchObject([{ invoice_id: 'in_1' }]);
  });

  it('of somebody with a subscription is told where nothing can be mistaken', () => {
    expect(sinceStart(charged)).toEqual([]);
    expect(
      sinceStart(stripeEvent('charge.succeeded', { ...oneOffCharge(), invoice: null })),
    ).toEqual([PAYMENT]);
    expect(payments(sinceStart(completed))).toEqual([PAYMENT]);
  });

  it('of a session for a subscription is told by its invoice alone', () => {
    const subscribed = checkoutSession({ mode: 'subscription', payment_status: 'paid' });
    const event = stripeEvent('checkout.session.completed', subscribed);
    expect(payments(sinceStart(event, paid()))).toMatchObject([{ invoice_id: 'in_1' }]);
  });
});

describe('a checkout that expired', () => {
  const left = (overrides: PartOf<Stripe.Checkout.Session> = {}) =>
    stripeEvent(
      'checkout.session.expired',
      checkoutSession({ id: 'cs_2', mode: 'subscription', status: 'expired', ...overrides }),
      { created: CREATED + DAY },
    );
  const completed = stripeEvent('checkout.session.completed', checkoutSession(), {
    created: CREATED + 3600,
  });

  it('is abandoned, with what they have', () => {
    expect(told([left()])).toMatchObject([
      { event: 'checkout_abandoned', mode: 'subscription', has_subscription: false },
    ]);
    expect(sinceStart(left())).toMatchObject([{ has_subscription: true }]);
  });

  it('is not abandoned when they have completed one since it began, and is when that was before', () => {
    const names = (...events: Parameters<typeof told>[0]) => told(events).map(({ event }) => event);
    expect(names(completed, left())).toEqual(['checkout_completed']);
    const later = left({ created: CREATED + 7200 });
    expect(names(completed, later)).toEqual(['checkout_completed', 'checkout_abandoned']);
  });
});

describe('money that goes back', () => {
  const refunded = (amount: number, before: number, at: number) =>
    stripeEvent('charge.refunded', charge({ amount_refunded: amount }), {
      created: CREATED + at,
      previous: { amount_refunded: before },
    });
  const failed = stripeEvent('refund.failed', refund(), { created: CREATED + 3 * DAY });
  const disputed = stripeEvent('charge.dispute.created', dispute());

  it('names plan and subscription where there is one', () => {
    expect(sinceStart(refunded(1900, 0, 60), failed, disputed)).toMatchObject([
      { event: 'refund_issued', ...OF_SUBSCRIPTION, amount: 19 },
      {
        event: 'refund_failed',
        ...OF_SUBSCRIPTION,
        amount: 19,
        reason: 'expired_or_canceled_card',
        status: 'failed',
      },
      { event: 'dispute_opened', ...OF_SUBSCRIPTION, amount: 49 },
    ]);
  });

  it('names the subscription that is over, and none of several or of a one-off payment', () => {
    const over = stripeEvent(
      'customer.subscription.deleted',
      subscription({ status: 'canceled', ended_at: CREATED + DAY }),
      { created: CREATED + DAY },
    );
    const back = refunded(4900, 0, 2 * DAY);
    expect(sinceStart(over, back).at(-1)).toMatchObject(OF_SUBSCRIPTION);
    expect(told([started, another, back]).at(-1)).not.toHaveProperty('subscription_id');
    const session = checkoutSession({ mode: 'payment', payment_intent: 'pi_1' });
    const once = stripeEvent('checkout.session.completed', session);
    expect(sinceStart(once, back).at(-1)).not.toHaveProperty('subscription_id');
  });

  it('names the subscription of its invoice, where the charge still names that', () => {
    const old = stripeEvent('charge.refunded', { ...charge(), invoice: 'in_1' });
    expect(told([started, another, paid(), old]).at(-1)).toMatchObject(OF_SUBSCRIPTION);
  });

  it('is taken off what was paid, once, and counted back when it fails, once', () => {
    const events = [started, paid(), refunded(1900, 0, 60), refunded(2900, 1900, 90)];
    expect(wire(events).traits).toMatchObject({ totalPaid: 20 });
    expect(wire([...events, ...events]).traits).toMatchObject({ totalPaid: 20 });
    const updated = stripeEvent('charge.refund.updated', refund());
    const after = wire([...events, failed, updated, failed]);
    expect(after.traits).toMatchObject({ totalPaid: 39 });
    expect(after.tracks.filter(({ event }) => event === 'refund_failed')).toHaveLength(1);
  });

  it('is an inquiry first, and a dispute when the bank says so', () => {
    const inquiry = stripeEvent(
      'charge.dispute.created',
      dispute({ status: 'warning_needs_response' }),
    );
    const escalated = stripeEvent('charge.dispute.updated', dispute(), {
      previous: { status: 'warning_needs_response' },
    });
    const closed = stripeEvent('charge.dispute.closed', dispute({ status: 'lost' }));
    expect(sinceStart(inquiry)).toEqual([]);
    expect(sinceStart(inquiry, escalated, escalated, closed)).toMatchObject([
      { event: 'dispute_opened', status: 'needs_response' },
      { event: 'dispute_closed', status: 'lost' },
    ]);
    const asked = stripeEvent('charge.dispute.closed', dispute({ status: 'warning_closed' }));
    expect(sinceStart(inquiry, asked)).toEqual([]);
  });
});

describe('what was paid', () => {
  it('is null and 0 before anything was, and then first, last and sum', () => {
    const second = paid({ id: 'in_2', status_transitions: { paid_at: CREATED + 30 * DAY } });
    expect(wire([started]).traits).toMatchObject({
      firstPaidAt: null,
      lastPaidAt: null,
      totalPaid: 0,
    });
    expect(wire([started, second, paid()]).traits).toMatchObject({
      firstPaidAt: CREATED + 60,
      lastPaidAt: CREATED + 30 * DAY,
      totalPaid: 98,
    });
  });

  it('counts the currency of the subscription alone', () => {
    const foreign = paid({ id: 'in_2', currency: 'eur' });
    expect(wire([started, paid(), foreign]).traits).toMatchObject({
      currency: 'usd',
      totalPaid: 49,
    });
  });

  it('is unknown, not nothing, of somebody who paid before anything was counted', () => {
    // A row of the first release: no ledgers, and a mark that says that an invoice was paid.
    const { ledgers: _ledgers, ...old } = wire([started, paid()]).person;
    const again = wire([paid()], { person: old });
    const idle = wire([], { person: old });
    expect(idle.traits).toMatchObject({ firstPaidAt: null, totalPaid: null });
    expect(again.traits).toMatchObject({ totalPaid: 49 });
    // What the refund of an uncounted payment takes off is not counted either.
    const long = stripeEvent('charge.refunded', charge({ created: CREATED - 60 * DAY }));
    expect(wire([long], { person: old }).traits).toMatchObject({ totalPaid: null });
    expect(wire([paid(), long], { person: old }).traits).toMatchObject({ totalPaid: 49 });
  });

  it('is counted with Clerk Billing, too, and its failures say why', () => {
    const at = 1_764_000_000_000;
    const item = clerkEvent('subscriptionItem.active', clerkItem());
    const payment = clerkEvent('paymentAttempt.updated', clerkPayment());
    const { traits } = wire([item, payment, payment]);
    expect(traits['totalPaid']).toBeGreaterThan(0);
    expect(traits).toEqual(wire([payment, item]).traits);
    const reason = { code: 'card_declined', decline_code: 'insufficient_funds' };
    const failed = clerkPayment({ status: 'failed', paid_at: null, failed_at: at });
    const event = clerkEvent('paymentAttempt.updated', { ...failed, failed_reason: reason });
    expect(told([event])).toMatchObject([
      { event: 'payment_failed', decline_code: 'insufficient_funds', final: null },
    ]);
  });

  it('leaves a person who never bought anything without any of these traits', () => {
    expect(wire([]).traits).toEqual({ plan: null });
    expect(newPerson('user_1')).not.toHaveProperty('ledgers');
  });
});
