// Recurring revenue: what subscriptions bring in a month, and how much of that is known. No I/O. No clock.

import { isLive } from './facet.ts';
import type { SubscriptionFacet } from './facet.ts';

/** In minor units of the currency that was asked for; null when nothing of it is known. `isPartial`: there is more. */
type Revenue = { readonly minor: number | null; readonly isPartial: boolean };

/** Nothing is earned in a trial, while collection is paused, or by what is not live. */
export function revenueOf(facets: readonly SubscriptionFacet[], currency: string | null): Revenue {
  const earning = facets.filter(
    (facet) => isLive(facet) && facet.status !== 'trialing' && !facet.collectionPaused,
  );
  const values = earning
    .filter((facet) => facet.currency === currency)
    .map(({ monthlyMinor }) => monthlyMinor);
  const known = values.filter((value) => value !== null);
  const isUnknown = known.length === 0 && values.length > 0;
  return {
    minor: isUnknown ? null : known.reduce((sum, value) => sum + value, 0),
    isPartial: earning.some(
      (facet) =>
        facet.monthlyMinor === null || facet.isPartial === true || facet.currency !== currency,
    ),
  };
}
