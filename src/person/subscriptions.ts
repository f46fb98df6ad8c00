// News of a subscription into the person: the facet moves when the news is newer, the moments come from the event's
// own change, also when it arrives late. No I/O. No clock.

import { isOwing, pauseReason } from './change.ts';
import type { Change } from './change.ts';
import { isAtLeastAsNew, isFinal, isFree, isPurchase, RANK } from './facet.ts';
import type { SubscriptionFacet } from './facet.ts';
import { lifecycle } from './lifecycle.ts';
import type { Moment } from './moment.ts';
import type { News } from './news.ts';
import { own } from './own.ts';
import { hadPaid } from './paid-at.ts';
import { NO_MARKS, applyTrialEnds, planChangeFrom } from './payments.ts';
import type { SubscriptionMarks } from './payments.ts';
import type { Person, Step } from './person.ts';

/** Where a subscription stands after an event, and what the event says happened; null: nothing that counts. */
export type Progress = {
  readonly current: SubscriptionFacet;
  readonly change: Pick<Change, 'before' | 'after' | 'occurredAt'> | null;
};

export function applySubscription(
  person: Person,
  news: Extract<News, { kind: 'subscription' }>,
): Step {
  const { occurredAt } = news;
  const stored = own(person.subscriptions, news.facet.id);
  const told = typeof news.before === 'object' ? withPauseReason(news.before, stored) : null;
  const before = told !== null && isFinal(news.facet) ? withDebt(told, stored) : told;
  const facet = withPauseReason(news.facet, before ?? stored);
  const isTold = news.before !== 'unsaid' && !isPastTheEnd(facet, stored);
  return applyProgress(person, {
    current: newest(facet, stored),
    change: isTold ? { before, after: withEndReason(facet, stored), occurredAt } : null,
    trialEnds: [facet.trialEndsAt, before?.trialEndsAt ?? null],
  });
}

/** What paused it is told when it pauses, and still holds until it is resumed. */
function withPauseReason(
  facet: SubscriptionFacet,
  known: SubscriptionFacet | null,
): SubscriptionFacet {
  if (facet.status !== 'paused' || facet.pauseReason !== undefined || known === null) return facet;
  const reason = known.status === 'paused' ? known.pauseReason : pauseReason(facet, known);
  return reason === undefined || reason === null ? facet : { ...facet, pauseReason: reason };
}

/** An end does not say whether anything was owed until then; a trial that was never paid is canceled by nobody. */
function withDebt(before: SubscriptionFacet, stored: SubscriptionFacet | null): SubscriptionFacet {
  const isOwed = before.status === 'active' && stored !== null && isOwing(stored);
  return isOwed ? { ...before, status: 'past_due' } : before;
}

/** Whoever clears it away: what ended while it was unpaid ended for want of a payment. */
function withEndReason(
  facet: SubscriptionFacet,
  stored: SubscriptionFacet | null,
): SubscriptionFacet {
  if (stored?.status !== 'unpaid' || !isFinal(facet)) return facet;
  return { ...facet, cancellation: { ...facet.cancellation, reason: 'involuntary' } };
}

/** What is over stays over, and old news never moves a facet. */
function newest(facet: SubscriptionFacet, stored: SubscriptionFacet | null): SubscriptionFacet {
  if (stored === null) return facet;
  return isFinal(stored) || !isAtLeastAsNew(facet, stored) ? stored : facet;
}

/** What happened before the end may still be told after it; what claims to have come later did not happen. */
function isPastTheEnd(facet: SubscriptionFacet, stored: SubscriptionFacet | null): boolean {
  if (stored === null || !isFinal(stored)) return false;
  // A list has shown the end, and what tells of it may still be on its way.
  const isListed = stored.rank === RANK.created;
  return !isListed && isAtLeastAsNew(facet, stored);
}

/** Writes the facet and its marks, and names the moments. */
export function applyProgress(
  person: Person,
  progress: Progress & { readonly trialEnds: readonly (number | null)[] },
): Step {
  const { current, change, trialEnds } = progress;
  const purchaseId = change?.after.purchaseId ?? current.purchaseId;
  const known = own(person.marks, purchaseId) ?? NO_MARKS;
  const settled = applyTrialEnds(withLapse(known, change), trialEnds, current);
  const happened =
    change === null ? [] : lifecycle({ ...change, ...historyOf(person, known, change) });
  const marks = withHappened(withPlanChange(settled.marks, change), happened);
  return {
    person: {
      ...person,
      subscriptions: { ...person.subscriptions, [current.id]: current },
      marks: { ...person.marks, [purchaseId]: marks },
    },
    moments: [...happened, ...settled.moments],
  };
}

/** What else the life cycle asks about: what became of the purchase before, and the person's others. */
function historyOf(
  person: Person,
  known: SubscriptionMarks,
  { after: { purchaseId, customerId }, occurredAt }: NonNullable<Progress['change']>,
) {
  const { trialExpired, lapsedAt = null, unbegun } = known;
  const others = Object.values(person.subscriptions).filter(
    (each) => each.purchaseId !== purchaseId,
  );
  const former = unbegun?.former ?? null;
  return {
    wasPaid: hadPaid(known, occurredAt),
    trialExpired,
    hasLapsed: lapsedAt !== null,
    freePlan: customerId === null ? freePlanAt(person, occurredAt) : null,
    others: former === null ? others : [...others, former],
  };
}

/** Where the provider has it beside what is bought. */
function freePlanAt({ freePlan }: Person, at: number): string | null {
  return freePlan !== undefined && freePlan.asOf <= at ? freePlan.plan : null;
}

/** What was bought and is worth nothing now has ended for campaigns, although the subscription goes on. */
function withLapse(marks: SubscriptionMarks, change: Progress['change']): SubscriptionMarks {
  if (change === null || change.before === null || !isPurchase(change.before)) return marks;
  const at = Math.floor(change.occurredAt / 1000);
  if (!isFree(change.after) || (marks.lapsedAt ?? 0) > at) return marks;
  return { ...marks, lapsedAt: at };
}

/** The newest change of plan wins, in whatever order the changes arrive. */
function withPlanChange(marks: SubscriptionMarks, change: Progress['change']): SubscriptionMarks {
  if (change === null || change.before === null) return marks;
  const { before, after, occurredAt } = change;
  if (before.plan === after.plan) return marks;
  if (marks.planChange !== null && marks.planChange.at > occurredAt) return marks;
  return { ...marks, planChange: planChangeFrom(before, occurredAt) };
}

/** A trial that came to nothing is not canceled a second time when its subscription is cleared away. */
function withHappened(marks: SubscriptionMarks, happened: readonly Moment[]): SubscriptionMarks {
  const hasExpired = happened.some((moment) => moment.name === 'trial_expired');
  return hasExpired ? { ...marks, trialExpired: true } : marks;
}
