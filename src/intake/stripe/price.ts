// Prices: what a subscription's items are worth a month, in exact fractions rounded once at the end, and what the
// plan is called. https://docs.stripe.com/api/prices/object

import * as z from 'zod';

import type { SubscriptionItem } from '../../person/facet.ts';
import type { ReadOptions } from '../provider.ts';
import { count, list, text, typed } from '../shape.ts';
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
});

export const items = z
  .object({ data: list(Item) })
  .catch({ data: [] })
  .transform(({ data }) => data);

export const legacyPlan = Plan.nullable().catch(null);

type StripeItem = z.infer<typeof Item>;
type StripePrice = z.infer<typeof Price>;

/** A fraction of minor units. */
type Fraction = { readonly top: bigint; readonly bottom: bigint };

/** What a subscription's items amount to. `monthlyMinor` is null when a price does not say what it will cost. */
type Worth = {
  readonly plan: string | null;
  readonly items: readonly SubscriptionItem[];
  readonly seats: number | null;
  readonly monthlyMinor: number | null;
  readonly currency: string | null;
  readonly billingInterval: string | null;
};

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

export function worthOf(all: readonly StripeItem[], options: ReadOptions): Worth {
  const priced = all
    .map((item) => ({ item, price: priceOf(item) }))
    .filter(({ price }) => price.type !== 'one_time')
    .map(({ item, price }) => ({ item, price, value: monthlyValue(price, item.quantity) }));
  const main = priced.toSorted((a, b) => compare(b.value, a.value))[0];
  const quantities = priced.flatMap(({ item, price }) =>
    isMetered(price) ? [] : [item.quantity ?? 1],
  );
  const values = priced.map(({ value }) => value);
  return {
    plan: main === undefined ? null : planName(main.price, options),
    items: priced
      .map(({ item, price }) => ({ priceId: price.id ?? '', quantity: item.quantity }))
      .toSorted(byPrice),
    seats: quantities.length === 0 ? null : quantities.reduce((sum, each) => sum + each, 0),
    monthlyMinor: values.includes(null) || values.length === 0 ? null : rounded(values),
    currency: main?.price.currency?.toLowerCase() ?? null,
    billingInterval: main === undefined ? null : intervalName(main.price),
  };
}

/** By code units, not by locale; several items may share a price, and then their quantities decide. */
function byPrice(a: SubscriptionItem, b: SubscriptionItem): number {
  if (a.priceId === b.priceId) return (a.quantity ?? -1) - (b.quantity ?? -1);
  return a.priceId < b.priceId ? -1 : 1;
}

/** From the PLANS table by price, product or lookup key; else the best name Stripe has. */
export function planName(
  price: Pick<StripePrice, 'id' | 'product' | 'lookup_key' | 'nickname'>,
  { plans }: ReadOptions,
): string | null {
  const { id, product, lookup_key: lookupKey, nickname } = price;
  for (const key of [id, product, lookupKey]) {
    if (key !== null && Object.hasOwn(plans, key)) return plans[key] ?? null;
  }
  return lookupKey ?? nickname ?? product ?? id;
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

function priceOf({ price, plan }: StripeItem): StripePrice {
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

function isMetered(price: StripePrice): boolean {
  return price.recurring?.usage_type === 'metered';
}

/** Null when it cannot be known from the event: tiers are never in it, and usage has not happened yet. */
function monthlyValue(price: StripePrice, quantity: number | null): Fraction | null {
  const amount = price.unit_amount_decimal ?? price.unit_amount;
  const perMonth = monthsIn(price);
  if (amount === null || perMonth === null) return null;
  if (price.billing_scheme === 'tiered' || isMetered(price)) return null;
  const unit = fractionOf(amount);
  const units = BigInt(unitsOf(price, quantity ?? 1));
  return { top: unit.top * units * perMonth.top, bottom: unit.bottom * perMonth.bottom };
}

/** How often a month the price is due. */
function monthsIn({ recurring }: StripePrice): Fraction | null {
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

function fractionOf(text_: string): Fraction {
  const [whole = '0', digits = ''] = text_.split('.');
  return { top: BigInt(whole + digits), bottom: 10n ** BigInt(digits.length) };
}

/** Unknown values sort below all known ones; on a tie the first item stays first. */
function compare(a: Fraction | null, b: Fraction | null): number {
  if (a === null || b === null) return Number(b === null) - Number(a === null);
  const difference = a.top * b.bottom - b.top * a.bottom;
  return difference === 0n ? 0 : Number(difference > 0n) * 2 - 1;
}

/** The sum, rounded half away from zero to whole minor units. */
function rounded(values: readonly (Fraction | null)[]): number {
  let sum: Fraction = { top: 0n, bottom: 1n };
  for (const value of values) {
    if (value !== null) {
      sum = {
        top: sum.top * value.bottom + value.top * sum.bottom,
        bottom: sum.bottom * value.bottom,
      };
    }
  }
  const half = sum.top < 0n ? -sum.bottom : sum.bottom;
  return Number((sum.top * 2n + half) / (sum.bottom * 2n));
}

function intervalName({ recurring }: StripePrice): string | null {
  if (recurring === null || recurring.interval === null) return null;
  const every = recurring.interval_count ?? 1;
  return every === 1 ? recurring.interval : `${every} ${recurring.interval}s`;
}
