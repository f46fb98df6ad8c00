// Clerk Billing as a sender. Where the official package and the specification differ, the types here follow the
// specification and say in what. Times are Unix milliseconds, money is minor units.

import type {
  BillingPaymentAttemptWebhookEvent,
  BillingSubscriptionItemWebhookEvent,
  BillingSubscriptionWebhookEvent,
} from '@clerk/backend';

import type { PartOf } from './payload.ts';

type PackageItem = BillingSubscriptionItemWebhookEvent['data'];
type PackageSubscription = BillingSubscriptionWebhookEvent['data'];
type PackagePayment = BillingPaymentAttemptWebhookEvent['data'];

type PayerJSON = PackagePayment['payer'];

/** A plan that is sold by the seat has prices by the unit. */
type PlanJSON = NonNullable<PackageItem['plan']> & {
  readonly unit_prices?: readonly {
    readonly name: string;
    readonly block_size: number;
    readonly tiers: readonly { readonly amount_per_block: number }[];
  }[];
};

/** Every event has these times and flags, and the period is called an interval; a payment keeps its package name. */
type ItemJSON = Omit<PackageItem, 'object' | 'plan' | 'plan_period'> & {
  readonly object: 'subscription_item';
  readonly plan?: PlanJSON;
  readonly plan_period?: PackageItem['plan_period'];
  readonly interval?: PackageItem['plan_period'];
  readonly subscription_id?: string;
  readonly is_free_trial: boolean;
  readonly seats: { readonly quantity: number };
  readonly created_at: number;
  readonly updated_at: number;
  readonly ended_at: number;
};

type Item = PartOf<ItemJSON>;
type Subscription = PartOf<Omit<PackageSubscription, 'items'> & { items: ItemJSON[] }>;
type Payment = PartOf<
  Omit<PackagePayment, 'subscription_items'> & { subscription_items: ItemJSON[] }
>;

export const CLERK_CREATED = 1_764_000_000_000;
export const MONTH = 30 * 86_400_000;

/** A person pays: Clerk writes the organization as empty text. */
export function clerkPayer(overrides: PartOf<PayerJSON> = {}): PartOf<PayerJSON> {
  const ada = {
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
  } as const satisfies PartOf<PayerJSON>;
  return { ...ada, ...overrides };
}

export function clerkPlan(overrides: PartOf<PlanJSON> = {}): PartOf<PlanJSON> {
  const pro = {
    id: 'cplan_pro',
    name: 'Pro Plan',
    slug: 'pro',
    amount: 2000,
    is_default: false,
    is_recurring: true,
    currency: 'USD',
    annual_monthly_amount: 1800,
  } as const satisfies PartOf<PlanJSON>;
  return { ...pro, ...overrides };
}

/** The item of a paid plan, active, as a standalone event carries it. */
export function clerkItem(overrides: Item = {}): Item {
  const active = {
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
  } as const satisfies Item;
  return { ...active, ...overrides };
}

/** The container; items inside it carry neither payer nor subscription. */
export function clerkSubscription(overrides: Subscription = {}): Subscription {
  const active = {
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
  } as const satisfies Subscription;
  return { ...active, ...overrides };
}

export function clerkPayment(overrides: Payment = {}): Payment {
  const paid = {
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
    totals: { grand_total: { amount: 2200, amount_formatted: '$22.00', currency: 'USD' } },
    subscription_items: [
      clerkItem({ payer: null, subscription_id: null, interval: null, plan_period: 'month' }),
    ],
  } as const satisfies Payment;
  return { ...paid, ...overrides };
}
