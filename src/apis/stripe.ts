// Stripe's objects by its API: what a look-up asks. No answer throws; of an object only the fields below are kept.
// https://docs.stripe.com/api

import * as z from 'zod';

import { asking } from './ask-json.ts';
import type { ApiAt } from './ask-json.ts';
import type { Net } from './exchange.ts';

/** A deleted customer has neither. */
const Customer = z.object({
  email: z.string().min(1).nullable().catch(null),
  metadata: z.record(z.string(), z.unknown()).catch({}),
});

/** Null for a payment without a customer. */
const Charge = z.object({
  customer: z
    .union([z.string().min(1), z.object({ id: z.string().min(1) }).transform(({ id }) => id)])
    .nullable()
    .catch(null),
});

/** What is expanded to get at a coupon moved in clover; in this version it stands in its discount. */
const COUPON_VERSION = { 'Stripe-Version': '2025-03-31.basil' };

/** At most four levels deep. https://docs.stripe.com/expand */
const EXPANDED = ['discounts', 'discounts.coupon.applies_to', 'items.data.discounts']
  .map((path) => `expand[]=${path}`)
  .join('&');

const Coupon = z.object({
  duration: z.string().nullable().catch(null),
  percent_off: z.number().nullable().catch(null),
  amount_off: z.number().nullable().catch(null),
  currency: z.string().nullable().catch(null),
  /** Only where it is not for everything. */
  applies_to: z.unknown().optional(),
});

const Discounts = z.array(z.object({ id: z.string(), coupon: Coupon })).catch([]);

/** Its discounts, and those of its items. */
const DiscountedSubscription = z
  .object({
    id: z.string(),
    discounts: Discounts,
    items: z
      .object({ data: z.array(z.object({ discounts: Discounts })).catch([]) })
      .catch({ data: [] }),
  })
  .transform(({ discounts, items }) => [
    ...discounts,
    ...items.data.flatMap((item) => item.discounts),
  ]);

export type StripeCoupon = z.infer<typeof Coupon>;

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
