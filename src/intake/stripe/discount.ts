// Discounts of a subscription or of an item: whether one stands, and what its coupon takes off for ever. Where the event
// carries an id alone, what it takes off is not known here. https://docs.stripe.com/api/discounts/object

import * as z from 'zod';

import { offOf } from '../../person/coupons.ts';
import type { Discount } from '../../person/coupons.ts';
import { count, list, text } from '../shape.ts';

const Coupon = z
  .object({
    duration: text,
    percent_off: count,
    amount_off: count,
    currency: text,
    applies_to: z.unknown().optional(),
  })
  .transform(offOf)
  // An id, or nothing: it has to be asked for.
  .or(z.unknown().transform(() => undefined));

/** Since clover the coupon stands in `source`. */
const DiscountObject = z
  .object({
    id: text,
    coupon: Coupon.optional(),
    source: z.object({ coupon: Coupon.optional() }).catch({ coupon: undefined }),
  })
  .transform(({ id, coupon, source }) => {
    const off = coupon === undefined ? source.coupon : coupon;
    // Without an id it can be neither known nor asked for.
    return { id, discount: off === undefined ? id : off };
  });

/** An id alone says that there is one. */
const DiscountId = z
  .string()
  .transform((id): { id: string | null; discount: Discount } => ({ id, discount: id }));

export const discountList = list(z.union([DiscountObject, DiscountId]));

/** Before basil there was one at most. */
export const oneDiscount = DiscountObject.nullable().catch(null);

/** `id`: of the discount itself, by which the same one is recognized where it stands twice. */
export type StripeDiscount = z.infer<typeof DiscountId>;
