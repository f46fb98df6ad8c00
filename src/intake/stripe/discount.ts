// Discounts of a subscription or of an item: whether one stands, and what its coupon takes off for ever. Where the event
// carries an id alone, what it takes off is not known here. https://docs.stripe.com/api/discounts/object

import { offOf } from '../../person/coupons.ts';
import type { Discount } from '../../person/coupons.ts';
import * as v from '../../platform/schema.ts';
import { count, list, text } from '../shape.ts';

/** Undefined where there is an id, or nothing: then it has to be asked for. */
const Coupon = v.fallback(
  v.optional(
    v.pipe(
      v.object({
        duration: text,
        percent_off: count,
        amount_off: count,
        currency: text,
        applies_to: v.optional(v.unknown()),
      }),
      v.transform((coupon) => offOf(coupon)),
    ),
  ),
  undefined,
);

/** Since clover the coupon stands in `source`. */
const DiscountObject = v.pipe(
  v.object({
    id: text,
    coupon: Coupon,
    source: v.part({ coupon: Coupon }),
  }),
  v.transform(({ id, coupon, source }): StripeDiscount => {
    const off = coupon === undefined ? source.coupon : coupon;
    // Without an id it can be neither known nor asked for.
    return { id, discount: off === undefined ? id : off };
  }),
);

/** An id alone says that there is one. */
const DiscountId = v.pipe(
  v.string(),
  v.transform((id): StripeDiscount => ({ id, discount: id })),
);

export const discountList = list(v.union([DiscountObject, DiscountId]));

/** Before basil there was one at most. */
export const oneDiscount = v.orNull(DiscountObject);

/** `id`: of the discount itself, by which the same one is recognized where it stands twice. */
export type StripeDiscount = { readonly id: string | null; readonly discount: Discount };
