// Facets: what one provider object says is true about a person, as of a time. Every provider maps into these
// shapes, so the life cycle and the traits are written once. No I/O. No clock.

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
  /** Marks of the emails they have verified, see email-mark.ts. Absent where there are none. */
  readonly verified?: readonly string[];
  /** The application says in their metadata which customer they are. */
  readonly isCustomer?: true;
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
  /** Sorted by price id, so that equal subscriptions compare equal. */
  readonly items: readonly SubscriptionItem[];
  /** Licensed quantities added up; null when nothing is licensed. */
  readonly seats: number | null;
  /** What the plans are worth a month, also in a trial; null when it cannot be known (tiers, metered use). */
  readonly monthlyMinor: number | null;
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
  readonly resumesAt: number | null;
  /** The way to pay that is set on the subscription itself; absent where none is. */
  readonly defaultMethodId?: string;
};

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
