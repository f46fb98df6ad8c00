// The subscription that a walk goes through: what it is, and Stripe's object of it.

import type { Stripe } from 'stripe';

import type { PartOf } from '../../src/samples/payload.ts';
import { CREATED, DAY, item, price, subscription } from '../../src/samples/stripe.ts';
import { odd } from './odd.ts';

/** What the subscription is; `plan` is an index into PRICES. */
export type State = {
  status: string;
  plan: number;
  quantity: number;
  periodStart: number;
  trialEnd: number | null;
  cancelAt: number | null;
  isPaused: boolean;
  /** Why the status says paused. */
  pausedBy: 'pause_requested' | 'final_payment_failure' | null;
  feedback: 'too_expensive' | null;
  invoices: number;
};

export const PRICES = [
  { id: 'price_a', lookup_key: 'a', unit_amount: 900, unit_amount_decimal: '900' },
  { id: 'price_b', lookup_key: 'b', unit_amount: null, unit_amount_decimal: '4900.5' },
  { id: 'price_c', lookup_key: 'c', unit_amount: 99_900, unit_amount_decimal: '99900' },
  { id: 'price_d', lookup_key: 'd', unit_amount: 4901, unit_amount_decimal: '4901' },
  // The plan of `price_b`, by the year, and at another price.
  { id: 'price_e', lookup_key: 'b', unit_amount: 48_000, unit_amount_decimal: '48000' },
  { id: 'price_f', lookup_key: 'b', unit_amount: 5900, unit_amount_decimal: '5900' },
  { id: 'price_g', lookup_key: 'g', unit_amount: 5900, unit_amount_decimal: '5900' },
  { id: 'price_free', lookup_key: 'free', unit_amount: 0, unit_amount_decimal: '0' },
];
export const FREE = 7;
const PRODUCTS = ['a', 'b', 'c', 'd', 'b', 'b', 'g', 'free'];
const YEARLY_PLANS = [2, 4];
const YEARLY = { interval: 'year', interval_count: 1, usage_type: 'licensed' };

/** What one seat of each costs a month. */
const UNITS = [900, 4900.5, 8325, 4901, 4000, 5900, 5900, 0];

/** What a dashboard would call the change from one plan to another. */
export function changeOf(from: number, to: number): string {
  if (from === FREE) return 'subscription_started';
  if (to === FREE) return 'subscription_canceled';
  if (PRODUCTS[from] === PRODUCTS[to]) {
    const isSame = YEARLY_PLANS.includes(from) === YEARLY_PLANS.includes(to);
    return isSame ? 'plan_changed' : 'billing_interval_changed';
  }
  const [was, is] = [UNITS[from] ?? 0, UNITS[to] ?? 0];
  if (was === is) return 'plan_changed';
  return is > was ? 'plan_upgraded' : 'plan_downgraded';
}

/** As an event carries it. */
export function objectOf(
  id: string,
  state: State,
  more: PartOf<Stripe.Subscription> = {},
): PartOf<Stripe.Subscription> {
  const data = itemsOf(state);
  return subscription({
    id,
    status: state.status,
    items: { object: 'list', data },
    trial_start: state.trialEnd === null ? null : CREATED,
    trial_end: state.trialEnd,
    cancel_at: state.cancelAt,
    pause_collection: state.isPaused ? { behavior: 'void', resumes_at: null } : null,
    cancellation_details: { comment: null, feedback: state.feedback, reason: null },
    ...pausedBy(state.pausedBy),
    ...more,
  });
}

/** In full, as lines of an invoice had it until API version basil. */
export function priceOf(plan: number) {
  const recurring = YEARLY_PLANS.includes(plan) ? { recurring: YEARLY } : {};
  return price({ ...PRICES[plan], product: productOf(plan), ...recurring });
}

/** Its one item, in the period it is in. */
export function itemsOf(state: State): PartOf<Stripe.SubscriptionItem>[] {
  const { periodStart: start } = state;
  return [
    item({
      price: priceOf(state.plan),
      quantity: state.quantity,
      current_period_start: start,
      current_period_end: start + 30 * DAY,
    }),
  ];
}

/** Some have no product that the event names. */
function productOf(plan: number): string {
  return plan === 0 ? odd(null) : `prod_${PRODUCTS[plan] ?? ''}`;
}

/** Also what the subscription was before it was resumed: then the type is what was. */
export function pausedBy(type: State['pausedBy']): PartOf<Stripe.Subscription> {
  return { status_details: type === null ? null : { paused: { subscription: { type } } } };
}
