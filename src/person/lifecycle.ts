// The life cycle of a subscription: what happened between two sights of it. One rule per moment, in the order of
// docs/events.md; a new moment is a new rule. No I/O. No clock. No provider: Stripe brings its own `before`,
// Clerk Billing compares with the facet we stored.

import {
  asBought,
  isEnd,
  isImmediate,
  isInDunning,
  isOwing,
  isPaused,
  isTransition,
  isTrialExpired,
  monthly,
  pauseReason,
} from './change.ts';
import type { BoughtChange, Change } from './change.ts';
import { isFinal, isLive } from './facet.ts';
import { happened } from './moment.ts';
import type { Moment } from './moment.ts';
import { onceKey } from './once.ts';
import { cameBack, whatIsLeft } from './others.ts';
import { PLAN_RULES } from './plan-rules.ts';
import type { Rule } from './plan-rules.ts';

const RULES: readonly Rule[] = [
  {
    name: 'trial_started',
    per: 'trial',
    happened: ({ before, after, wasPaid }) =>
      after.status === 'trialing' &&
      (before === null ||
        (!wasPaid && (before.status !== 'trialing' || before.trialEndsAt === null))),
    properties: (change) => ({ trial_ends_at: change.after.trialEndsAt, ...cameBack(change) }),
  },
  {
    name: 'trial_extended',
    per: 'trial',
    happened: ({ before, after }) =>
      before?.status === 'trialing' &&
      after.status === 'trialing' &&
      before.trialEndsAt !== null &&
      (after.trialEndsAt ?? 0) > before.trialEndsAt,
    properties: ({ before, after }) => ({
      from: before?.trialEndsAt ?? null,
      trial_ends_at: after.trialEndsAt,
    }),
  },
  {
    name: 'trial_expired',
    per: 'trial',
    happened: isTrialExpired,
    properties: ({ after }) => ({ ...after.cancellation }),
  },
  {
    name: 'subscription_started',
    per: 'subscription',
    happened: ({ before, after, freeBefore }) =>
      before === null &&
      (freeBefore === null
        ? after.status === 'active' && after.trialEndsAt === null
        : after.status === 'active' || after.status === 'past_due'),
    properties: (change) => ({ mrr: monthly(change.after), ...cameBack(change) }),
  },
  ...PLAN_RULES,
  {
    name: 'cancellation_scheduled',
    per: 'second',
    happened: ({ before, after }) =>
      before !== null &&
      isLive(after) &&
      after.cancelAt !== null &&
      (before.cancelAt === null || after.cancelAt < before.cancelAt),
    properties: ({ after }) => ({ cancel_at: after.cancelAt, ...after.cancellation }),
  },
  {
    name: 'cancellation_undone',
    per: 'second',
    happened: ({ before, after }) =>
      before !== null && isLive(after) && before.cancelAt !== null && after.cancelAt === null,
    properties: ({ before }) => ({ cancel_at: before?.cancelAt ?? null, ...before?.cancellation }),
  },
  {
    // Stripe's portal asks why after the cancellation has been sent.
    name: 'cancellation_feedback_given',
    per: 'feedback',
    happened: ({ before, after }) =>
      isLive(after) &&
      before !== null &&
      before.cancelAt !== null &&
      after.cancelAt !== null &&
      after.cancellation.feedback !== null &&
      before.cancellation.feedback !== after.cancellation.feedback,
    properties: ({ after }) => ({
      feedback: after.cancellation.feedback,
      cancel_at: after.cancelAt,
    }),
  },
  {
    name: 'subscription_canceled',
    per: 'subscription',
    happened: (change) =>
      isEnd(change) && !isTrialExpired(change) && (change.wasPaid || !change.trialExpired),
    properties: (change) => ({
      ...change.after.cancellation,
      immediate: isImmediate(change.after),
      mrr: monthly(change.after),
      ...whatIsLeft(change),
    }),
  },
  {
    name: 'subscription_paused',
    per: 'second',
    happened: (change) =>
      isTransition(change) &&
      !isFinal(change.after) &&
      !isPaused(change.before) &&
      isPaused(change.after) &&
      !isTrialExpired(change),
    properties: ({ before, after }) => ({
      reason: pauseReason(after, before),
      resumes_at: after.resumesAt,
    }),
  },
  {
    // A trial that ended paused was told as expired, and its pause was not.
    name: 'subscription_resumed',
    per: 'second',
    happened: ({ before, after }) =>
      before !== null &&
      isLive(after) &&
      isPaused(before) &&
      !isPaused(after) &&
      before.pauseReason !== 'trial_ended',
    properties: ({ before, after }) => ({
      reason: before && pauseReason(before, null),
      resumes_at: after.resumesAt,
    }),
  },
  {
    name: 'subscription_past_due',
    per: 'second',
    happened: ({ before, after }) =>
      before !== null && !isOwing(before) && after.status === 'past_due',
    properties: () => ({}),
  },
  {
    name: 'subscription_unpaid',
    per: 'second',
    happened: (change) =>
      isTransition(change) &&
      change.before.status !== 'unpaid' &&
      change.after.status === 'unpaid' &&
      !isTrialExpired(change),
    properties: () => ({}),
  },
  {
    name: 'payment_recovered',
    per: 'second',
    happened: ({ before, after }) =>
      before !== null && isInDunning(before) && after.status === 'active',
    properties: () => ({}),
  },
];

/** The moments of one change, in the table's order; empty when nothing a campaign knows has happened. */
export function lifecycle(change: Change): Moment[] {
  const bought = asBought(change);
  if (bought === null) return [];
  return RULES.filter((rule) => rule.happened(bought)).map((rule) => momentOf(rule, bought));
}

function momentOf(rule: Rule, change: BoughtChange): Moment {
  const { after, occurredAt } = change;
  const { parts, at } = onceKey(rule.per, change);
  return happened(rule.name, {
    key: [after.purchaseId, ...parts],
    at: occurredAt,
    keyAt: at,
    subscriptionId: after.id,
    properties: { plan: after.plan, currency: after.currency, ...rule.properties(change) },
  });
}
