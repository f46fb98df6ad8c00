// The warning before a trial ends, which each provider sends by itself. No I/O. No clock.

import { monthly, PERIOD_END_SLACK_SECONDS } from './change.ts';
import { isPurchase } from './facet.ts';
import type { SubscriptionFacet } from './facet.ts';
import { happened } from './moment.ts';
import type { Moment } from './moment.ts';

/**
 * Null unless something is bought that is trialing, and its end lies ahead of `at` (Unix milliseconds). `will_convert` is
 * false where the end is set no later than the trial's, and null where nobody can say.
 */
export function trialEnding(
  facet: SubscriptionFacet,
  { at, hasWayToPay }: { readonly at: number; readonly hasWayToPay: boolean | null },
): Moment | null {
  const { id, purchaseId, status, trialEndsAt, cancelAt, plan, currency } = facet;
  if (status !== 'trialing' || !isPurchase(facet)) return null;
  if (trialEndsAt === null || trialEndsAt * 1000 <= at) return null;
  const endsWithIt = cancelAt !== null && cancelAt <= trialEndsAt + PERIOD_END_SLACK_SECONDS;
  return happened('trial_ending', {
    key: [purchaseId, trialEndsAt],
    at,
    keyAt: trialEndsAt * 1000,
    subscriptionId: id,
    properties: {
      plan,
      currency,
      trial_ends_at: trialEndsAt,
      cancel_at: cancelAt,
      mrr: monthly(facet),
      will_convert: endsWithIt ? false : hasWayToPay,
    },
  });
}
