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
  invoices: number;
};

export const PRICES = [
  { id: 'price_a', lookup_key: 'a', unit_amount: 900, unit_amount_decimal: '900' },
  { id: 'price_b', lookup_key: 'b', unit_amount: null, unit_amount_decimal: '4900.5' },
  { id: 'price_c', lookup_key: 'c', unit_amount: 99_900, unit_amount_decimal: '99900' },
  { id: 'price_d', lookup_key: 'd', unit_amount: 4901, unit_amount_decimal: '4901' },
];
const YEARLY = { interval: 'year', interval_count: 1, usage_type: 'licensed' };

/** What each of them is worth a month. */
export const MONTHLY_MINOR = [900, 4901, 8325, 4901];

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
    ...more,
  });
}

/** Its one item, in the period it is in. */
export function itemsOf(state: State): PartOf<Stripe.SubscriptionItem>[] {
  const recurring = state.plan === 2 ? { recurring: YEARLY } : {};
  const { periodStart: start } = state;
  return [
    item({
      price: price({ ...PRICES[state.plan], product: odd(null), ...recurring }),
      quantity: state.quantity,
      current_period_start: start,
      current_period_end: start + 30 * DAY,
    }),
  ];
}
