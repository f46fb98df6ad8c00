// The life cycle of a subscription: what happened between two sights of it. One rule per moment, in the order of
// docs/moments.md; a new moment is a new rule. No I/O. No clock. No provider: Stripe brings its own `before`,
// Clerk Billing compares with the facet we stored.

import {
  canChangePlan,
  isComparable,
  isEnd,
  isImmediate,
  isOwing,
  isPaused,
  isPlanChange,
  isTransition,
  isTrialExpired,
  monthly,
  priceIds,
  quantities,
} from './change.ts';
import type { Change } from './change.ts';
import { isFinal, isLive } from './facet.ts';
import { happened } from './moment.ts';
import type { Moment, MomentName, Properties } from './moment.ts';

type Rule = {
  readonly name: MomentName;
  readonly happened: (change: Change) => boolean;
  /** What it is once per, beside the subscription. */
  readonly per: 'subscription' | 'trial' | 'second' | 'prices' | 'quantities';
  readonly properties: (change: Change) => Properties;
};

const RULES: readonly Rule[] = [
  {
    name: 'trial_started',
    per: 'trial',
    happened: ({ before, after }) =>
      after.status === 'trialing' &&
      (before === null || before.status !== 'trialing' || before.trialEndsAt === null),
    properties: trialProperties,
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
    happened: ({ before, after }) =>
      after.status === 'active' &&
      after.trialEndsAt === null &&
      (before === null || before.status === 'incomplete'),
    properties: ({ after }) => ({ mrr: monthly(after) }),
  },
  planRule('plan_upgraded', (from, to) => to > from),
  planRule('plan_downgraded', (from, to) => to < from),
  {
    name: 'plan_changed',
    per: 'prices',
    happened: (change) => isPlanChange(change) && !isComparable(change, (from, to) => from !== to),
    properties: planProperties,
  },
  {
    name: 'seats_changed',
    per: 'quantities',
    happened: (change) =>
      isTransition(change) &&
      canChangePlan(change) &&
      priceIds(change.before) === priceIds(change.after) &&
      quantities(change.before) !== quantities(change.after),
    properties: ({ before, after }) => ({
      from_seats: before?.seats ?? null,
      seats: after.seats,
      from_mrr: before && monthly(before),
      mrr: monthly(after),
    }),
  },
  {
    name: 'cancellation_scheduled',
    per: 'second',
    happened: ({ before, after }) =>
      before !== null && isLive(after) && before.cancelAt === null && after.cancelAt !== null,
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
    name: 'subscription_canceled',
    per: 'subscription',
    happened: (change) =>
      isEnd(change) && !isTrialExpired(change) && (change.wasPaid || !change.trialExpired),
    properties: ({ after }) => ({
      ...after.cancellation,
      immediate: isImmediate(after),
      mrr: monthly(after),
    }),
  },
  {
    name: 'subscription_paused',
    per: 'second',
    happened: ({ before, after }) =>
      before !== null && !isFinal(after) && !isPaused(before) && isPaused(after),
    properties: ({ after }) => ({ resumes_at: after.resumesAt }),
  },
  {
    name: 'subscription_resumed',
    per: 'second',
    happened: ({ before, after }) =>
      before !== null && isLive(after) && isPaused(before) && !isPaused(after),
    properties: ({ after }) => ({ resumes_at: after.resumesAt }),
  },
  {
    name: 'subscription_past_due',
    per: 'second',
    happened: ({ before, after }) => before !== null && !isOwing(before) && isOwing(after),
    properties: () => ({}),
  },
  {
    name: 'payment_recovered',
    per: 'second',
    happened: ({ before, after }) =>
      before !== null && isOwing(before) && after.status === 'active',
    properties: () => ({}),
  },
];

/** The moments of one change, in the table's order; empty when nothing a campaign knows has happened. */
export function lifecycle(change: Change): Moment[] {
  return RULES.filter((rule) => rule.happened(change)).map((rule) => momentOf(rule, change));
}

function momentOf(rule: Rule, change: Change): Moment {
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

function onceKey(per: Rule['per'], change: Change): { parts: (string | number)[]; at: number } {
  const { before, after, occurredAt } = change;
  const second = Math.floor(occurredAt / 1000);
  switch (per) {
    case 'subscription':
      return { parts: [], at: after.createdAt * 1000 };
    case 'trial':
      return { parts: [after.trialEndsAt ?? 0], at: (after.trialEndsAt ?? after.createdAt) * 1000 };
    case 'second':
      return { parts: [second], at: second * 1000 };
    case 'prices':
      return {
        parts: [before ? priceIds(before) : '', priceIds(after), second],
        at: second * 1000,
      };
    case 'quantities':
      return {
        parts: [before ? quantities(before) : '', quantities(after), second],
        at: second * 1000,
      };
  }
}

function planRule(
  name: 'plan_upgraded' | 'plan_downgraded',
  isSo: (from: number, to: number) => boolean,
): Rule {
  return {
    name,
    per: 'prices',
    happened: (change) => isPlanChange(change) && isComparable(change, isSo),
    properties: planProperties,
  };
}

function trialProperties({ after }: Change): Properties {
  return { trial_ends_at: after.trialEndsAt };
}

function planProperties({ before, after }: Change): Properties {
  return {
    from_plan: before?.plan ?? null,
    to_plan: after.plan,
    from_mrr: before && monthly(before),
    mrr: monthly(after),
  };
}
