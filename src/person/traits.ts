// Traits: what Customer.io should believe about a person, merged from all their facets. Every identify carries all
// of them, so one that got lost is healed by the next. No I/O. No clock.

import { cardTraits } from './cards.ts';
import { isFree, isLive, isPurchase, isUnpaidCheckout } from './facet.ts';
import type { SubscriptionFacet, Traits, TraitValue } from './facet.ts';
import { hasGone } from './gone.ts';
import { currencyPaid, paidTraits } from './ledger.ts';
import { discounted } from './looked-up.ts';
import { toMajor } from './money.ts';
import { own } from './own.ts';
import type { Person } from './person.ts';
import { byEnd, byPrimacy } from './primacy.ts';
import { revenueOf } from './revenue.ts';

/** The user's traits by our names: what reads the user says each of them. Operators may add others of their own. */
export const USER_TRAITS = [
  'email',
  'emailVerified',
  'firstName',
  'lastName',
  'createdAt',
  'phone',
  'username',
  'imageUrl',
] as const;

export type UserTrait = (typeof USER_TRAITS)[number];

/** The billing traits, in the order of docs/events.md. All of them or none: Customer.io never removes one by itself. */
export const BILLING_TRAITS = [
  'plan',
  'previousPlan',
  'subscriptionStatus',
  'mrr',
  'mrrIsPartial',
  'hasUsage',
  'discounted',
  'currency',
  'billingInterval',
  'seats',
  'trialEndsAt',
  'trialUsed',
  'currentPeriodEndsAt',
  'cancelAt',
  'canceledAt',
  'cancellationFeedback',
  'pausedUntil',
  'firstPaidAt',
  'lastPaidAt',
  'totalPaid',
  'cardExpiresAt',
  'stripeCustomerId',
  'subscriptionId',
  'subscriptionsCount',
] as const;

type BillingTrait = (typeof BILLING_TRAITS)[number];

/**
 * The merge of a person's own facets. `freePlan` is what `plan` says while no subscription is live, for everybody whose provider
 * names no free plan.
 */
export function traitsOf(person: Person, freePlan: string | null): Traits {
  const ownFreePlan = person.freePlan?.plan ?? freePlan;
  return {
    ...person.user?.traits,
    ...customerTraits(person),
    ...purchaseTraits(person),
    plan: ownFreePlan,
    ...billingTraits(person, ownFreePlan),
  };
}

/** Known as soon as a customer is linked, before there is any subscription. */
function customerTraits(person: Person): Traits {
  const stripeCustomerId = person.customers.at(-1);
  if (stripeCustomerId === undefined) return {};
  return { stripeCustomerId, ...cardTraits(person, stripeCustomerId) };
}

/** Who has paid and never had a subscription: all that is known of them is their money. */
function purchaseTraits(person: Person): Traits {
  const currency = currencyPaid(person.ledgers ?? {});
  return currency === null ? {} : { currency, ...moneyTraits(person, currency) };
}

/** What was paid before anything was counted is not known, not nothing. */
function moneyTraits(person: Person, currency: string | null) {
  const traits = paidTraits(person.ledgers ?? {}, currency);
  const hasPaid =
    person.earlier?.wasPaid === true || Object.values(person.marks).some(({ wasPaid }) => wasPaid);
  const isUnknown = traits.firstPaidAt === null && hasPaid;
  return { ...traits, totalPaid: isUnknown ? null : traits.totalPaid };
}

function billingTraits(person: Person, freePlan: string | null): Traits {
  const all = Object.values(person.subscriptions);
  const bought = all.filter((facet) => isPurchase(facet) || lapseOf(person, facet) !== null);
  const live = bought.filter((facet) => isPurchase(facet) && isLive(facet)).toSorted(byPrimacy);
  const primary = live[0];
  const free = freePlanOf(all, freePlan);
  const shown = primary ?? bought.toSorted(byEnd)[0];
  if (shown === undefined) {
    const hasToSay = person.tenure.hasLost || all.some(isFree);
    return hasToSay ? nothingLeft(person, free) : {};
  }
  const customerId = customerOf(person, shown);
  return {
    plan: primary === undefined ? free : primary.plan,
    previousPlan: planBefore(person, shown, all),
    subscriptionStatus: statusOf(shown),
    ...revenueTraits(
      live.map((facet) => discounted(person, facet)),
      shown.currency,
    ),
    currency: shown.currency,
    ...primaryTraits(primary),
    trialUsed: hasUsedTrial(person),
    canceledAt: shown.canceledAt ?? lapseOf(person, shown),
    pausedUntil: pausedUntil(shown),
    ...moneyTraits(person, shown.currency),
    cardExpiresAt: null,
    ...cardTraits(person, customerId, primary ?? null),
    stripeCustomerId: customerId,
    subscriptionId: shown.id,
    subscriptionsCount: live.length,
  } satisfies Record<BillingTrait, TraitValue>;
}

