// A change of plan that is planned for the end of a purchase's period, where the provider plans it as a purchase of its own
// (Clerk Billing). No I/O. No clock.

import { isFinal } from './facet.ts';
import type { SubscriptionFacet } from './facet.ts';
import { happened } from './moment.ts';
import type { Moment, MomentName } from './moment.ts';
import type { News, PlannedChange } from './news.ts';
import type { SubscriptionMarks } from './payments.ts';
import type { Person, Step } from './person.ts';
import { marksOf, storedOf } from './purchases.ts';

type PlannedNews = Extract<News, { kind: 'planned' }>;

/** What follows keeps the end of the running purchase from being told as one. */
export function applyPlanned(person: Person, news: PlannedNews): Step {
  const stored = storedOf(person, news.subscriptionId);
  if (stored === null) return { person, moments: [] };
  const known = marksOf(person, stored);
  const marks =
    news.next?.isTakenBack === true ? takenBack(known, news.next) : planned(known, news);
  if (marks === known) return { person, moments: [] };
  return {
    person: { ...person, marks: { ...person.marks, [stored.purchaseId]: marks } },
    moments: momentsOf(stored, marks.planned, news.occurredAt ?? stored.asOf),
  };
}

function planned(known: SubscriptionMarks, { next }: PlannedNews): SubscriptionMarks {
  if (next === undefined) return { ...known, hasSuccessor: true };
  const isTakenBack = known.planned?.isTakenBack === true && known.planned.itemId === next.itemId;
  return isTakenBack ? known : { ...known, hasSuccessor: true, planned: next };
}

/** Only what is planned now can be taken back: an older plan may have been replaced by another. */
function takenBack(known: SubscriptionMarks, next: PlannedChange): SubscriptionMarks {
  const { planned: running } = known;
  if (running?.itemId !== next.itemId || running.isTakenBack === true) return known;
  return { ...known, hasSuccessor: false, planned: { ...running, isTakenBack: true } };
}

function momentsOf(
  stored: SubscriptionFacet,
  next: PlannedChange | undefined,
  at: number,
): Moment[] {
  if (next === undefined || isFinal(stored) || next.plan === stored.plan) return [];
  const name = next.isTakenBack === true ? 'plan_change_unscheduled' : 'plan_change_scheduled';
  return [momentOf(name, { stored, next, at })];
}

function momentOf(
  name: MomentName,
  change: {
    readonly stored: SubscriptionFacet;
    readonly next: PlannedChange;
    readonly at: number;
  },
): Moment {
  const { stored, next, at } = change;
  return happened(name, {
    key: [stored.purchaseId, next.plan ?? '', next.at],
    at,
    keyAt: next.at * 1000,
    subscriptionId: stored.id,
    properties: {
      plan: stored.plan,
      currency: stored.currency,
      to_plan: next.plan,
      effective_at: next.at,
    },
  });
}
