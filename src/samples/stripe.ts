// Stripe as a sender: objects in the shape of API version 2025-12-15.clover unless a test asks for an older one,
// signed as Stripe signs. Times are Unix seconds, money is minor units.

import { createHmac } from 'node:crypto';

import type { Stripe } from 'stripe';

export type Json = Record<string, unknown>;

/** Typed by the official package so that a misspelt field does not pass as a test. */
type Over<Shape> = { [Key in keyof Shape]?: unknown };

export const CREATED = 1_764_000_000;
export const DAY = 86_400;

export function price(overrides: Over<Stripe.Price> = {}): Json {
  return {
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
    ...overrides,
  };
}

export const TEAM = {
  id: 'price_team',
  lookup_key: 'team',
  product: 'prod_team',
  unit_amount: 9900,
  unit_amount_decimal: '9900',
};

export function item(overrides: Over<Stripe.SubscriptionItem> = {}): Json {
  return {
    id: 'si_1',
    object: 'subscription_item',
    quantity: 1,
    price: price(),
    current_period_start: CREATED,
    current_period_end: CREATED + 30 * DAY,
    ...overrides,
  };
}

export function subscription(overrides: Over<Stripe.Subscription> = {}): Json {
  return {
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
    ...overrides,
  };
}

/** A paid invoice of `sub_1`; its line's service period starts at `periodStart`. */
export function invoice(
  overrides: Over<Stripe.Invoice> = {},
  line: { readonly periodStart?: number; readonly subscription?: string } = {},
): Json {
  const { periodStart = CREATED, subscription: subscriptionId = 'sub_1' } = line;
  return {
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
    lines: {
      object: 'list',
      data: [
        {
          id: 'il_1',
          object: 'line_item',
          period: { start: periodStart, end: periodStart + 30 * DAY },
          metadata: {},
          parent: { subscription_item_details: { subscription: subscriptionId } },
          pricing: { price_details: { price: 'price_pro', product: 'prod_pro' } },
        },
      ],
    },
    ...overrides,
  };
}

export function checkoutSession(overrides: Over<Stripe.Checkout.Session> = {}): Json {
  return {
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
    ...overrides,
  };
}

export function customer(overrides: Over<Stripe.Customer> = {}): Json {
  return { id: 'cus_1', object: 'customer', created: CREATED, metadata: {}, ...overrides };
}

export type StripeEventJson = Json & { readonly id: string; readonly type: string };

/** The envelope. `created` in Unix seconds; the id is new for every call unless given. */
export function stripeEvent(
  type: string,
  object: Json,
  about: { readonly created?: number; readonly previous?: Json; readonly id?: string } = {},
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

/** A subscription as API version 2020-08-27 wrote it: the period at the top, and plans beside the prices. */
export function subscriptionOf2020(overrides: Over<Stripe.Subscription> = {}): Json {
  const {
    items: _items,
    billing_mode: _mode,
    cancellation_details: _details,
    ...rest
  } = subscription();
  const { current_period_start: startsAt, current_period_end: endsAt, ...oldItem } = item();
  return {
    ...rest,
    current_period_start: startsAt,
    current_period_end: endsAt,
    items: { object: 'list', data: [oldItem] },
    plan: { id: 'price_pro', amount: 4900, currency: 'usd', interval: 'month', interval_count: 1 },
    quantity: 1,
    ...overrides,
  };
}

/** An invoice as API version 2020-08-27 wrote it: the subscription at the top and on the lines. */
export function invoiceOf2020(overrides: Over<Stripe.Invoice> = {}): Json {
  const { parent: _parent, lines: _lines, ...rest } = invoice();
  return {
    ...rest,
    subscription: 'sub_1',
    lines: {
      object: 'list',
      data: [
        {
          id: 'il_1',
          subscription: 'sub_1',
          metadata: {},
          period: { start: CREATED, end: CREATED + 30 * DAY },
          price: price(),
        },
      ],
    },
    ...overrides,
  };
}

/** The same event as an endpoint pinned to 2020-08-27 would get it: subscriptions and invoices in their old shape. */
export function olden(event: StripeEventJson): StripeEventJson {
  const { object, previous_attributes: previous } = event['data'] as Json;
  const data = {
    object: oldenObject(object as Json),
    ...(previous === undefined ? {} : { previous_attributes: oldenPeriods(previous as Json) }),
  };
  return { ...event, api_version: '2020-08-27', data };
}

function oldenObject(object: Json): Json {
  if (object['object'] === 'subscription') return oldenPeriods(object);
  return object['object'] === 'invoice' ? oldenInvoice(object) : object;
}

/** Periods stood at the top and not on the items. */
function oldenPeriods({ billing_mode: _mode, ...object }: Json): Json {
  const { data } = (object['items'] ?? {}) as { readonly data?: readonly Json[] };
  if (data === undefined) return object;
  const [first = {}] = data;
  const items = data.map(
    ({ current_period_start: _start, current_period_end: _end, ...rest }) => rest,
  );
  return {
    ...object,
    current_period_start: first['current_period_start'],
    current_period_end: first['current_period_end'],
    items: { object: 'list', data: items },
  };
}

/** The subscription stood at the top, its metadata on the lines, and prices in full. */
function oldenInvoice({ parent, ...object }: Json): Json {
  const details = ((parent ?? {}) as Json)['subscription_details'] as Json | undefined;
  const { data } = object['lines'] as { readonly data: readonly Json[] };
  const lines = data.map(({ parent: _parent, pricing: _pricing, ...rest }) => ({
    ...rest,
    subscription: details?.['subscription'] ?? null,
    metadata: details?.['metadata'] ?? {},
    price: price(),
  }));
  return {
    ...object,
    subscription: details?.['subscription'] ?? null,
    lines: { object: 'list', data: lines },
  };
}

/** `now` in Unix milliseconds. */
export function signStripe(
  body: string,
  about: { readonly secret: string; readonly now?: number },
): Record<string, string> {
  const timestamp = Math.floor((about.now ?? Date.now()) / 1000);
  const signature = createHmac('sha256', about.secret).update(`${timestamp}.${body}`).digest('hex');
  return { 'stripe-signature': `t=${timestamp},v1=${signature}` };
}
