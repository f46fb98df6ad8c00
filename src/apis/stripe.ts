// Stripe's objects by its API: what a look-up asks. No answer throws; of an object only the fields below are kept.
// https://docs.stripe.com/api

import * as z from 'zod/mini';

import { asking } from './ask-json.ts';
import type { ApiAt } from './ask-json.ts';
import type { Net } from './exchange.ts';

/** A deleted customer has neither. */
const Customer = z.object({
  email: z.catch(z.nullable(z.string().check(z.minLength(1))), null),
  metadata: z.catch(z.record(z.string(), z.unknown()), {}),
});

/** Null for a payment without a customer. */
const Charge = z.object({
  customer: z.catch(
    z.nullable(
      z.union([
        z.string().check(z.minLength(1)),
        z.pipe(
          z.object({ id: z.string().check(z.minLength(1)) }),
          z.transform(({ id }) => id),
        ),
      ]),
    ),
    null,
  ),
});

/** What is expanded to get at a coupon moved in clover; in this version it stands in its discount. */
const COUPON_VERSION = { 'Stripe-Version': '2025-03-31.basil' };

/** At most four levels deep. https://docs.stripe.com/expand */
const EXPANDED = ['discounts', 'discounts.coupon.applies_to', 'items.data.discounts']
  .map((path) => `expand[]=${path}`)
  .join('&');

const Coupon = z.object({
  duration: z.catch(z.nullable(z.string()), null),
  percent_off: z.catch(z.nullable(z.number()), null),
  amount_off: z.catch(z.nullable(z.number()), null),
  currency: z.catch(z.nullable(z.string()), null),
  /** Only where it is not for everything. */
  applies_to: z.optional(z.unknown()),
});

const Discounts = z.catch(z.array(z.object({ id: z.string(), coupon: Coupon })), []);

/** Its discounts, and those of its items. */
const DiscountedSubscription = z.pipe(
  z.object({
    id: z.string(),
    discounts: Discounts,
    items: z.catch(z.object({ data: z.catch(z.array(z.object({ discounts: Discounts })), []) }), {
      data: [],
    }),
  }),
  z.transform(({ discounts, items }) => [
    ...discounts,
    ...items.data.flatMap((item) => item.discounts),
  ]),
);

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
