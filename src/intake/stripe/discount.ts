// Discounts of a subscription or of an item: whether one stands, and what a coupon takes off for ever. Where the event
// carries a coupon's id alone, what it takes off is not known here. https://docs.stripe.com/api/discounts/object

import * as z from 'zod/mini';

import { count, list, text } from '../shape.ts';
import { add, fractionOf } from './fraction.ts';
import type { Fraction } from './fraction.ts';

const Coupon = z.catch(
  z.nullable(
    z.object({
      duration: text,
      percent_off: count,
      amount_off: count,
      currency: text,
      applies_to: z.optional(z.unknown()),
    }),
  ),
  null,
);

/** Since clover the coupon stands in `source`. */
const Discount = z.pipe(
  z.object({ coupon: Coupon, source: z.catch(z.object({ coupon: Coupon }), { coupon: null }) }),
  z.transform(({ coupon, source }) => ({ coupon: coupon ?? source.coupon })),
);

/** An id alone says that there is one. */
const DiscountId = z.pipe(
  z.string(),
  z.transform(() => ({ coupon: null })),
);

export const discountList = list(z.union([Discount, DiscountId]));

/** Before basil there was one at most. */
export const oneDiscount = z.catch(z.nullable(Discount), null);

export type StripeDiscount = z.infer<typeof Discount>;

/** `perMonth`: how often a month what is discounted is due; null where that is not known. */
type Discounted = {
  readonly discounts: readonly StripeDiscount[];
  readonly perMonth: Fraction | null;
  readonly currency: string | null;
};

/** What is left of a value a month. Only coupons that stand for ever and for everything lower it, and never below zero. */
export function lessDiscounts(value: Fraction, { discounts, ...about }: Discounted): Fraction {
  let left = value;
  for (const { coupon } of discounts) {
    if (coupon?.duration === 'forever' && coupon.applies_to === undefined) {
      left = less(left, coupon, about);
    }
  }
  return left.top < 0n && value.top >= 0n ? { top: 0n, bottom: 1n } : left;
}

function less(
  value: Fraction,
  coupon: NonNullable<StripeDiscount['coupon']>,
  { perMonth, currency }: Omit<Discounted, 'discounts'>,
): Fraction {
  const { percent_off: percent, amount_off: amount } = coupon;
  if (percent !== null) {
    // Two digits are all that Stripe keeps of a percentage.
    const kept = fractionOf((100 - Math.min(100, Math.max(0, percent))).toFixed(2));
    return { top: value.top * kept.top, bottom: value.bottom * kept.bottom * 100n };
  }
  const isSame = coupon.currency?.toLowerCase() === currency?.toLowerCase();
  if (amount === null || perMonth === null || !isSame) return value;
  const minor = BigInt(Math.max(0, Math.trunc(amount)));
  return add(value, { top: -minor * perMonth.top, bottom: perMonth.bottom });
}
