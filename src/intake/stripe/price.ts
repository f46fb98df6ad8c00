// Prices: what one is worth a month, as an exact fraction, and what its plan is called. worth.ts adds them up.
// https://docs.stripe.com/api/prices/object

import * as z from 'zod';

import { fractionOf } from '../../person/fraction.ts';
import type { Fraction } from '../../person/fraction.ts';
import type { ReadOptions } from '../provider.ts';
import { count, flag, list, text, typed } from '../shape.ts';
import { discountList } from './discount.ts';
import { reference } from './shape.ts';

const decimal = z
  .union([z.string().regex(/^-?\d{1,18}(\.\d{1,18})?$/), z.int().transform(String)])
  .nullable()
  .catch(null);

const Recurring = z.object({ interval: text, interval_count: count, usage_type: text });

const Price = z.object({
  id: text,
  product: reference,
  lookup_key: text,
  nickname: typed,
  currency: text,
  billing_scheme: text,
  unit_amount: decimal,
  unit_amount_decimal: decimal,
  recurring: Recurring.nullable().catch(null),
  type: text,
  transform_quantity: z
    .object({ divide_by: z.int().positive(), round: text })
    .nullable()
    .catch(null),
});

/** What prices were before 2020, and still beside them: the same facts under other names. */
const Plan = z.object({
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

const Item = z.object({
  quantity: count,
  price: Price.nullable().catch(null),
  plan: Plan.nullable().catch(null),
  current_period_start: count,
  current_period_end: count,
  discounts: discountList,
});

/** A page of them: there may be more than an event carries. */
export const items = z
  .object({ data: list(Item), has_more: flag })
  .catch({ data: [], has_more: false });

export const legacyPlan = Plan.nullable().catch(null);

export type StripeItem = z.infer<typeof Item>;
export type StripePrice = z.infer<typeof Price>;

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

/** From the PLANS table by price, product or lookup key; else the best name Stripe has. */
export function planName(
  price: Pick<StripePrice, 'id' | 'product' | 'lookup_key' | 'nickname'>,
  options: ReadOptions,
): string | null {
  const { id, product, lookup_key: lookupKey, nickname } = price;
  return namedPlan(price, options) ?? lookupKey ?? nickname ?? product ?? id;
}

/** The plan's name in the PLANS table, by price, product or lookup key. */
export function namedPlan(
  { id, product, lookup_key: lookupKey }: Pick<StripePrice, 'id' | 'product' | 'lookup_key'>,
  { plans }: ReadOptions,
): string | null {
  for (const key of [id, product, lookupKey]) {
    if (key !== null && Object.hasOwn(plans, key)) return plans[key] ?? null;
  }
  return null;
}

const NO_PRICE: StripePrice = {
  id: null,
  product: null,
  lookup_key: null,
  nickname: null,
  currency: null,
  billing_scheme: null,
  unit_amount: null,
  unit_amount_decimal: null,
  recurring: null,
  type: null,
  transform_quantity: null,
};

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
