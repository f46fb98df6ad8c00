// Subscriptions of a provider that never says what was before (Clerk Billing): what we stored is the before. One
// subscription lives as long as its payer and sees purchases come and go. No I/O. No clock.

import { beginsLate, withBeginning } from './beginning.ts';
import { PERIOD_END_SLACK_SECONDS } from './change.ts';
import { isAtLeastAsNew, isFinal, isLive, RANK } from './facet.ts';
import type { Cancellation, SubscriptionFacet } from './facet.ts';
import type { News } from './news.ts';
import { own } from './own.ts';
import { applyTrialEnds, NO_MARKS, planChangeFrom } from './payments.ts';
import type { SubscriptionMarks } from './payments.ts';
import type { Person, Step } from './person.ts';
import { applyProgress } from './subscriptions.ts';
import type { Progress } from './subscriptions.ts';

type PurchaseNews = Extract<News, { kind: 'purchase' }>;

export function applyPurchase(person: Person, news: PurchaseNews): Step {
  const stored = storedOf(person, news.facet.id);
  const facet = stored === null ? news.facet : completed(news, stored);
  const progress = progressOf({ ...news, facet }, stored, marksOf(person, stored));
  if (progress === null) return settled(person, facet);
  const step = applyProgress(person, {
    ...progress,
    trialEnds: [facet.trialEndsAt, trialLeftBy(facet, progress)],
  });
  const isBegun = progress.change === null || progress.change.before === null;
  const begun = withBeginning(
    isBegun ? withPlanBefore(step, facet, stored) : step,
    progress,
    stored,
  );
  return stored === null ? overtaken(begun, facet) : begun;
}

/** The free plan has taken over by now, and the news of it came first. */
function overtaken(
  { person, moments }: Step,
  { id: subscriptionId, asOf }: SubscriptionFacet,
): Step {
  const { freePlan } = person;
  if (freePlan === undefined || freePlan.asOf <= asOf) return { person, moments };
  const since = { asOf: freePlan.asOf, occurredAt: freePlan.asOf };
  const over = applyUnpaid(person, { kind: 'unpaid', subscriptionId, ...since });
  return { person: over.person, moments: [...moments, ...over.moments] };
}

/** Who pays for another plan while in a trial has ended it: the period of what is paid for begins there. */
function trialLeftBy(facet: SubscriptionFacet, { change }: Progress): number | null {
  const before = change?.before ?? null;
  const isAnother = before !== null && before.purchaseId !== facet.purchaseId;
  const isLeft = isAnother && before.status === 'trialing' && facet.status === 'active';
  return isLeft ? facet.currentPeriodStartsAt : null;
}

/** It changes nothing any more, but what was paid for it may have waited for it. */
function settled(person: Person, facet: SubscriptionFacet): Step {
  const known = own(person.marks, facet.purchaseId);
  if (known === null || known.undecided.length === 0) return { person, moments: [] };
  const { marks, moments } = applyTrialEnds(known, [facet.trialEndsAt], facet);
  return { person: { ...person, marks: { ...person.marks, [facet.purchaseId]: marks } }, moments };
}

/** Who comes back has another purchase in the place of the last one, which is forgotten but for its plan. */
function withPlanBefore(
  { person, moments }: Step,
  { purchaseId, createdAt }: SubscriptionFacet,
  stored: SubscriptionFacet | null,
): Step {
  const marks = own(person.marks, purchaseId);
  const isAnother = stored !== null && stored.purchaseId !== purchaseId;
  if (!isAnother || marks === null || marks.planChange !== null) return { person, moments };
  const planChange = planChangeFrom(stored, createdAt * 1000);
  const changed = { ...person.marks, [purchaseId]: { ...marks, planChange } };
  return { person: { ...person, marks: changed }, moments };
}

/** The free plan is there from sign-up on, so it ends a purchase only where there is one. */
export function applyUnpaid(before: Person, news: Extract<News, { kind: 'unpaid' }>): Step {
  const { subscriptionId, asOf, occurredAt } = news;
  const person = withFreePlan(before, news);
  const stored = storedOf(person, subscriptionId);
  const version = { asOf, rank: RANK.deleted };
  if (stored === null || isFinal(stored) || !isAtLeastAsNew(version, stored)) {
    return { person, moments: [] };
  }
  const endedAt = Math.floor(occurredAt / 1000);
  const after = ended(stored, { ...stored, ...version, status: 'canceled', endedAt });
  return applyProgress(person, {
    current: after,
    change: { before: stored, after, occurredAt },
    trialEnds: [],
  });
}

