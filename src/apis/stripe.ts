// Stripe's objects by its API: what a look-up asks. No answer throws; of an object only the fields below are kept.
// https://docs.stripe.com/api

import * as v from '../platform/schema.ts';
import { asking } from './ask-json.ts';
import type { ApiAt } from './ask-json.ts';
import type { Net } from './exchange.ts';

const text = v.filled();

/** A deleted customer has neither. */
const Customer = v.object({
  email: v.orNull(text),
  metadata: v.fallback(v.record(v.unknown()), {}),
});

/** Null for a payment without a customer. */
const Charge = v.object({
  customer: v.orNull(v.idIn(text)),
});

/** What is expanded to get at a coupon moved in clover; in this version it stands in its discount. */
const COUPON_VERSION = { 'Stripe-Version': '2025-03-31.basil' };

/** At most four levels deep. https://docs.stripe.com/expand */
const EXPANDED = ['discounts', 'discounts.coupon.applies_to', 'items.data.discounts']
  .map((path) => `expand[]=${path}`)
  .join('&');

const Coupon = v.object({
  duration: v.orNull(v.string()),
  percent_off: v.orNull(v.number()),
  amount_off: v.orNull(v.number()),
  currency: v.orNull(v.string()),
  /** Only where it is not for everything. */
  applies_to: v.optional(v.unknown()),
});

const Discounts = v.fallback(v.array(v.object({ id: v.string(), coupon: Coupon })), []);

/** Its discounts, and those of its items. */
const DiscountedSubscription = v.pipe(
  v.object({
    id: v.string(),
    discounts: Discounts,
    items: v.part({ data: v.fallback(v.array(v.object({ discounts: Discounts })), []) }),
  }),
  v.transform(({ discounts, items }) => [
    ...discounts,
    ...items.data.flatMap((item) => item.discounts),
  ]),
);

export type StripeCoupon = v.InferOutput<typeof Coupon>;

export function stripeApi(at: ApiAt, net: Net) {
  const ask = asking(at, net);
  return {
    customer: (id: string) =>
      ask({ method: 'GET', path: `/v1/customers/${encodeURIComponent(id)}`, schema: Customer }),
    charge: (id: string) =>
      ask({ method: 'GET', path: `/v1/charges/${encodeURIComponent(id)}`, schema: Charge }),
    /** The discounts of a subscription with their coupons. One cannot be asked for by its own id. */
    discounts: (subscriptionId: string) =>
      ask({
        method: 'GET',
        path: `/v1/subscriptions/${encodeURIComponent(subscriptionId)}?${EXPANDED}`,
        headers: COUPON_VERSION,
        schema: DiscountedSubscription,
      }),
  };
}
