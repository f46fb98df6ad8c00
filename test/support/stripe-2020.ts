// Stripe's objects as API version 2020-08-27 wrote them, for endpoints that are pinned to it. The
// package has no types of that version: what is written here is JSON.

import type { Stripe } from 'stripe';

import type { Json, PartOf } from '../../src/samples/payload.ts';
import { CREATED, DAY, invoice, item, price, subscription } from '../../src/samples/stripe.ts';
import type { StripeEventJson } from '../../src/samples/stripe.ts';

/** A subscription as API version 2020-08-27 wrote it: the period at the top, and plans beside the prices. */
export function subscriptionOf2020(): Json {
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
  };
}

/** An invoice as API version 2020-08-27 wrote it: the subscription at the top and on the lines. */
export function invoiceOf2020(overrides: PartOf<Stripe.Invoice> = {}): Json {
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

/** What a price was in full, by its id. */
type Prices = (id: unknown) => Json;

/**
 * The same event as an endpoint pinned to 2020-08-27 would get it: subscriptions and invoices in their old shape, and lines
 * with their price in full.
 */
export function olden(event: StripeEventJson, prices: Prices = () => price()): StripeEventJson {
  const { object, previous_attributes: previous } = event['data'] as Json;
  const data = {
    object: oldenObject(object as Json, prices),
    ...(previous === undefined ? {} : { previous_attributes: oldenPeriods(previous as Json) }),
  };
  return { ...event, api_version: '2020-08-27', data };
}

/** The same by an endpoint of 2018, when lines had a plan, by its nickname, and no price. */
export function ancient(event: StripeEventJson, prices: Prices): StripeEventJson {
  const old = olden(event, prices);
  const { object, ...rest } = old['data'] as { readonly object: Json };
  if (object['object'] !== 'invoice') return old;
  const { data } = object['lines'] as { readonly data: readonly Json[] };
  const lines = data.map(({ price: full, ...line }) => {
    const { id, lookup_key: nickname } = full as Json;
    return { ...line, plan: { id, object: 'plan', nickname } };
  });
  return {
    ...old,
    data: { ...rest, object: { ...object, lines: { object: 'list', data: lines } } },
  };
}

function oldenObject(object: Json, prices: Prices): Json {
  if (object['object'] === 'subscription') return oldenPeriods(object);
  return object['object'] === 'invoice' ? oldenInvoice(object, prices) : object;
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
function oldenInvoice({ parent, ...object }: Json, prices: Prices): Json {
  const details = ((parent ?? {}) as Json)['subscription_details'] as Json | undefined;
  const { data } = object['lines'] as { readonly data: readonly Json[] };
  const lines = data.map(({ parent: _parent, pricing, ...rest }) => ({
    ...rest,
    subscription: details?.['subscription'] ?? null,
    metadata: details?.['metadata'] ?? {},
    price: prices(((pricing as Json)['price_details'] as Json)['price']),
  }));
  return {
    ...object,
    subscription: details?.['subscription'] ?? null,
    lines: { object: 'list', data: lines },
  };
}
