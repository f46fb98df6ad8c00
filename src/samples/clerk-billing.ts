// Clerk Billing as a sender, typed by the official package where it agrees with the specification. Times are Unix
// milliseconds, money is minor units.

import type {
  BillingPaymentAttemptWebhookEvent,
  BillingSubscriptionItemWebhookEvent,
  BillingSubscriptionWebhookEvent,
} from '@clerk/backend';

type Json = Record<string, unknown>;
/** A misspelt field does not compile; the second part is what the specification has and the types lack. */
type Over<Shape, Extra extends string = never> = { [Key in keyof Shape | Extra]?: unknown };
type Item = Over<
  BillingSubscriptionItemWebhookEvent['data'],
  | 'created_at'
  | 'updated_at'
  | 'ended_at'
  | 'interval'
  | 'is_free_trial'
  | 'seats'
  | 'subscription_id'
>;

export const CLERK_CREATED = 1_764_000_000_000;
export const MONTH = 30 * 86_400_000;

const PRO = { id: 'cplan_pro', name: 'Pro Plan', slug: 'pro', amount: 2000 };
export const TEAM_PLAN = { id: 'cplan_team', name: 'Team Plan', slug: 'team', amount: 5000 };
export const FREE_PLAN = {
  id: 'cplan_free',
  name: 'Free Plan',
  slug: 'free',
  amount: 0,
  is_default: true,
};

/** A person pays: Clerk writes the organization as empty text. */
export function clerkPayer(overrides: Json = {}): Json {
  return {
    object: 'commerce_payer',
    id: 'cpayer_1',
    user_id: 'user_2abcDEF',
    first_name: 'Ada',
    last_name: 'Lovelace',
    email: 'ada@example.test',
    organization_id: '',
    organization_name: '',
    created_at: CLERK_CREATED,
    updated_at: CLERK_CREATED,
    ...overrides,
  };
}

export function clerkPlan(overrides: Json = {}): Json {
  return {
    ...PRO,
    is_default: false,
    is_recurring: true,
    currency: 'USD',
    annual_monthly_amount: 1800,
    ...overrides,
  };
}

/** The item of a paid plan, active, as a standalone event carries it. */
export function clerkItem(overrides: Item = {}): Json {
  return {
    object: 'subscription_item',
    id: 'csub_item_1',
    status: 'active',
    is_free_trial: false,
    created_at: CLERK_CREATED,
    updated_at: CLERK_CREATED,
    period_start: CLERK_CREATED,
    period_end: CLERK_CREATED + MONTH,
    interval: 'month',
    plan_id: 'cplan_pro',
    plan: clerkPlan(),
    payer: clerkPayer(),
    subscription_id: 'csub_1',
    ...overrides,
  };
}

/** The free plan's item: there from sign-up on, the same for ever. */
export function freeItem(overrides: Item = {}): Json {
  return clerkItem({
    id: 'csub_item_free',
    period_end: null,
    plan_id: FREE_PLAN.id,
    plan: clerkPlan(FREE_PLAN),
    ...overrides,
  });
}

/** The container; items inside it carry neither payer nor subscription. */
export function clerkSubscription(
  overrides: Over<BillingSubscriptionWebhookEvent['data']> = {},
): Json {
  return {
    object: 'commerce_subscription',
    id: 'csub_1',
    status: 'active',
    active_at: CLERK_CREATED,
    canceled_at: null,
    ended_at: null,
    past_due_at: null,
    created_at: CLERK_CREATED,
    updated_at: CLERK_CREATED,
    payer_id: 'cpayer_1',
    payer: clerkPayer(),
    items: [clerkItem({ payer: null, subscription_id: null })],
    ...overrides,
  };
}

export function clerkPayment(
  overrides: Over<BillingPaymentAttemptWebhookEvent['data']> = {},
): Json {
  const grandTotal = { amount: 2200, amount_formatted: '$22.00', currency: 'USD' };
  return {
    id: 'pa_1',
    payment_id: 'cpa_1',
    status: 'paid',
    charge_type: 'recurring',
    created_at: CLERK_CREATED,
    updated_at: CLERK_CREATED + 300_000,
    paid_at: CLERK_CREATED + 300_000,
    failed_at: null,
    failed_reason: null,
    // Here the organization is left out altogether.
    payer: { id: 'cpayer_1', user_id: 'user_2abcDEF', email: 'ada@example.test' },
    totals: { grand_total: grandTotal },
    subscription_items: [
      clerkItem({ payer: null, subscription_id: null, interval: null, plan_period: 'month' }),
    ],
    ...overrides,
  };
}
