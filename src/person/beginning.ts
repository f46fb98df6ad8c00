// When a purchase has begun, where its provider does not say what was before (Clerk Billing): several webhooks come at once,
// and the first of them may not say so. No I/O. No clock.

import { isLive } from './facet.ts';
import type { SubscriptionFacet } from './facet.ts';
import type { News } from './news.ts';
import { own } from './own.ts';
import { NO_MARKS } from './payments.ts';
import type { SubscriptionMarks } from './payments.ts';
import type { Step } from './person.ts';
import type { Progress } from './subscriptions.ts';

/** How long after it was made a purchase may still be told to have begun. */
const BEGAN_MS_MAX = 86_400_000;

/** The news says that what was first seen without a beginning has just begun; it may be older than what is known. */
export function beginsLate(
  { facet, begins, occurredAt }: Extract<News, { kind: 'purchase' }>,
  stored: SubscriptionFacet,
  { unbegun }: SubscriptionMarks,
): boolean {
  const isSame = facet.purchaseId === stored.purchaseId;
  const isJustMade = occurredAt - facet.createdAt * 1000 < BEGAN_MS_MAX;
  return begins && unbegun !== undefined && isSame && isJustMade;
}

/** Remembers that nothing has said that it began, until something does. `stored`: what was there before the news. */
export function withBeginning(
  { person, moments }: Step,
  { current, change }: Progress,
  stored: SubscriptionFacet | null,
): Step {
  const { purchaseId } = change?.after ?? current;
  const { unbegun, ...known } = own(person.marks, purchaseId) ?? NO_MARKS;
  const isFirst = change === null && isLive(current);
  const hasBegun = change?.before === null && unbegun !== undefined;
  if (!isFirst && !hasBegun) return { person, moments };
  const marks = isFirst ? { ...known, unbegun: { former: stored } } : known;
  return { person: { ...person, marks: { ...person.marks, [purchaseId]: marks } }, moments };
}
