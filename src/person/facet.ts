// Facets: what one provider object says is true about a person, as of a time. Every provider maps into these
// shapes, so the life cycle and the traits are written once. No I/O. No clock.

import type { KeptSum } from './coupons.ts';
import type { PlanNaming } from './plan-name.ts';

/** Which of two pieces of news within one instant is the later one (Stripe's clock has one-second grain). */
type Rank = 0 | 1 | 2 | 3;
export const RANK = { created: 0, ending: 1, updated: 2, deleted: 3 } as const satisfies Record<
  string,
  Rank
>;

/** Orders news about one object: `asOf` in Unix milliseconds, then rank. Never later than the time of receipt. */
type Version = { readonly asOf: number; readonly rank: Rank };

export type TraitValue = string | number | boolean | null;
export type Traits = Readonly<Record<string, TraitValue>>;

/** The signed-in user. Only traits that are known: an absent one never wipes a known one. */
export type UserFacet = Version & {
  readonly traits: Traits;
  /** The operator's own traits, and the paths they were read from. Absent where there are none. */
  readonly paths?: Readonly<Record<string, string>>;
  /** Marks of the emails they have verified, see email-mark.ts. Absent where there are none. */
  readonly verified?: readonly string[];
  /** The application says in their metadata which customer they are. */
  readonly isCustomer?: true;
  /** Mark of the provider's instance that has told of them last. Absent where nobody knows which it was. */
  readonly instance?: string;
};

/** One price within a subscription. */
export type SubscriptionItem = {
  readonly priceId: string;
  /** Null where the provider counts usage instead. */
  readonly quantity: number | null;
};

/** Why a subscription ends or ended, in the provider-neutral words of the contract. */
export type Cancellation = {
  readonly reason: 'voluntary' | 'involuntary' | 'unknown';
  readonly feedback: string | null;
};

/**
 * One subscription. Times are Unix seconds or null; money is whole minor units of `currency` (lower case).
 * `status` is the provider's word; one we do not know counts as not live.
 */
export type SubscriptionFacet = Version & {
  readonly id: string;
  /**
   * What a person buys once and what ends once. Stripe makes a new subscription for every purchase, so it is `id`;
   * Clerk Billing keeps one subscription for ever and makes a new item.
   */
  readonly purchaseId: string;
  readonly customerId: string | null;
  readonly status: string;
  /** The name campaigns see: from the PLANS table, else the best name the provider gives. */
  readonly plan: string | null;
  /** What makes two prices one plan: the name in the PLANS table, else the product. Absent: the plan's name does. */
  readonly planKey?: string | null;
  /** What the plan's name was made from. Absent in facets of older releases. */
  readonly planNaming?: PlanNaming;
  /** Sorted by price id, so that equal subscriptions compare equal. */
  readonly items: readonly SubscriptionItem[];
  /** The quantity of the main item; null when it is not licensed. */
  readonly seats: number | null;
  /**
   * What it is worth a month, also in a trial: what is known of it, without use that is metered. Null when nothing is
   * known (tiers).
   */
  readonly monthlyMinor: number | null;
  /**
   * What one seat of the main item costs a month, before any discount, in minor units and not rounded: what plans are
   * compared by. Absent: the plan has one price, `monthlyMinor`.
   */
  readonly unitMinor?: number | null;
  /** Use is metered: what it will cost is not in `monthlyMinor`. */
  readonly hasUsage?: true;
  /** Some price of it cannot be known, and counts 0 in `monthlyMinor`. */
  readonly isPartial?: true;
  /** A coupon stands. */
  readonly isDiscounted?: true;
  /** Where no more than the ids of coupons are told: what they would be taken off. `monthlyMinor` is without them. */
  readonly coupons?: KeptSum;
  readonly currency: string | null;
  readonly billingInterval: string | null;
  /** When the purchase was made. */
  readonly createdAt: number;
  readonly trialStartsAt: number | null;
  readonly trialEndsAt: number | null;
  readonly currentPeriodStartsAt: number | null;
  readonly currentPeriodEndsAt: number | null;
  /** When it will end, if an end is scheduled (by flag or by date). */
  readonly cancelAt: number | null;
  readonly canceledAt: number | null;
  readonly endedAt: number | null;
  readonly cancellation: Cancellation;
  /** Invoices are not being collected although the status may still say active. */
  readonly collectionPaused: boolean;
  /** Why the status says paused. Absent where it does not, or where nobody knows. */
  readonly pauseReason?: PauseReason;
  readonly resumesAt: number | null;
  /** The way to pay that is set on the subscription itself; absent where none is. */
  readonly defaultMethodId?: string;
};

/** Somebody asked for it; a trial ended without a way to pay; a payment failed; nothing is collected meanwhile. */
export type PauseReason = 'requested' | 'trial_ended' | 'payment_failed' | 'collection';

/**
 * Worth nothing, with nothing metered and nothing unknown: a plan that nobody buys. It names the plan, and starts, renews
 * and ends nothing.
 */
export function isFree({ monthlyMinor, hasUsage, isPartial }: SubscriptionFacet): boolean {
  return monthlyMinor === 0 && hasUsage === undefined && isPartial === undefined;
}

/**
 * The plan by which these prices are charged; null where the subscription has none of them, because it has not changed to them
 * yet, or has since.
 */
export function planCharged(
  { plan, items }: SubscriptionFacet,
  priceIds: readonly string[] = [],
): string | null {
  const isTheirs = items.some(({ priceId }) => priceIds.includes(priceId));
  return isTheirs || priceIds.length === 0 ? plan : null;
}

/** Something is bought: neither free nor a checkout that was never paid. */
export function isPurchase(facet: SubscriptionFacet): boolean {
  return !isFree(facet) && !isUnpaidCheckout(facet);
}

/** It was never paid, and so never began. */
export function isUnpaidCheckout({ status }: SubscriptionFacet): boolean {
  return ['incomplete', 'incomplete_expired'].includes(status);
}

/** To compare by, Unix seconds: whatever has not ended, paused and unpaid too, comes behind all that has. */
export function endOf({ endedAt }: SubscriptionFacet): number {
  return endedAt ?? Number.MAX_SAFE_INTEGER;
}

/** Live subscriptions give access: they count towards `plan` and `subscriptionsCount`. */
export function isLive(facet: SubscriptionFacet): boolean {
  return ['trialing', 'active', 'past_due'].includes(facet.status);
}

/** Final: the provider never changes it again, so nothing that arrives later may move the facet. */
export function isFinal(facet: SubscriptionFacet): boolean {
  return ['canceled', 'incomplete_expired', 'ended', 'abandoned'].includes(facet.status);
}

/** A facet takes news that is at least as new as itself; on a tie the later arrival wins. */
export function isAtLeastAsNew(news: Version, known: Version): boolean {
  if (news.asOf !== known.asOf) return news.asOf > known.asOf;
  return news.rank >= known.rank;
}
