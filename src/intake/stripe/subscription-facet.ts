// Stripe's subscription as a facet, in whatever shape its API version gives it.
// https://docs.stripe.com/api/subscriptions/object

import * as z from 'zod';

import { RANK } from '../../person/facet.ts';
import type { Cancellation, SubscriptionFacet } from '../../person/facet.ts';
import type { ReadOptions } from '../provider.ts';
import { count, flag, needed, record, text } from '../shape.ts';
import type { StripeEvent } from './envelope.ts';
import { items, legacyPlan, worthOf } from './price.ts';
import { neededReference, reference } from './shape.ts';

export const Subscription = z.object({
  id: needed.text,
  customer: neededReference,
  status: needed.text,
  items,
  plan: legacyPlan,
  quantity: count,
  currency: text,
  created: count,
  start_date: count,
  trial_start: count,
  trial_end: count,
  current_period_start: count,
  current_period_end: count,
  cancel_at: count,
  cancel_at_period_end: flag,
  canceled_at: count,
  ended_at: count,
  cancellation_details: z
    .object({ reason: text, feedback: text })
    .catch({ reason: null, feedback: null }),
  default_payment_method: reference,
  pause_collection: z.object({ resumes_at: count }).nullable().catch(null),
  metadata: record,
});

export type StripeSubscription = z.infer<typeof Subscription>;

const RANKS: Readonly<Record<string, SubscriptionFacet['rank']>> = {
  'customer.subscription.created': RANK.created,
  'customer.subscription.trial_will_end': RANK.ending,
  'customer.subscription.deleted': RANK.deleted,
};

const REASONS: ReadonlyMap<string | null, Cancellation['reason']> = new Map([
  ['cancellation_requested', 'voluntary'],
  ['payment_failed', 'involuntary'],
  ['payment_disputed', 'involuntary'],
]);

export function facetOf(
  subscription: StripeSubscription,
  event: StripeEvent,
  options: ReadOptions,
): SubscriptionFacet {
  const worth = worthOf(itemsOf(subscription), options);
  return {
    ...worth,
    ...timesOf(subscription),
    id: subscription.id,
    purchaseId: subscription.id,
    asOf: event.asOf,
    rank: RANKS[event.type] ?? RANK.updated,
    customerId: subscription.customer,
    status: subscription.status,
    currency: subscription.currency?.toLowerCase() ?? worth.currency,
    createdAt: subscription.created ?? subscription.start_date ?? 0,
    cancellation: cancellationOf(subscription),
    collectionPaused: subscription.pause_collection !== null,
    resumesAt: subscription.pause_collection?.resumes_at ?? null,
    ...defaultMethodIn(subscription),
  };
}

/** Absent where none is set, as in facets of older releases: then the customer's default pays. */
function defaultMethodIn({ default_payment_method: id }: StripeSubscription) {
  return id === null ? {} : { defaultMethodId: id };
}

function timesOf(subscription: StripeSubscription) {
  const period = periodOf(subscription);
  const atPeriodEnd = subscription.cancel_at_period_end ? period.endsAt : null;
  return {
    trialStartsAt: subscription.trial_start,
    trialEndsAt: subscription.trial_end,
    currentPeriodStartsAt: period.startsAt,
    currentPeriodEndsAt: period.endsAt,
    // Portal cancellations in flexible billing set the date and leave the flag alone.
    cancelAt: subscription.cancel_at ?? atPeriodEnd,
    canceledAt: subscription.canceled_at,
    endedAt: subscription.ended_at,
  };
}

function cancellationOf(subscription: StripeSubscription): Cancellation {
  const { reason, feedback } = subscription.cancellation_details;
  return { reason: REASONS.get(reason) ?? 'unknown', feedback };
}

/** Before there were items there was one plan at the top. */
function itemsOf({ items: listed, plan, quantity }: StripeSubscription) {
  if (listed.length > 0 || plan === null) return listed;
  return [{ quantity, price: null, plan, current_period_start: null, current_period_end: null }];
}

/** Since API version basil the items have the periods, which may differ; the latest is the subscription's. */
function periodOf(subscription: StripeSubscription) {
  const latest = subscription.items
    .filter((item) => item.current_period_end !== null)
    .toSorted((a, b) => (b.current_period_end ?? 0) - (a.current_period_end ?? 0))[0];
  return {
    startsAt: latest?.current_period_start ?? subscription.current_period_start,
    endsAt: latest?.current_period_end ?? subscription.current_period_end,
  };
}
