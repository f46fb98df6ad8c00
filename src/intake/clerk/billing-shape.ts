// Clerk Billing's objects. Specification, examples and types of Clerk disagree about their fields, so every spelling
// is read. Times are Unix milliseconds, money is minor units.
// https://clerk.com/docs/guides/development/webhooks/billing

import { RANK } from '../../person/facet.ts';
import type { SubscriptionFacet } from '../../person/facet.ts';
import { nameOfPlan } from '../../person/plan-name.ts';
import type { PlanNaming } from '../../person/plan-name.ts';
import * as v from '../../platform/schema.ts';
import type { ReadOptions } from '../provider.ts';
import { count, flag, list, needed, text, typed } from '../shape.ts';

export const money = v.part({ amount: count, currency: text });

/** An organization's id is empty text, not null, where a person pays. */
export const payer = v.part({ id: text, user_id: text, organization_id: text });

/** Who pays: an organization only where organizations are on. A word for why it is nobody. */
export function payerOf(
  { user_id: userId, organization_id: organizationId }: v.InferOutput<typeof payer>,
  { organizationKeys }: ReadOptions,
): { readonly userId: string } | 'organization_payer' | 'nobody_named' {
  if (organizationId !== null) {
    return organizationKeys === undefined ? 'organization_payer' : { userId: organizationId };
  }
  return userId === null ? 'nobody_named' : { userId };
}

/** Null where the event leaves it out: then what we knew stands. */
const said = v.orNull(v.boolean());

const UnitPrice = v.object({ tiers: list(v.object({ amount_per_block: count })) });

const Plan = v.pipe(
  v.object({
    id: text,
    slug: text,
    name: typed,
    amount: count,
    fee: money,
    annual_monthly_amount: count,
    annual_monthly_fee: money,
    currency: text,
    is_default: flag,
    unit_prices: list(UnitPrice),
  }),
  v.transform((plan) => ({
    id: plan.id,
    slug: plan.slug,
    name: plan.name,
    isDefault: plan.is_default,
    currency: (plan.currency ?? plan.fee.currency)?.toLowerCase() ?? null,
    monthlyMinor: plan.amount ?? plan.fee.amount,
    annualMonthlyMinor: plan.annual_monthly_amount ?? plan.annual_monthly_fee.amount,
    /** Priced by the seat, in tiers: what it costs depends on more than the event says. */
    isPerUnit: plan.unit_prices
      .flatMap((price) => price.tiers)
      .some((tier) => (tier.amount_per_block ?? 0) > 0),
  })),
);

export const Item = v.object({
  id: needed.text,
  status: text,
  is_free_trial: said,
  created_at: count,
  updated_at: count,
  period_start: count,
  period_end: count,
  interval: text,
  plan_period: text,
  plan_id: text,
  plan: v.orNull(Plan),
  amount: money,
  seats: v.part({ quantity: count }),
  canceled_at: count,
  past_due_at: count,
  ended_at: count,
  subscription_id: text,
  payer,
});

export type ClerkItem = v.InferOutput<typeof Item>;

/** What an item's status means for access; those without a row are not in effect: planned, unpaid or replaced. */
const STATUSES: ReadonlyMap<string | null, 'live' | 'past_due' | 'canceled'> = new Map([
  ['active', 'live'],
  // Canceled means that it will end; until then it is paid for.
  ['canceled', 'live'],
  ['past_due', 'past_due'],
  ['ended', 'canceled'],
  ['expired', 'canceled'],
]);

/** In the words of the contract. Null while the item is not in effect. */
export function statusOf(item: ClerkItem): string | null {
  const status = STATUSES.get(item.status) ?? null;
  if (status !== 'live') return status;
  // Canceling what is owed for pays nothing.
  if (item.status === 'canceled' && item.past_due_at !== null) return 'past_due';
  return item.is_free_trial === true ? 'trialing' : 'active';
}

/** The plan of those who pay for none. An item that comes without its plan is judged by its amount. */
export function isFree({ plan, amount }: ClerkItem): boolean {
  if (plan === null) return (amount.amount ?? 0) === 0;
  if (plan.isPerUnit || (plan.annualMonthlyMinor ?? 0) > 0) return plan.isDefault;
  return plan.isDefault || plan.monthlyMinor === 0;
}

export function facetOf(
  item: ClerkItem,
  subscription: {
    readonly subscriptionId: string;
    readonly status: string;
    readonly asOf: number;
    readonly options: ReadOptions;
  },
): SubscriptionFacet {
  const { subscriptionId, status, asOf, options } = subscription;
  const isEnded = status === 'canceled';
  return {
    ...worthOf(item, options),
    id: subscriptionId,
    purchaseId: item.id,
    asOf,
    rank: isEnded ? RANK.deleted : RANK.updated,
    customerId: null,
    status,
    createdAt: seconds(item.created_at ?? item.period_start) ?? 0,
    trialStartsAt: item.is_free_trial === true ? seconds(item.period_start) : null,
    trialEndsAt: item.is_free_trial === true ? seconds(item.period_end) : null,
    currentPeriodStartsAt: seconds(item.period_start),
    currentPeriodEndsAt: seconds(item.period_end),
    cancelAt: isCanceled(item) ? seconds(item.period_end) : null,
    canceledAt: seconds(item.canceled_at),
    endedAt: isEnded ? seconds(item.ended_at ?? asOf) : null,
    cancellation: { reason: isCanceled(item) ? 'voluntary' : 'unknown', feedback: null },
    collectionPaused: false,
    resumesAt: null,
  };
}

/** By plan id or slug from the PLANS table; else the slug, which unlike the name is not rephrased. */
function planNamingOf({ plan, plan_id: planId }: ClerkItem): PlanNaming {
  const { id, slug, name } = plan ?? { id: null, slug: null, name: null };
  const known = id ?? planId;
  return { by: [known, slug].filter((key) => key !== null), own: slug ?? name ?? known };
}

export function planName(item: ClerkItem, { plans }: ReadOptions): string | null {
  return nameOfPlan(planNamingOf(item), plans);
}

export function seconds(at: number | null): number | null {
  return at === null || at <= 0 ? null : Math.floor(at / 1000);
}

function worthOf(item: ClerkItem, options: ReadOptions) {
  const isAnnual = (item.interval ?? item.plan_period) === 'annual';
  const priceId = `${item.plan?.id ?? item.plan_id ?? ''}${isAnnual ? ':annual' : ''}`;
  const { quantity } = item.seats;
  return {
    plan: planName(item, options),
    planNaming: planNamingOf(item),
    items: [{ priceId, quantity }],
    seats: quantity,
    monthlyMinor: monthlyAmount(item.plan, isAnnual),
    currency: item.plan?.currency ?? null,
    billingInterval: isAnnual ? 'year' : 'month',
  };
}

/** Null where the event does not tell: unknown is better than guessed. */
function monthlyAmount(plan: ClerkItem['plan'], isAnnual: boolean): number | null {
  if (plan === null || plan.isPerUnit) return null;
  return isAnnual ? plan.annualMonthlyMinor : plan.monthlyMinor;
}

function isCanceled(item: ClerkItem): boolean {
  return item.status === 'canceled' || item.canceled_at !== null;
}
