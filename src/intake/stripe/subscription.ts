// Stripe's subscription events: what it is, and what it was before the event, which Stripe tells itself.
// https://docs.stripe.com/billing/subscriptions/webhooks

import { PERIOD_END_SLACK_SECONDS } from '../../person/change.ts';
import type { SubscriptionFacet } from '../../person/facet.ts';
import type { News } from '../../person/news.ts';
import { ownerIn } from '../../person/owner.ts';
import { trialEnding } from '../../person/trial-ending.ts';
import * as v from '../../platform/schema.ts';
import type { Reading, ReadOptions } from '../provider.ts';
import type { StripeEvent } from './envelope.ts';
import { overlay } from './overlay.ts';
import { customerSource, holdingOf, readingOf, unreadable } from './reading.ts';
import { facetOf, Subscription } from './subscription-facet.ts';
import type { StripeSubscription } from './subscription-facet.ts';

/** A start this long before the subscription was made was set by hand, and is not the clock's. */
const BACKDATED_SECONDS_MIN = 86_400;

/** A subscription as it is, in Stripe's words and in ours. */
type Now = { readonly facet: SubscriptionFacet; readonly subscription: StripeSubscription };

export function readSubscription(event: StripeEvent, options: ReadOptions): Reading {
  return read(event, options, (now) => [newsOf(event, now, beforeOf(now, event, options))]);
}

/** The event says what is and not what was: `customer.subscription.updated` tells the change itself. */
export function readBaseline(event: StripeEvent, options: ReadOptions): Reading {
  return read(event, options, (now) => [newsOf(event, now, 'unsaid')]);
}

/** Stripe also sends it when the trial is ended by hand, at the time it charges: then nothing is ending. */
export function readTrialEnding(event: StripeEvent, options: ReadOptions): Reading {
  return read(event, options, (now) => {
    const baseline = newsOf(event, now, 'unsaid');
    const moment = trialEnding(now.facet, {
      at: event.occurredAt,
      hasWayToPay: hasWayToPay(now.subscription),
    });
    return moment === null ? [baseline] : [baseline, { kind: 'moment', moment }];
  });
}

/** Null where it has none of its own: its customer may have one, and without any it ends unpaid, paused or canceled. */
function hasWayToPay(subscription: StripeSubscription): boolean | null {
  const { default_payment_method: own, default_source: source } = subscription;
  return own !== null || source !== null ? true : null;
}

function read(
  event: StripeEvent,
  options: ReadOptions,
  newsIn: (now: Now) => readonly News[],
): Reading {
  const parsed = v.safeParse(Subscription, event.object);
  if (!parsed.success) return unreadable(event, parsed.issues);
  const subscription = parsed.output;
  const facet = facetOf(subscription, event, options);
  const owner = ownerIn(subscription.metadata, options);
  return readingOf(event, {
    owner,
    customerId: subscription.customer,
    sources: [
      customerSource(event.object['customer'], options),
      { name: 'subscription_metadata', owner, mayMove: false },
    ],
    of: holdingOf(event, subscription.id, owner),
    news: newsIn({ facet, subscription }),
  });
}

function newsOf(
  { occurredAt }: StripeEvent,
  { facet }: Now,
  before: Extract<News, { kind: 'subscription' }>['before'],
): News {
  return { kind: 'subscription', facet, before, occurredAt };
}

function beforeOf(
  now: Now,
  event: StripeEvent,
  options: ReadOptions,
): SubscriptionFacet | 'none' | 'unsaid' {
  if (event.type === 'customer.subscription.created') {
    return isMigrated(now.subscription) ? 'unsaid' : 'none';
  }
  if (event.type === 'customer.subscription.deleted') return beforeTheEnd(now);
  if (event.previous === null) return 'unsaid';
  const before = v.safeParse(Subscription, overlay(event.object, event.previous));
  return before.success ? facetOf(before.output, event, options) : 'unsaid';
}

/** It runs since before it was made: it was brought here from elsewhere, and starts nothing now. */
function isMigrated({ created, start_date: startedAt }: StripeSubscription): boolean {
  return created !== null && startedAt !== null && created - startedAt > BACKDATED_SECONDS_MIN;
}

/** A deletion says no more than that it ended; when and why tell what it was until then. */
function beforeTheEnd({ facet, subscription }: Now): SubscriptionFacet {
  const { trialEndsAt, endedAt } = facet;
  // Ended in the trial, or paused since: then the period after it never began.
  const isInTrial = [endedAt, facet.currentPeriodEndsAt].some(
    (at) => trialEndsAt !== null && at !== null && at <= trialEndsAt + PERIOD_END_SLACK_SECONDS,
  );
  // A disputed payment ends what was paid for: only a failed one means that it was due.
  const wasDue = subscription.cancellation_details.reason === 'payment_failed';
  const status = wasDue ? 'past_due' : 'active';
  return { ...facet, status: isInTrial ? 'trialing' : status, endedAt: null };
}
