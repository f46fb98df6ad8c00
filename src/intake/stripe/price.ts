// Prices: what one is worth a month, as an exact fraction, and what its plan is called. worth.ts adds them up.
// https://docs.stripe.com/api/prices/object

import { fractionOf } from '../../person/fraction.ts';
import type { Fraction } from '../../person/fraction.ts';
import { nameInTable, nameOfPlan } from '../../person/plan-name.ts';
import type { PlanNaming } from '../../person/plan-name.ts';
import * as v from '../../platform/schema.ts';
import type { ReadOptions } from '../provider.ts';
import { count, flag, list, text, typed } from '../shape.ts';
import { discountList } from './discount.ts';
import { reference } from './shape.ts';

const decimal = v.orNull(
  v.union([
    v.pipe(v.string(), v.regex(/^-?\d{1,18}(\.\d{1,18})?$/)),
    v.pipe(v.integer(), v.transform(String)),
  ]),
);

const Recurring = v.object({ interval: text, interval_count: count, usage_type: text });

const Price = v.object({
  id: text,
  product: reference,
  lookup_key: text,
  nickname: typed,
  currency: text,
  billing_scheme: text,
  unit_amount: decimal,
  unit_amount_decimal: decimal,
  recurring: v.orNull(Recurring),
  type: text,
  transform_quantity: v.orNull(
    v.object({
      divide_by: v.pipe(
        v.integer(),
        v.check((units) => units >= 1),
      ),
      round: text,
    }),
  ),
});

/** What prices were before 2020, and still beside them: the same facts under other names. */
const Plan = v.object({
  id: text,
  product: reference,
  nickname: typed,
  currency: text,
  billing_scheme: text,
  amount: decimal,
  amount_decimal: decimal,
  interval: text,
  interval_count: count,
  usage_type: text,
});

const Item = v.object({
  quantity: count,
  price: v.orNull(Price),
  plan: v.orNull(Plan),
  current_period_start: count,
  current_period_end: count,
  discounts: discountList,
});

/** A page of them: there may be more than an event carries. */
export const items = v.part({ data: list(Item), has_more: flag });

export const legacyPlan = v.orNull(Plan);

export type StripeItem = v.InferOutput<typeof Item>;
export type StripePrice = v.InferOutput<typeof Price>;

/**
 * How often a month each interval comes: a year has 52 weeks or 365 days. A map, because the key is foreign text and an
 * object has a `constructor`.
 */
const PER_MONTH: ReadonlyMap<string | null | undefined, Fraction> = new Map([
  ['day', { top: 365n, bottom: 12n }],
  ['week', { top: 52n, bottom: 12n }],
  ['month', { top: 1n, bottom: 1n }],
  ['year', { top: 1n, bottom: 12n }],
]);

type Named = Pick<StripePrice, 'id' | 'product' | 'lookup_key' | 'nickname'>;

/** By price, product or lookup key; else the best name Stripe has. */
export function planNamingOf({ id, product, lookup_key: lookupKey, nickname }: Named): PlanNaming {
  return {
    by: [id, product, lookupKey].filter((key) => key !== null),
    own: lookupKey ?? nickname ?? product ?? id,
    key: product ?? id,
  };
}

export function planName(price: Named, { plans }: ReadOptions): string | null {
  return nameOfPlan(planNamingOf(price), plans);
}

/** The plan's name in the PLANS table. */
export function namedPlan(price: Named, { plans }: ReadOptions): string | null {
  return nameInTable(planNamingOf(price), plans);
}

const NO_PRICE = v.parse(Price, {});

export function priceOf({ price, plan }: StripeItem): StripePrice {
  if (price !== null) return price;
  if (plan === null) return NO_PRICE;
  const { amount, amount_decimal: amountDecimal, ...same } = plan;
  return {
    ...NO_PRICE,
    ...same,
    unit_amount: amount,
    unit_amount_decimal: amountDecimal,
    recurring: plan,
  };
}

export function isMetered(price: StripePrice): boolean {
  return price.recurring?.usage_type === 'metered';
}

/** Null when it cannot be known from the event: tiers are never in it, and usage has not happened yet. */
export function monthlyValue(price: StripePrice, quantity: number | null): Fraction | null {
  const amount = price.unit_amount_decimal ?? price.unit_amount;
  const perMonth = monthsIn(price);
  if (amount === null || perMonth === null) return null;
  if (price.billing_scheme === 'tiered' || isMetered(price)) return null;
  const unit = fractionOf(amount);
  const units = BigInt(unitsOf(price, quantity ?? 1));
  return { top: unit.top * units * perMonth.top, bottom: unit.bottom * perMonth.bottom };
}

/** How often a month the price is due. */
export function monthsIn({ recurring }: StripePrice): Fraction | null {
  const perMonth = PER_MONTH.get(recurring?.interval);
  if (perMonth === undefined) return null;
  const every = BigInt(Math.max(1, Math.trunc(recurring?.interval_count ?? 1)));
  return { top: perMonth.top, bottom: perMonth.bottom * every };
}

function unitsOf({ transform_quantity: transform }: StripePrice, quantity: number): number {
  if (transform === null) return Math.trunc(quantity);
  const packages = quantity / transform.divide_by;
  return transform.round === 'down' ? Math.floor(packages) : Math.ceil(packages);
}

export function intervalName({ recurring }: StripePrice): string | null {
  if (recurring === null || recurring.interval === null) return null;
  const every = recurring.interval_count ?? 1;
  return every === 1 ? recurring.interval : `${every} ${recurring.interval}s`;
}
