// A change of a subscription: what it was and what it is, and the questions the life cycle asks of it. No I/O. No clock.

import { isFinal } from './facet.ts';
import type { SubscriptionFacet } from './facet.ts';
import { toMajor } from './money.ts';

/** Unix seconds between an end and the end of the paid period that still count as "at the period's end". */
export const PERIOD_END_SLACK_SECONDS = 20;

/** `before` is null when the subscription began with this change. `occurredAt` in Unix milliseconds. */
export type Change = {
  readonly before: SubscriptionFacet | null;
  readonly after: SubscriptionFacet;
  readonly occurredAt: number;
  /** An invoice above zero has been paid for it. */
  readonly wasPaid: boolean;
  /** Its trial has been told to have come to nothing. */
  readonly trialExpired: boolean;
};

type Transition = Change & { readonly before: SubscriptionFacet };

export function isTransition(change: Change): change is Transition {
  return change.before !== null;
}

/** A checkout that is not paid yet changes nothing for anybody, and a final state is a matter of its own. */
export function canChangePlan({ after }: Change): boolean {
  return after.status !== 'incomplete' && !isFinal(after);
}

export function isPlanChange(change: Change): boolean {
  return (
    isTransition(change) &&
    canChangePlan(change) &&
    priceIds(change.before) !== priceIds(change.after)
  );
}

/** Unknown values and other currencies cannot be compared: such a change is neither up nor down. */
export function isComparable(
  { before, after }: Change,
  isSo: (from: number, to: number) => boolean,
): boolean {
  const from = before?.monthlyMinor ?? null;
  const to = after.monthlyMinor;
  return from !== null && to !== null && before?.currency === after.currency && isSo(from, to);
}

/**
 * A trial that came to nothing: it ended in the trial itself, or in the period right after it because the
 * first charge never succeeded (Stripe turns a trial active before it charges).
 */
export function isTrialExpired({ before, after, wasPaid }: Change): boolean {
  if (before === null || wasPaid || after.trialEndsAt === null) return false;
  if (before.status === after.status || isFinal(before)) return false;
  if (!['canceled', 'ended', 'paused', 'unpaid'].includes(after.status)) return false;
  if (before.status === 'trialing') return true;
  return before.status === 'past_due' && after.currentPeriodStartsAt === after.trialEndsAt;
}

/** It ended, and it had been more than an unpaid checkout. */
export function isEnd({ before, after }: Change): boolean {
  if (before === null || isFinal(before)) return false;
  return ['canceled', 'ended'].includes(after.status) && before.status !== 'incomplete';
}

/** Before what was paid for, or planned, had run out. */
export function isImmediate({
  endedAt,
  currentPeriodEndsAt,
  cancelAt,
}: SubscriptionFacet): boolean {
  if (endedAt === null) return false;
  return ![currentPeriodEndsAt, cancelAt].some(
    (planned) => planned !== null && endedAt >= planned - PERIOD_END_SLACK_SECONDS,
  );
}

export function isPaused(facet: SubscriptionFacet): boolean {
  return facet.status === 'paused' || facet.collectionPaused;
}

export function isOwing(facet: SubscriptionFacet): boolean {
  return facet.status === 'past_due' || facet.status === 'unpaid';
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