/** Who pays for nothing has a plan all the same. */
function withFreePlan(person: Person, { plan, asOf }: Extract<News, { kind: 'unpaid' }>): Person {
  const known = person.freePlan;
  const isOld = known !== undefined && known.asOf >= asOf;
  return plan === undefined || isOld ? person : { ...person, freePlan: { plan, asOf } };
}

/** A person has one such subscription; events that do not name it are about it, too. */
export function storedOf(person: Person, subscriptionId: string): SubscriptionFacet | null {
  const all = Object.values(person.subscriptions);
  const named = own(person.subscriptions, subscriptionId);
  return named ?? all.find((facet) => facet.customerId === null) ?? null;
}

export function marksOf(person: Person, stored: SubscriptionFacet | null): SubscriptionMarks {
  return own(person.marks, stored?.purchaseId ?? null) ?? NO_MARKS;
}

/** What an event leaves out about the same purchase is as we knew it. */
function completed({ facet, isTrialUnsaid }: PurchaseNews, stored: SubscriptionFacet) {
  if (facet.purchaseId !== stored.purchaseId) return { ...facet, id: stored.id };
  const { trialStartsAt, trialEndsAt, seats, items } = stored;
  const isStillTrialing =
    isTrialUnsaid && stored.status === 'trialing' && facet.currentPeriodEndsAt === trialEndsAt;
  return {
    ...facet,
    id: stored.id,
    status: isStillTrialing && facet.status === 'active' ? 'trialing' : facet.status,
    trialStartsAt: facet.trialStartsAt ?? trialStartsAt,
    trialEndsAt: facet.trialEndsAt ?? trialEndsAt,
    ...(facet.seats === null ? { seats, items } : {}),
  };
}

/** Null: stale, about a purchase that another has replaced, or a gap between two of them. */
function progressOf(
  news: PurchaseNews,
  stored: SubscriptionFacet | null,
  marks: SubscriptionMarks,
): Progress | null {
  const { facet, begins, occurredAt } = news;
  const beginning = begins && isLive(facet) ? { before: null, after: facet, occurredAt } : null;
  if (stored === null) return { current: facet, change: beginning };
  const isOld = isPast(facet, stored);
  if (beginning !== null && beginsLate(news, stored, marks)) {
    return { current: isOld ? stored : facet, change: beginning };
  }
  if (isOld) return null;
  return isFinal(stored) ? { current: facet, change: beginning } : goesOn(news, stored, marks);
}

/** Null where a purchase is over that another has replaced. */
function goesOn(
  { facet, occurredAt }: PurchaseNews,
  stored: SubscriptionFacet,
  marks: SubscriptionMarks,
): Progress | null {
  const isReplaced = isFinal(facet) && (marks.hasSuccessor || !isDue(facet, stored));
  if (isReplaced) return null;
  const after = isFinal(facet) ? ended(stored, facet) : facet;
  return { current: after, change: { before: stored, after, occurredAt } };
}

/** About what was before: older news, an older purchase, or one that is over. */
function isPast(facet: SubscriptionFacet, stored: SubscriptionFacet): boolean {
  const isSame = facet.purchaseId === stored.purchaseId;
  // What was bought later comes later, although the one before it was touched once more.
  if (!isSame && facet.createdAt > stored.createdAt) return false;
  if (!isAtLeastAsNew(facet, stored)) return true;
  return isSame ? isFinal(stored) : facet.createdAt < stored.createdAt;
}

/**
 * A purchase also ends when a better one replaces it. It is over for good when its end was scheduled and has
 * come; any other end is told by the purchase that replaces it.
 */
function isDue(facet: SubscriptionFacet, stored: SubscriptionFacet): boolean {
  const planned = stored.cancelAt ?? facet.cancelAt;
  const endedAt = facet.endedAt ?? Math.floor(facet.asOf / 1000);
  return planned !== null && endedAt >= planned - PERIOD_END_SLACK_SECONDS;
}

/** Who ended it, and whether before its time, is known from what it was until then. */
function ended(stored: SubscriptionFacet, facet: SubscriptionFacet): SubscriptionFacet {
  return {
    ...facet,
    cancelAt: facet.cancelAt ?? stored.cancelAt,
    canceledAt: facet.canceledAt ?? stored.canceledAt ?? facet.endedAt,
    currentPeriodEndsAt: facet.currentPeriodEndsAt ?? stored.currentPeriodEndsAt,
    cancellation: { ...facet.cancellation, reason: reasonOf(stored) },
  };
}

function reasonOf(stored: SubscriptionFacet): Cancellation['reason'] {
  if (stored.cancelAt !== null) return 'voluntary';
  return stored.status === 'past_due' ? 'involuntary' : 'unknown';
}
