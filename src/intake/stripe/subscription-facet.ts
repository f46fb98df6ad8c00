// Stripe's subscription as a facet, in whatever shape its API version gives it.
// https://docs.stripe.com/api/subscriptions/object

import { RANK } from '../../person/facet.ts';
import type { Cancellation, PauseReason, SubscriptionFacet } from '../../person/facet.ts';
import * as v from '../../platform/schema.ts';
import type { ReadOptions } from '../provider.ts';
import { count, flag, needed, record, text } from '../shape.ts';
import { discountList, oneDiscount } from './discount.ts';
import type { StripeEvent } from './envelope.ts';
import { items, legacyPlan } from './price.ts';
import type { StripeItem } from './price.ts';
import { neededReference, reference } from './shape.ts';
import { worthOf } from './worth.ts';

export const Subscription = v.object({
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
  cancellation_details: v.part({ reason: text, feedback: text }),
  default_payment_method: reference,
  /** A card of before there were payment methods. */
  default_source: reference,
  discount: oneDiscount,
  discounts: discountList,
  pause_collection: v.orNull(v.object({ resumes_at: count })),
  status_details: v.pipe(
    v.part({ paused: v.part({ subscription: v.part({ type: text }) }) }),
    v.transform(({ paused }) => ({ pausedBy: paused.subscription.type })),
  ),
  metadata: record,
});

export type StripeSubscription = v.InferOutput<typeof Subscription>;

const RANKS: Readonly<Record<string, SubscriptionFacet['rank']>> = {
  'customer.subscription.created': RANK.created,
  'customer.subscription.trial_will_end': RANK.ending,
  'customer.subscription.deleted': RANK.deleted,
  // Whatever a webhook of the same second says wins.
  'subscription.snapshot': RANK.created,
};

const REASONS: ReadonlyMap<string | null, Cancellation['reason']> = new Map([
  ['cancellation_requested', 'voluntary'],
  ['payment_failed', 'involuntary'],
  ['payment_disputed', 'involuntary'],
]);

/** Why the status says paused; older API versions do not tell. */
const PAUSES: ReadonlyMap<string | null, PauseReason> = new Map([
  ['trial_end_without_payment_method', 'trial_ended'],
  ['pause_requested', 'requested'],
  ['first_payment_failure', 'payment_failed'],
  ['final_payment_failure', 'payment_failed'],
]);

export function facetOf(
  subscription: StripeSubscription,
  event: StripeEvent,
  options: ReadOptions,
): SubscriptionFacet {
  const discounts = discountsOf(subscription);
  const all = itemsOf(subscription);
  const hasMore = subscription.items.has_more;
  const { main, ...worth } = worthOf({ all, hasMore, discounts }, options);
  const isDiscounted = [discounts, ...all.map((item) => item.discounts)].some(
    (each) => each.length > 0,
  );
  return {
    ...worth,
    ...(isDiscounted ? { isDiscounted } : {}),
    ...timesOf(subscription, main),
    ...pauseOf(subscription),
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

/** Some API versions tell one of them twice: its id in the list, and the whole beside it. */
function discountsOf({ discount, discounts }: StripeSubscription) {
  if (discount === null) return discounts;
  if (discounts.length === 0) return [discount];
  return discounts.map((each) => (each.id === discount.id ? discount : each));
}

function pauseOf({ status, status_details: { pausedBy } }: StripeSubscription) {
  const pauseReason = PAUSES.get(pausedBy);
  return status === 'paused' && pauseReason !== undefined ? { pauseReason } : {};
}

/** Absent where none is set, as in facets of older releases: then the customer's default pays. */
function defaultMethodIn({ default_payment_method: id }: StripeSubscription) {
  return id === null ? {} : { defaultMethodId: id };
}

function timesOf(subscription: StripeSubscription, main: StripeItem | undefined) {
  const period = periodOf(subscription, main);
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
  if (listed.data.length > 0 || plan === null) return listed.data;
  const period = { current_period_start: null, current_period_end: null };
  return [{ quantity, price: null, plan, discounts: [], ...period }];
}

/** Since API version basil the items have the periods, which may differ; the main one's is the subscription's. */
function periodOf(subscription: StripeSubscription, main: StripeItem | undefined) {
  return {
    startsAt: main?.current_period_start ?? subscription.current_period_start,
    endsAt: main?.current_period_end ?? subscription.current_period_end,
  };
}
