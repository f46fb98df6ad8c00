// Subscriptions of a provider that never says what was before (Clerk Billing): what we stored is the before. One
// subscription lives as long as its payer and sees purchases come and go. No I/O. No clock.

import { isAtLeastAsNew, isFinal, isLive, RANK } from './facet.ts';
import type { Cancellation, SubscriptionFacet } from './facet.ts';
import { PERIOD_END_SLACK_SECONDS } from './lifecycle.ts';
import type { News } from './news.ts';
import { own } from './own.ts';
import type { Person, Step } from './person.ts';
import { takeProgress } from './subscriptions.ts';
import type { Progress } from './subscriptions.ts';

type PurchaseNews = Extract<News, { kind: 'purchase' }>;

export function takePurchase(person: Person, news: PurchaseNews): Step {
  const progress = progressOf(news, own(person.subscriptions, news.facet.id));
  if (progress === null) return { person, moments: [] };
  return takeProgress(person, { ...progress, trialEnds: [news.facet.trialEndsAt] });
}

/** The free plan is there from sign-up on, so it ends a purchase only where there is one. */
export function takeUnpaid(person: Person, news: Extract<News, { kind: 'unpaid' }>): Step {
  const { subscriptionId, asOf, occurredAt } = news;
  const stored = own(person.subscriptions, subscriptionId);
  const version = { asOf, rank: RANK.deleted };
  if (stored === null || isFinal(stored) || !isAtLeastAsNew(version, stored)) {
    return { person, moments: [] };
  }
  const endedAt = Math.floor(occurredAt / 1000);
  const after = ended(stored, { ...stored, ...version, status: 'ended', endedAt });
  return takeProgress(person, {
    current: after,
    change: { before: stored, after, occurredAt },
    trialEnds: [],
  });
}

/** Null: stale, about a purchase that another has replaced, or a gap between two of them. */
function progressOf(news: PurchaseNews, stored: SubscriptionFacet | null): Progress | null {
  const { facet, begins, occurredAt } = news;
  const isBeginning = begins && isLive(facet);
  const beginning = isBeginning ? { before: null, after: facet, occurredAt } : null;
  if (stored === null) return { current: facet, change: beginning };
  if (!isAtLeastAsNew(facet, stored) || facet.createdAt < stored.createdAt) return null;
  if (isFinal(stored)) {
    const isAnother = facet.createdAt > stored.createdAt;
    return isAnother ? { current: facet, change: beginning } : null;
  }
  if (!isFinal(facet)) {
    return { current: facet, change: { before: stored, after: facet, occurredAt } };
  }
  if (!isDue(facet, stored)) return null;
  const after = ended(stored, facet);
  return { current: after, change: { before: stored, after, occurredAt } };
}

/**
 * A purchase also ends when a better one replaces it. It is over for good when its end was scheduled and has
 * come; any other end is told by what takes its place.
 */
function isDue(facet: SubscriptionFacet, stored: SubscriptionFacet): boolean {
  const planned = stored.cancelAt ?? facet.cancelAt;
  const endedAt = facet.endedAt ?? Math.floor(facet.asOf / 1000);
  return planned !== null && endedAt >= planned - PERIOD_END_SLACK_SECONDS;
}

/** Who ended it is known from what it was until then. */
function ended(stored: SubscriptionFacet, facet: SubscriptionFacet): SubscriptionFacet {
  return { ...facet, cancellation: { ...facet.cancellation, reason: reasonOf(stored) } };
}

function reasonOf(stored: SubscriptionFacet): Cancellation['reason'] {
  if (stored.cancelAt !== null) return 'voluntary';
  return stored.status === 'past_due' ? 'involuntary' : 'unknown';
}
