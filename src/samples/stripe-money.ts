// Stripe's charges, disputes and ways to pay, in the shape of API version 2025-12-15.clover, and the preview of an
// invoice. Times are Unix seconds, money is minor units.

import type { Stripe } from 'stripe';

import { CREATED, DAY, invoice } from './stripe.ts';
import type { Json } from './stripe.ts';

/** A misspelt field does not compile. */
type Over<Shape> = { [Key in keyof Shape]?: unknown };

/** A charge of which a part was refunded; `previous_attributes` of the event tell how much of it before. */
export function charge(overrides: Over<Stripe.Charge> = {}): Json {
  return {
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
    ...overrides,
  };
}

/** It names a charge and no customer. */
export function dispute(overrides: Over<Stripe.Dispute> = {}): Json {
  return {
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
    ...overrides,
  };
}

export function paymentMethod(overrides: Over<Stripe.PaymentMethod> = {}): Json {
  return {
    id: 'pm_1',
    object: 'payment_method',
    type: 'card',
    customer: 'cus_1',
    created: CREATED,
    card: { brand: 'visa', last4: '4242', exp_month: 12, exp_year: 2026, funding: 'credit' },
    billing_details: { address: null, email: null, name: null, phone: null },
    metadata: {},
    ...overrides,
  };
}

/** `invoice.upcoming`: no id, and its own period is the one that ends with the renewal. */
export function upcomingInvoice(overrides: Over<Stripe.Invoice> = {}): Json {
  const { id: _id, status_transitions: _transitions, ...preview } = invoice();
  return {
    ...preview,
    amount_paid: 0,
    attempt_count: 0,
    billing_reason: 'upcoming',
    hosted_invoice_url: null,
    status: 'draft',
    period_start: CREATED,
    period_end: CREATED + 30 * DAY,
    next_payment_attempt: CREATED + 30 * DAY + 3600,
    ...overrides,
  };
}
