// Coupons: what is left of a value a month once they are taken off. Of one that is no more than an id nothing is known before
// it has been asked for; until then it takes nothing off. Exact, rounded once. No I/O. No clock.

import { add, rounded } from './fraction.ts';
import type { Fraction } from './fraction.ts';

/** What a coupon takes off for ever, in percent or in whole minor units each time the price is due; null: nothing. */
type Off =
  | { readonly percent: number }
  | { readonly minor: number; readonly currency: string | null }
  | null;

/** By the id of the discount, as the subscription names it. What one takes off never changes. */
export type KnownCoupons = Readonly<Record<string, Off>>;

/** An id alone, or what it takes off. */
export type Discount = string | Off;

/** What is discounted, and how often a month it is due; null where that is not known. */
type Discounted = {
  readonly discounts: readonly Discount[];
  readonly perMonth: Fraction | null;
  readonly currency: string | null;
};

/** A sum of items: each has its own discounts, and what they come to has those of the whole. */
export type DiscountedSum = Discounted & {
  readonly parts: readonly (Discounted & { readonly value: Fraction })[];
};

/** A fraction as JSON can hold it. */
type Ratio = { readonly top: number; readonly bottom: number };

type Kept<Sum> = Omit<Sum, 'perMonth' | 'value' | 'parts'> & { readonly perMonth: Ratio | null };

/** The same, as plain data. */
export type KeptSum = Kept<DiscountedSum> & {
  readonly parts: readonly (Kept<Discounted> & { readonly value: Ratio })[];
};

/** A coupon in Stripe's words. */
type Coupon = {
  readonly duration: string | null;
  readonly percent_off: number | null;
  readonly amount_off: number | null;
  readonly currency: string | null;
  /** Only where it is not for everything. */
  readonly applies_to?: unknown;
};

/** Only a coupon that stands for ever and for everything lowers what a subscription is worth. */
export function offOf({ duration, applies_to: only, currency, ...coupon }: Coupon): Off {
  if (duration !== 'forever' || (only !== undefined && only !== null)) return null;
  const { percent_off: percent, amount_off: minor } = coupon;
  if (percent !== null) return { percent };
  return minor === null ? null : { minor, currency };
}

/** In whole minor units a month; null where there is nothing to add up. */
export function monthlyMinorOf(sum: DiscountedSum, known: KnownCoupons = {}): number | null {
  const parts = sum.parts.map((part) => left(part.value, part, known));
  return parts.length === 0 ? null : rounded(left(parts.reduce(add), sum, known));
}

/** The discounts of which no more than the id is told. */
export function idsIn({ discounts, parts }: Pick<DiscountedSum | KeptSum, 'discounts' | 'parts'>) {
  const all = [discounts, ...parts.map((part) => part.discounts)].flat();
  return [...new Set(all.filter((each) => typeof each === 'string'))];
}

/** Null where it would not come back as exact as it is. */
export function keptSum({ perMonth, parts, ...sum }: DiscountedSum): KeptSum | null {
  const kept = {
    ...sum,
    perMonth: perMonth && ratioOf(perMonth),
    parts: parts.map((part) => ({
      ...part,
      perMonth: part.perMonth && ratioOf(part.perMonth),
      value: ratioOf(part.value),
    })),
  };
  const rates = [kept, ...kept.parts].flatMap((each) => each.perMonth ?? []);
  const ratios = [...rates, ...kept.parts.map(({ value }) => value)];
  return ratios.every(isExact) ? kept : null;
}

export function sumOf({ perMonth, parts, ...sum }: KeptSum): DiscountedSum {
  return {
    ...sum,
    perMonth: perMonth && fractionIn(perMonth),
    parts: parts.map((part) => ({
      ...part,
      perMonth: part.perMonth && fractionIn(part.perMonth),
      value: fractionIn(part.value),
    })),
  };
}

/** Never below zero, where it was not. */
function left(value: Fraction, discounted: Discounted, known: KnownCoupons): Fraction {
  let rest = value;
  for (const discount of discounted.discounts) {
    rest = less(rest, takenOff(discount, known), discounted);
  }
  return rest.top < 0n && value.top >= 0n ? { top: 0n, bottom: 1n } : rest;
}

function takenOff(discount: Discount, known: KnownCoupons): Off {
  if (typeof discount !== 'string') return discount;
  return Object.hasOwn(known, discount) ? (known[discount] ?? null) : null;
}

function less(value: Fraction, off: Off, { perMonth, currency }: Discounted): Fraction {
  if (off === null) return value;
  if ('percent' in off) {
    // Two digits are all that Stripe keeps of a percentage.
    const hundredths = BigInt(Math.round(100 * (100 - Math.min(100, Math.max(0, off.percent)))));
    return { top: value.top * hundredths, bottom: value.bottom * 10_000n };
  }
  const isSame = off.currency?.toLowerCase() === currency?.toLowerCase();
  if (perMonth === null || !isSame) return value;
  const minor = BigInt(Math.max(0, Math.trunc(off.minor)));
  return add(value, { top: -minor * perMonth.top, bottom: perMonth.bottom });
}

function ratioOf({ top, bottom }: Fraction): Ratio {
  return { top: Number(top), bottom: Number(bottom) };
}

function isExact({ top, bottom }: Ratio): boolean {
  return Number.isSafeInteger(top) && Number.isSafeInteger(bottom);
}

function fractionIn({ top, bottom }: Ratio): Fraction {
  return { top: BigInt(top), bottom: BigInt(bottom) };
}