/** One that is deleted at the provider is nobody's any more. */
function customerOf(person: Person, { customerId }: SubscriptionFacet): string | null {
  const isTheirs = customerId !== null && !hasGone(person, customerId);
  return isTheirs ? customerId : (person.customers.at(-1) ?? null);
}

/** Customer.io forgets nothing by itself: what left with a customer has to be said. */
function nothingLeft(person: Person, freePlan: string | null) {
  const customerId = person.customers.at(-1) ?? null;
  return {
    plan: freePlan,
    previousPlan: null,
    subscriptionStatus: null,
    ...revenueTraits([], null),
    currency: null,
    ...NOTHING_LIVE,
    trialUsed: hasUsedTrial(person),
    canceledAt: null,
    pausedUntil: null,
    ...moneyTraits(person, currencyPaid(person.ledgers ?? {})),
    cardExpiresAt: null,
    ...cardTraits(person, customerId),
    stripeCustomerId: customerId,
    subscriptionId: null,
    subscriptionsCount: 0,
  } satisfies Record<BillingTrait, TraitValue>;
}

const NOTHING_LIVE = {
  billingInterval: null,
  seats: null,
  trialEndsAt: null,
  currentPeriodEndsAt: null,
  cancelAt: null,
  cancellationFeedback: null,
};

function primaryTraits(primary: SubscriptionFacet | undefined) {
  if (primary === undefined) return NOTHING_LIVE;
  const { billingInterval, seats, trialEndsAt, currentPeriodEndsAt, cancelAt } = primary;
  const cancellationFeedback = cancelAt === null ? null : primary.cancellation.feedback;
  const periods = { trialEndsAt, currentPeriodEndsAt, cancelAt };
  return { billingInterval, seats, ...periods, cancellationFeedback };
}

/** What is worth nothing and was bought before: when that ended, Unix seconds. */
function lapseOf({ marks }: Person, facet: SubscriptionFacet): number | null {
  return isFree(facet) ? (own(marks, facet.purchaseId)?.lapsedAt ?? null) : null;
}

/** The plan of those who pay for none: a subscription that is worth nothing names it, else the configuration. */
function freePlanOf(all: readonly SubscriptionFacet[], freePlan: string | null): string | null {
  const free = all.filter((facet) => isFree(facet) && isLive(facet)).toSorted(byPrimacy)[0];
  return free === undefined ? freePlan : (free.plan ?? freePlan);
}

/** One vocabulary for every provider, and `paused` for whatever is paused. */
function statusOf(facet: SubscriptionFacet): string {
  if (isFree(facet) || facet.status === 'ended') return 'canceled';
  return facet.collectionPaused && isLive(facet) ? 'paused' : facet.status;
}

function pausedUntil(facet: SubscriptionFacet): number | null {
  return statusOf(facet) === 'paused' ? facet.resumesAt : null;
}

function hasUsedTrial({ subscriptions, marks, earlier }: Person): boolean {
  return (
    earlier?.hasTrial === true ||
    Object.values(subscriptions).some((facet) => isPurchase(facet) && facet.trialEndsAt !== null) ||
    Object.values(marks).some((each) => each.trialEnds.length > 0)
  );
}

function revenueTraits(live: readonly SubscriptionFacet[], currency: string | null) {
  const { minor, isPartial } = revenueOf(live, currency);
  return {
    mrr: minor === null ? null : toMajor(minor, currency),
    mrrIsPartial: isPartial,
    hasUsage: live.some((facet) => facet.hasUsage === true),
    discounted: live.some((facet) => facet.isDiscounted === true),
  };
}

/** Of one that is live the plan before it, of one that is over its own. */
function planBefore(
  person: Person,
  shown: SubscriptionFacet,
  all: readonly SubscriptionFacet[],
): string | null {
  const change = own(person.marks, shown.purchaseId)?.planChange ?? null;
  const isRunning = isPurchase(shown) && isLive(shown);
  if (!isRunning && !isFree(shown)) return shown.plan;
  if (change !== null) return change.from;
  return formerPlan(all) ?? freePlanBeside(person, shown);
}

/** Where the provider has a free plan beside what is bought, that was theirs until then. */
function freePlanBeside({ freePlan }: Person, { customerId }: SubscriptionFacet): string | null {
  return customerId === null && freePlan !== undefined ? freePlan.plan : null;
}

function formerPlan(all: readonly SubscriptionFacet[]): string | null {
  const former = all.filter((facet) => !isLive(facet) && !isUnpaidCheckout(facet));
  return former.toSorted(byEnd)[0]?.plan ?? null;
}
