// A person's other purchases, as a start or an end of one sees them. No I/O. No clock.

import type { BoughtChange } from './change.ts';
import { endOf, isFinal, isLive, isPurchase } from './facet.ts';
import type { SubscriptionFacet } from './facet.ts';
import type { Properties } from './moment.ts';
import { toMajor } from './money.ts';
import { revenueOf } from './revenue.ts';

/**
 * `returning`: they had bought before, and nothing of it ran any more. `previous_plan`: the plan they had last, which may
 * have been a free one.
 */
export function cameBack(change: BoughtChange): Properties {
  const { after, others, occurredAt, freeBefore, hasLapsed, freePlan } = change;
  const at = Math.floor(occurredAt / 1000);
  const earlier = others.filter((each) => each.createdAt <= at && isOver(each, at));
  const isRunning = others.some(
    (each) => isPurchase(each) && each.createdAt < after.createdAt && !isOver(each, at),
  );
  const hadBought = earlier.some(isPurchase) || (freeBefore !== null && hasLapsed);
  const last = freeBefore ?? earlier.toSorted((a, b) => endOf(b) - endOf(a))[0];
  return { returning: hadBought && !isRunning, previous_plan: last?.plan ?? freePlan };
}

/** It gave no access any more at a time, Unix seconds. What is paused or unpaid gives none either. */
function isOver(facet: SubscriptionFacet, at: number): boolean {
  if (facet.endedAt !== null) return facet.endedAt <= at;
  return ['paused', 'unpaid'].includes(facet.status) || isFinal(facet);
}

/** What the person still has when one has ended. */
export function whatIsLeft({ others, after }: BoughtChange): Properties {
  const live = others.filter((each) => isPurchase(each) && isLive(each));
  const { minor } = revenueOf(live, after.currency);
  return {
    subscriptions_left: live.length,
    remaining_mrr: minor === null ? null : toMajor(minor, after.currency),
  };
}
