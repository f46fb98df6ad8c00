// What a subscription's items amount to. The main item gives plan, interval, seats and period; what all of them are worth a
// month is added up and rounded once.

import type { SubscriptionFacet, SubscriptionItem } from '../../person/facet.ts';
import type { ReadOptions } from '../provider.ts';
import { lessDiscounts } from './discount.ts';
import type { StripeDiscount } from './discount.ts';
import { add, compare, rounded } from './fraction.ts';
import type { Fraction } from './fraction.ts';
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
    monthlyMinor: monthlyOf(priced, discounts),
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

/** Metered use counts nothing. Null when nothing at all is known. */
function monthlyOf(
  priced: readonly PricedItem[],
  discounts: readonly StripeDiscount[],
): number | null {
  const known = priced.flatMap(({ item, price, value }) => {
    const worth = isMetered(price) ? NOTHING : value;
    return worth === null ? [] : [discounted(worth, { price, discounts: item.discounts })];
  });
  const main = mainOf(priced);
  if (known.length === 0 || main === undefined) return null;
  return rounded(discounted(known.reduce(add), { price: main.price, discounts }));
}

/** A coupon over an amount is due as often as the price is. */
function discounted(
  value: Fraction,
  {
    price,
    discounts,
  }: { readonly price: StripePrice; readonly discounts: readonly StripeDiscount[] },
): Fraction {
  const perMonth = monthsIn(price);
  return lessDiscounts(value, { discounts, perMonth, currency: price.currency });
}

/** By code units, not by locale; several items may share a price, and then their quantities decide. */
function byPrice(a: SubscriptionItem, b: SubscriptionItem): number {
  if (a.priceId === b.priceId) return (a.quantity ?? -1) - (b.quantity ?? -1);
  return a.priceId < b.priceId ? -1 : 1;
}
