// News of a subscription into the person: the facet moves when the news is newer, the moments come from the event's
// own change, also when it arrives late. No I/O. No clock.

import type { Change } from './change.ts';
import { isAtLeastAsNew, isFinal } from './facet.ts';
import type { SubscriptionFacet } from './facet.ts';
import { lifecycle } from './lifecycle.ts';
import type { Moment } from './moment.ts';
import type { News } from './news.ts';
import { own } from './own.ts';
import { NO_MARKS, applyTrialEnds } from './payments.ts';
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
  const { facet, occurredAt } = news;
  const stored = own(person.subscriptions, facet.id);
  const before = typeof news.before === 'object' ? news.before : null;
  const isTold = news.before !== 'unsaid' && !isPastTheEnd(facet, stored);
  return applyProgress(person, {
    current: newest(facet, stored),
    change: isTold ? { before, after: facet, occurredAt } : null,
    trialEnds: [facet.trialEndsAt, before?.trialEndsAt ?? null],
  });
}

/** What is over stays over, and old news never moves a facet. */
function newest(facet: SubscriptionFacet, stored: SubscriptionFacet | null): SubscriptionFacet {
  if (stored === null) return facet;
  return isFinal(stored) || !isAtLeastAsNew(facet, stored) ? stored : facet;
}

/** What happened before the end may still be told after it; what claims to have come later did not happen. */
function isPastTheEnd(facet: SubscriptionFacet, stored: SubscriptionFacet | null): boolean {
  return stored !== null && isFinal(stored) && isAtLeastAsNew(facet, stored);
}

/** Writes the facet and its marks, and names the moments. */
export function applyProgress(
  person: Person,
  progress: Progress & { readonly trialEnds: readonly (number | null)[] },
): Step {
  const { current, change, trialEnds } = progress;
  const purchaseId = change?.after.purchaseId ?? current.purchaseId;
  const known = own(person.marks, purchaseId) ?? NO_MARKS;
  const settled = applyTrialEnds(known, trialEnds, current);
  const { wasPaid, trialExpired } = known;
  const happened = change === null ? [] : lifecycle({ ...change, wasPaid, trialExpired });
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

/** The newest change of plan wins, in whatever order the changes arrive. */
function withPlanChange(marks: SubscriptionMarks, change: Progress['change']): SubscriptionMarks {
  if (change === null || change.before === null) return marks;
  const { before, after, occurredAt } = change;
  if (before.plan === after.plan) return marks;
  if (marks.planChange !== null && marks.planChange.at > occurredAt) return marks;
  return { ...marks, planChange: { at: occurredAt, from: before.plan } };
}

/** A trial that came to nothing is not canceled a second time when its subscription is cleared away. */
function withHappened(marks: SubscriptionMarks, happened: readonly Moment[]): SubscriptionMarks {
  const hasExpired = happened.some((moment) => moment.name === 'trial_expired');
  return hasExpired ? { ...marks, trialExpired: true } : marks;
}
