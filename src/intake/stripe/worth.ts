// What a subscription's items amount to. The main item gives plan, interval, seats and period; what all of them are worth a
// month is added up and rounded once.

import { idsIn, keptSum, monthlyMinorOf } from '../../person/coupons.ts';
import type { Discount, DiscountedSum } from '../../person/coupons.ts';
import type { SubscriptionFacet, SubscriptionItem } from '../../person/facet.ts';
import { compare } from '../../person/fraction.ts';
import type { Fraction } from '../../person/fraction.ts';
import type { ReadOptions } from '../provider.ts';
import type { StripeDiscount } from './discount.ts';
import {
  intervalName,
  isMetered,
  monthlyValue,
  monthsIn,
  namedPlan,
  planName,
  planNamingOf,
  priceOf,
} from './price.ts';
import type { StripeItem, StripePrice } from './price.ts';

type Worth = Pick<
  SubscriptionFacet,
  | 'plan'
  | 'planKey'
  | 'planNaming'
  | 'items'
  | 'seats'
  | 'monthlyMinor'
  | 'unitMinor'
  | 'hasUsage'
  | 'isPartial'
  | 'coupons'
  | 'currency'
  | 'billingInterval'
>;

type PricedItem = {
  readonly item: StripeItem;
  readonly price: StripePrice;
  /** A month; null where it cannot be known. */
  readonly value: Fraction | null;
  readonly name: string | null;
};

type Items = {
  readonly all: readonly StripeItem[];
  /** There are more than the event carries. */
  readonly hasMore: boolean;
  readonly discounts: readonly StripeDiscount[];
};

const NOTHING: Fraction = { top: 0n, bottom: 1n };

export function worthOf(
  { all, hasMore, discounts }: Items,
  options: ReadOptions,
): Worth & { readonly main: StripeItem | undefined } {
  const priced = pricedItems(all, options);
  const main = mainOf(priced);
  const isPartial =
    hasMore || priced.some(({ price, value }) => value === null && !isMetered(price));
  return {
    ...planOf(main, options),
    items: priced
      .map(({ item, price }) => ({ priceId: price.id ?? '', quantity: item.quantity }))
      .toSorted(byPrice),
    ...valueOf(priced, main, discounts),
    ...(priced.some(({ price }) => isMetered(price)) ? { hasUsage: true } : {}),
    ...(isPartial ? { isPartial: true } : {}),
    main: main?.item,
  };
}

/** What is paid once is no part of the subscription. */
function pricedItems(all: readonly StripeItem[], options: ReadOptions): PricedItem[] {
  return all
    .map((item) => ({ item, price: priceOf(item) }))
    .filter(({ price }) => price.type !== 'one_time')
    .map(({ item, price }) => ({
      item,
      price,
      value: monthlyValue(price, item.quantity),
      name: namedPlan(price, options),
    }));
}

/** The one that the PLANS table names, then licensed before metered, then what is worth most; on a tie the first. */
function mainOf(priced: readonly PricedItem[]): PricedItem | undefined {
  return priced.toSorted(
    (a, b) =>
      Number(a.name === null) - Number(b.name === null) ||
      Number(isMetered(a.price)) - Number(isMetered(b.price)) ||
      compare(b.value, a.value),
  )[0];
}

function planOf(main: PricedItem | undefined, options: ReadOptions) {
  if (main === undefined) {
    return {
      plan: null,
      planKey: null,
      seats: null,
      unitMinor: null,
      currency: null,
      billingInterval: null,
    };
  }
  const { item, price, name } = main;
  const unit = monthlyValue(price, 1);
  return {
    plan: planName(price, options),
    planKey: name ?? price.product ?? price.id,
    planNaming: planNamingOf(price),
    seats: isMetered(price) ? null : (item.quantity ?? 1),
    unitMinor: unit === null ? null : Number(unit.top) / Number(unit.bottom),
    currency: price.currency?.toLowerCase() ?? null,
    billingInterval: intervalName(price),
  };
}

/** Null when nothing at all is known. */
function valueOf(
  priced: readonly PricedItem[],
  main: PricedItem | undefined,
  discounts: readonly StripeDiscount[],
): Pick<SubscriptionFacet, 'monthlyMinor' | 'coupons'> {
  if (main === undefined) return { monthlyMinor: null };
  const sum: DiscountedSum = {
    ...discountedBy(discounts, main.price),
    parts: priced.flatMap(partOf),
  };
  const monthlyMinor = monthlyMinorOf(sum);
  // What is no more than an id may be known later.
  const coupons = idsIn(sum).length === 0 ? null : keptSum(sum);
  return coupons === null ? { monthlyMinor } : { monthlyMinor, coupons };
}

/** Metered use counts nothing. */
function partOf({ item, price, value }: PricedItem): DiscountedSum['parts'] {
  const worth = isMetered(price) ? NOTHING : value;
  return worth === null ? [] : [{ ...discountedBy(item.discounts, price), value: worth }];
}

/** A coupon over an amount is due as often as the price is. */
function discountedBy(discounts: readonly StripeDiscount[], price: StripePrice) {
  return {
    discounts: discounts.map(({ discount }): Discount => discount),
    perMonth: monthsIn(price),
    currency: price.currency,
  };
}

/** By code units, not by locale; several items may share a price, and then their quantities decide. */
function byPrice(a: SubscriptionItem, b: SubscriptionItem): number {
  if (a.priceId === b.priceId) return (a.quantity ?? -1) - (b.quantity ?? -1);
  return a.priceId < b.priceId ? -1 : 1;
}
