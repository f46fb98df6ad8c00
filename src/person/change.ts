// A change of a subscription: what it was and what it is, and the questions the life cycle asks of it. No I/O. No clock.

import { isFinal, isFree, isPurchase } from './facet.ts';
import type { PauseReason, SubscriptionFacet } from './facet.ts';
import { toMajor } from './money.ts';

/** Unix seconds between an end and the end of the paid period that still count as "at the period's end". */
export const PERIOD_END_SLACK_SECONDS = 20;

/** `before` is null when the subscription began with this change. `occurredAt` in Unix milliseconds. */
export type Change = {
  readonly before: SubscriptionFacet | null;
  readonly after: SubscriptionFacet;
  readonly occurredAt: number;
  /** It has been paid for: an invoice above zero, or one that converted the trial. */
  readonly wasPaid: boolean;
  /** Its trial has been told to have come to nothing. */
  readonly trialExpired: boolean;
  /** It was bought before, and then worth nothing for a while. */
  readonly hasLapsed: boolean;
  /** What the plan was called that they had for nothing, by their provider's word. */
  readonly freePlan: string | null;
  /** The person's other purchases, as they are known now. */
  readonly others: readonly SubscriptionFacet[];
};

/** A change as campaigns see it. */
export type BoughtChange = Change & {
  /** It was worth nothing before: paying for it begins it. */
  readonly freeBefore: SubscriptionFacet | null;
  /** It is worth nothing any more, so for campaigns it has ended. */
  readonly isFreeNow: boolean;
};

type Transition = BoughtChange & { readonly before: SubscriptionFacet };

export function isTransition(change: BoughtChange): change is Transition {
  return change.before !== null;
}

/**
 * The change as campaigns see it: what nobody bought was not there, so a free plan that is paid for begins, and a paid
 * one that becomes free ends. Null where nothing was bought, before or after.
 */
export function asBought(change: Change): BoughtChange | null {
  const { before, after, occurredAt } = change;
  const bought = before !== null && isPurchase(before) ? before : null;
  const freeBefore = before !== null && isFree(before) ? before : null;
  if (isPurchase(after)) return { ...change, before: bought, freeBefore, isFreeNow: false };
  if (bought === null || !isFree(after)) return null;
  const isOwed = isOwing(bought);
  const ended = {
    ...bought,
    status: 'canceled',
    endedAt: Math.floor(occurredAt / 1000),
    cancellation: { reason: isOwed ? 'involuntary' : 'voluntary', feedback: null },
  } as const;
  return { ...change, before: bought, after: ended, freeBefore: null, isFreeNow: true };
}

/** A final state is a matter of its own. */
export function canChangePlan(change: BoughtChange): change is Transition {
  return isTransition(change) && !isFinal(change.after) && !isTrialExpired(change);
}

export function isOtherPlan(change: BoughtChange): boolean {
  return canChangePlan(change) && planKey(change.before) !== planKey(change.after);
}

export function isOtherInterval(change: BoughtChange): boolean {
  return (
    canChangePlan(change) &&
    !isOtherPlan(change) &&
    change.before.billingInterval !== change.after.billingInterval
  );
}

/** Other prices, or another quantity of an item that is not the main one. */
export function isOtherPrice(change: BoughtChange): boolean {
  if (!canChangePlan(change)) return false;
  if (priceIds(change.before) !== priceIds(change.after)) return true;
  return (
    change.before.seats === change.after.seats &&
    quantities(change.before) !== quantities(change.after)
  );
}

/** Unknown values and other currencies cannot be compared: such a change is neither up nor down. */
export function isComparable(
  { before, after }: Change,
  isSo: (from: number, to: number) => boolean,
): boolean {
  const from = before === null ? null : unitOf(before);
  const to = unitOf(after);
  return from !== null && to !== null && before?.currency === after.currency && isSo(from, to);
}

function planKey({ planKey: key, plan }: SubscriptionFacet): string | null {
  return key ?? plan;
}

function unitOf({ unitMinor, monthlyMinor }: SubscriptionFacet): number | null {
  return unitMinor === undefined ? monthlyMinor : unitMinor;
}

/**
 * A trial that came to nothing: it ended in the trial itself, or in the period right after it because the
 * first charge never succeeded (Stripe turns a trial active before it charges).
 */
export function isTrialExpired(change: BoughtChange): boolean {
  const { before, after, wasPaid, isFreeNow } = change;
  if (before === null || wasPaid || after.trialEndsAt === null) return false;
  if (before.status === after.status || isFinal(before)) return false;
  if (!['canceled', 'ended', 'paused', 'unpaid'].includes(after.status)) return false;
  if (before.status === 'trialing') return true;
  const isFirstPeriod = after.currentPeriodStartsAt === after.trialEndsAt;
  return (before.status === 'past_due' || isFreeNow) && isFirstPeriod;
}

/** It ended, and it had been more than an unpaid checkout. */
export function isEnd({ before, after }: Change): boolean {
  if (before === null || isFinal(before)) return false;
  return ['canceled', 'ended'].includes(after.status);
}

/** Before what was paid for, or planned, had run out; null where nobody chose the end. */
export function isImmediate(facet: SubscriptionFacet): boolean | null {
  const { endedAt, currentPeriodEndsAt, cancelAt, cancellation } = facet;
  if (endedAt === null || cancellation.reason === 'involuntary') return null;
  return ![currentPeriodEndsAt, cancelAt].some(
    (planned) => planned !== null && endedAt >= planned - PERIOD_END_SLACK_SECONDS,
  );
}

export function isPaused(facet: SubscriptionFacet): boolean {
  return facet.status === 'paused' || facet.collectionPaused;
}

/** Why it is paused, as far as the subscription and what it was before say. */
export function pauseReason(
  facet: SubscriptionFacet,
  before: SubscriptionFacet | null,
): PauseReason | null {
  if (facet.status !== 'paused') return facet.collectionPaused ? 'collection' : null;
  if (facet.pauseReason !== undefined) return facet.pauseReason;
  if (before?.status === 'trialing') return 'trial_ended';
  return before !== null && isOwing(before) ? 'payment_failed' : 'requested';
}

export function isOwing(facet: SubscriptionFacet): boolean {
  return facet.status === 'past_due' || facet.status === 'unpaid';
}

/** Owing, or paused for it: a payment makes it active again. */
export function isInDunning(facet: SubscriptionFacet): boolean {
  return isOwing(facet) || (facet.status === 'paused' && facet.pauseReason === 'payment_failed');
}

export function monthly(facet: SubscriptionFacet): number | null {
  return facet.monthlyMinor === null ? null : toMajor(facet.monthlyMinor, facet.currency);
}

export function priceIds(facet: SubscriptionFacet): string {
  return facet.items.map((item) => item.priceId).join('+');
}

export function quantities(facet: SubscriptionFacet): string {
  return facet.items.map((item) => `${item.priceId}*${item.quantity ?? ''}`).join('+');
}
