// Traits: what Customer.io should believe about a person, merged from all their facets. Every identify carries all
// of them, so one that got lost is healed by the next. No I/O. No clock.

import { cardTraits } from './cards.ts';
import { isLive } from './facet.ts';
import type { SubscriptionFacet, Traits, TraitValue } from './facet.ts';
import { toMajor } from './money.ts';
import { own } from './own.ts';
import type { Person } from './person.ts';

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

/** The billing traits, in the order of docs/moments.md. All of them or none: Customer.io never removes one by itself. */
export const BILLING_TRAITS = [
  'plan',
  'previousPlan',
  'subscriptionStatus',
  'mrr',
  'currency',
  'billingInterval',
  'seats',
  'trialEndsAt',
  'currentPeriodEndsAt',
  'cancelAt',
  'canceledAt',
  'cardExpiresAt',
  'stripeCustomerId',
  'subscriptionId',
  'subscriptionsCount',
] as const;

type BillingTrait = (typeof BILLING_TRAITS)[number];

/** The merge of a person's facets. `freePlan` is what `plan` says while no subscription is live. */
export function traitsOf(person: Person, freePlan: string | null): Traits {
  return { ...person.user?.traits, ...customerTraits(person), ...billingTraits(person, freePlan) };
}

/** Known as soon as a customer is linked, before there is any subscription. */
function customerTraits(person: Person): Traits {
  const stripeCustomerId = person.customers.at(-1);
  if (stripeCustomerId === undefined) return {};
  return { stripeCustomerId, ...cardTraits(person, stripeCustomerId) };
}

function billingTraits(person: Person, freePlan: string | null): Traits {
  const all = Object.values(person.subscriptions).filter(isPurchase);
  const live = all.filter(isLive).toSorted(byPrimacy);
  const primary = live[0];
  const shown = primary ?? all.toSorted(byEnd)[0];
  if (shown === undefined) return person.tenure.hasLost ? nothingLeft(person, freePlan) : {};
  const customerId = shown.customerId ?? person.customers.at(-1) ?? null;
  return {
    plan: primary === undefined ? freePlan : primary.plan,
    previousPlan: primary === undefined ? shown.plan : planBefore(person, primary, all),
    subscriptionStatus: shown.status,
    mrr: recurringRevenue(live, shown.currency),
    currency: shown.currency,
    ...primaryTraits(primary),
    canceledAt: shown.canceledAt,
    cardExpiresAt: null,
    ...cardTraits(person, customerId),
    stripeCustomerId: customerId,
    subscriptionId: shown.id,
    subscriptionsCount: live.length,
  } satisfies Record<BillingTrait, TraitValue>;
}

/** Customer.io forgets nothing by itself: what left with a customer has to be said. */
function nothingLeft(person: Person, freePlan: string | null) {
  const customerId = person.customers.at(-1) ?? null;
  return {
    plan: freePlan,
    previousPlan: null,
    subscriptionStatus: null,
    mrr: 0,
    currency: null,
    ...NOTHING_LIVE,
    canceledAt: null,
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
};

function primaryTraits(primary: SubscriptionFacet | undefined) {
  if (primary === undefined) return NOTHING_LIVE;
  const { billingInterval, seats, trialEndsAt, currentPeriodEndsAt, cancelAt } = primary;
  return { billingInterval, seats, trialEndsAt, currentPeriodEndsAt, cancelAt };
}

/** A checkout that was never paid is not a subscription the person has had. */
function isPurchase(facet: SubscriptionFacet): boolean {
  return facet.status !== 'incomplete' && facet.status !== 'incomplete_expired';
}

/** The primary subscription is the live one of the largest monthly value, then the newest. */
function byPrimacy(a: SubscriptionFacet, b: SubscriptionFacet): number {
  return monthlyMajor(b) - monthlyMajor(a) || b.createdAt - a.createdAt || (a.id < b.id ? -1 : 1);
}

/** For comparing different currencies major units are the better guess: minor units differ in size. */
function monthlyMajor({ monthlyMinor, currency }: SubscriptionFacet): number {
  return toMajor(monthlyMinor ?? 0, currency);
}

function byEnd(a: SubscriptionFacet, b: SubscriptionFacet): number {
  return endOf(b) - endOf(a) || byPrimacy(a, b);
}

/** Paused and unpaid subscriptions have not ended: they come before all that have. */
function endOf(facet: SubscriptionFacet): number {
  return facet.endedAt ?? Number.MAX_SAFE_INTEGER;
}

function planBefore(
  person: Person,
  primary: SubscriptionFacet,
  all: readonly SubscriptionFacet[],
): string | null {
  const change = own(person.marks, primary.purchaseId)?.planChange ?? null;
  if (change !== null) return change.from;
  return all.filter((facet) => !isLive(facet)).toSorted(byEnd)[0]?.plan ?? null;
}

/** Nothing is earned in a trial or while collection is paused; one unknown value makes the sum unknown. */
function recurringRevenue(live: readonly SubscriptionFacet[], currency: string | null) {
  const earning = live.filter(
    (facet) =>
      facet.status !== 'trialing' && !facet.collectionPaused && facet.currency === currency,
  );
  const values = earning.map((facet) => facet.monthlyMinor);
  if (values.includes(null)) return null;
  return toMajor(
    values.reduce((sum: number, value) => sum + (value ?? 0), 0),
    currency,
  );
}
