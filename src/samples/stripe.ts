// Stripe's objects in the shape of API version 2025-12-15.clover, and the event around them. Times are Unix seconds,
// money is minor units.

import type { Stripe } from 'stripe';

import type { Json, PartOf } from './payload.ts';

export const CREATED = 1_764_000_000;
export const DAY = 86_400;

export function price(overrides: PartOf<Stripe.Price> = {}): PartOf<Stripe.Price> {
  const pro = {
    id: 'price_pro',
    object: 'price',
    product: 'prod_pro',
    lookup_key: 'pro',
    nickname: null,
    currency: 'usd',
    billing_scheme: 'per_unit',
    unit_amount: 4900,
    unit_amount_decimal: '4900',
    recurring: { interval: 'month', interval_count: 1, usage_type: 'licensed' },
    transform_quantity: null,
    type: 'recurring',
  } as const satisfies PartOf<Stripe.Price>;
  return { ...pro, ...overrides };
}

export const TEAM = {
  id: 'price_team',
  lookup_key: 'team',
  product: 'prod_team',
  unit_amount: 9900,
  unit_amount_decimal: '9900',
} satisfies PartOf<Stripe.Price>;

export function item(
  overrides: PartOf<Stripe.SubscriptionItem> = {},
): PartOf<Stripe.SubscriptionItem> {
  const one = {
    id: 'si_1',
    object: 'subscription_item',
    quantity: 1,
    price: price(),
    current_period_start: CREATED,
    current_period_end: CREATED + 30 * DAY,
  } as const satisfies PartOf<Stripe.SubscriptionItem>;
  return { ...one, ...overrides };
}

export function subscription(
  overrides: PartOf<Stripe.Subscription> = {},
): PartOf<Stripe.Subscription> {
  const active = {
    id: 'sub_1',
    object: 'subscription',
    customer: 'cus_1',
    status: 'active',
    currency: 'usd',
    created: CREATED,
    start_date: CREATED,
    items: { object: 'list', data: [item()] },
    trial_start: null,
    trial_end: null,
    cancel_at: null,
    cancel_at_period_end: false,
    canceled_at: null,
    ended_at: null,
    cancellation_details: { comment: null, feedback: null, reason: null },
    pause_collection: null,
    billing_mode: { type: 'flexible' },
    metadata: {},
  } as const satisfies PartOf<Stripe.Subscription>;
  return { ...active, ...overrides };
}

/** A schedule of `sub_1`: the plan `pro` until its period's end, then `price_basic`. */
export function schedule(
  overrides: PartOf<Stripe.SubscriptionSchedule> = {},
): PartOf<Stripe.SubscriptionSchedule> {
  const change = CREATED + 30 * DAY;
  const downgrade = {
    id: 'sub_sched_1',
    object: 'subscription_schedule',
    customer: 'cus_1',
    subscription: 'sub_1',
    released_subscription: null,
    status: 'active',
    created: CREATED,
    current_phase: { start_date: CREATED, end_date: change },
    phases: [
      phase('price_pro', { start_date: CREATED, end_date: change }),
      phase('price_basic', { start_date: change, end_date: change + 30 * DAY }),
    ],
    metadata: {},
  } as const satisfies PartOf<Stripe.SubscriptionSchedule>;
  return { ...downgrade, ...overrides };
}

export function phase(
  priceId: string,
  overrides: PartOf<Stripe.SubscriptionSchedule.Phase>,
): PartOf<Stripe.SubscriptionSchedule.Phase> {
  return { currency: 'usd', items: [{ price: priceId, quantity: 1 }], ...overrides };
}

/** A paid invoice of `sub_1`; its line's service period starts at `periodStart`. */
export function invoice(
  overrides: PartOf<Stripe.Invoice> = {},
  line: {
    readonly periodStart?: number;
    readonly subscription?: string;
    readonly priceId?: string | undefined;
  } = {},
): PartOf<Stripe.Invoice> {
  const { subscription: subscriptionId = 'sub_1' } = line;
  const paid = {
    id: 'in_1',
    object: 'invoice',
    customer: 'cus_1',
    currency: 'usd',
    created: CREATED,
    amount_due: 4900,
    amount_paid: 4900,
    attempt_count: 1,
    next_payment_attempt: null,
    billing_reason: 'subscription_cycle',
    hosted_invoice_url: 'https://invoice.example.test/in_1',
    status: 'paid',
    status_transitions: { paid_at: CREATED + 60 },
    parent: {
      type: 'subscription_details',
      subscription_details: { subscription: subscriptionId, metadata: {} },
    },
    lines: { object: 'list', data: [invoiceLine(subscriptionId, line)] },
  } as const satisfies PartOf<Stripe.Invoice>;
  return { ...paid, ...overrides };
}

function invoiceLine(
  subscriptionId: string,
  { periodStart = CREATED, priceId = 'price_pro' }: NonNullable<Parameters<typeof invoice>[1]>,
): PartOf<Stripe.InvoiceLineItem> {
  const product = priceId.replace('price', 'prod');
  return {
    id: 'il_1',
    object: 'line_item',
    period: { start: periodStart, end: periodStart + 30 * DAY },
    metadata: {},
    parent: { subscription_item_details: { subscription: subscriptionId } },
    pricing: { price_details: { price: priceId, product } },
  };
}

export function checkoutSession(
  overrides: PartOf<Stripe.Checkout.Session> = {},
): PartOf<Stripe.Checkout.Session> {
  const complete = {
    id: 'cs_1',
    object: 'checkout.session',
    customer: 'cus_1',
    subscription: 'sub_1',
    created: CREATED,
    currency: 'usd',
    amount_total: 4900,
    status: 'complete',
    payment_status: 'paid',
    client_reference_id: null,
    metadata: {},
  } as const satisfies PartOf<Stripe.Checkout.Session>;
  return { ...complete, ...overrides };
}

export function customer(overrides: PartOf<Stripe.Customer> = {}): PartOf<Stripe.Customer> {
  const bare = {
    id: 'cus_1',
    object: 'customer',
    created: CREATED,
    metadata: {},
  } as const satisfies PartOf<Stripe.Customer>;
  return { ...bare, ...overrides };
}

export type StripeEventJson = Json & { readonly id: string; readonly type: string };

/**
 * The envelope. `created` in Unix seconds; the id is new for every call unless given. What was before is part of the
 * same kind of object.
 */
export function stripeEvent<Shape extends Json>(
  type: string,
  object: Shape,
  about: {
    readonly created?: number;
    readonly previous?: Partial<NoInfer<Shape>>;
    readonly id?: string;
  } = {},
): StripeEventJson {
  const {
    created = CREATED,
    previous,
    id = `evt_${crypto.randomUUID().replaceAll('-', '')}`,
  } = about;
  return {
    id,
    object: 'event',
    api_version: '2025-12-15.clover',
    created,
    livemode: false,
    type,
    pending_webhooks: 1,
    request: { id: null, idempotency_key: null },
    data: { object, ...(previous === undefined ? {} : { previous_attributes: previous }) },
  };
}
