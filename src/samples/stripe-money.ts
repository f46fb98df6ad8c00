// Stripe's charges, disputes and ways to pay, in the shape of API version 2025-12-15.clover, and the preview of an
// invoice. Times are Unix seconds, money is minor units.

import type { Stripe } from 'stripe';

import type { PartOf } from './payload.ts';
import { CREATED, DAY, invoice } from './stripe.ts';

/** A charge of which a part was refunded; `previous_attributes` of the event tell how much of it before. */
export function charge(overrides: PartOf<Stripe.Charge> = {}): PartOf<Stripe.Charge> {
  const refunded = {
    id: 'ch_1',
    object: 'charge',
    customer: 'cus_1',
    amount: 4900,
    amount_refunded: 1900,
    refunded: false,
    currency: 'usd',
    created: CREATED,
    payment_intent: 'pi_1',
    metadata: {},
  } as const satisfies PartOf<Stripe.Charge>;
  return { ...refunded, ...overrides };
}

/** A payment without an invoice, as the application charges it. */
export function oneOffCharge(overrides: PartOf<Stripe.Charge> = {}): PartOf<Stripe.Charge> {
  const paid = {
    id: 'ch_2',
    amount_captured: 4900,
    amount_refunded: 0,
    payment_intent: 'pi_2',
    status: 'succeeded',
    description: null,
  } as const satisfies PartOf<Stripe.Charge>;
  return { ...charge(), ...paid, ...overrides };
}

export function oneOffIntent(
  overrides: PartOf<Stripe.PaymentIntent> = {},
): PartOf<Stripe.PaymentIntent> {
  const paid = {
    id: 'pi_2',
    object: 'payment_intent',
    customer: 'cus_1',
    amount: 4900,
    amount_received: 4900,
    currency: 'usd',
    created: CREATED,
    description: null,
    status: 'succeeded',
    metadata: {},
  } as const satisfies PartOf<Stripe.PaymentIntent>;
  return { ...paid, ...overrides };
}

/** One that the bank has sent back. It names a charge and no customer. */
export function refund(overrides: PartOf<Stripe.Refund> = {}): PartOf<Stripe.Refund> {
  const failed = {
    id: 're_1',
    object: 'refund',
    charge: 'ch_1',
    payment_intent: 'pi_1',
    amount: 1900,
    currency: 'usd',
    created: CREATED,
    status: 'failed',
    failure_reason: 'expired_or_canceled_card',
    metadata: {},
  } as const satisfies PartOf<Stripe.Refund>;
  return { ...failed, ...overrides };
}

/** It names a charge and no customer. */
export function dispute(overrides: PartOf<Stripe.Dispute> = {}): PartOf<Stripe.Dispute> {
  const opened = {
    id: 'dp_1',
    object: 'dispute',
    charge: 'ch_1',
    payment_intent: 'pi_1',
    amount: 4900,
    currency: 'usd',
    created: CREATED,
    reason: 'fraudulent',
    status: 'needs_response',
    metadata: {},
  } as const satisfies PartOf<Stripe.Dispute>;
  return { ...opened, ...overrides };
}

export function paymentMethod(
  overrides: PartOf<Stripe.PaymentMethod> = {},
): PartOf<Stripe.PaymentMethod> {
  const visa = {
    id: 'pm_1',
    object: 'payment_method',
    type: 'card',
    customer: 'cus_1',
    created: CREATED,
    card: { brand: 'visa', last4: '4242', exp_month: 12, exp_year: 2026, funding: 'credit' },
    billing_details: { address: null, email: null, name: null, phone: null },
    metadata: {},
  } as const satisfies PartOf<Stripe.PaymentMethod>;
  return { ...visa, ...overrides };
}

/** `invoice.upcoming`: no id, and its own period is the one that ends with the renewal. */
export function upcomingInvoice(overrides: PartOf<Stripe.Invoice> = {}): PartOf<Stripe.Invoice> {
  const { id: _id, status_transitions: _transitions, ...rest } = invoice();
  const preview = {
    amount_paid: 0,
    attempt_count: 0,
    billing_reason: 'upcoming',
    hosted_invoice_url: null,
    status: 'draft',
    period_start: CREATED,
    period_end: CREATED + 30 * DAY,
    next_payment_attempt: CREATED + 30 * DAY + 3600,
  } as const satisfies PartOf<Stripe.Invoice>;
  return { ...rest, ...preview, ...overrides };
}

/** Sent to a customer who pays by invoice, and not paid when it was due. */
export function owedInvoice(overrides: PartOf<Stripe.Invoice> = {}): PartOf<Stripe.Invoice> {
  const open = {
    status: 'open',
    amount_paid: 0,
    amount_remaining: 4900,
    collection_method: 'send_invoice',
    due_date: CREATED + 14 * DAY,
    status_transitions: { paid_at: null },
  } as const satisfies PartOf<Stripe.Invoice>;
  return { ...invoice(), ...open, ...overrides };
}
