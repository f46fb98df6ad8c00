// The rules about plans, prices and seats, and what a rule of the life cycle is. No I/O. No clock.

import {
  canChangePlan,
  isComparable,
  isOtherInterval,
  isOtherPlan,
  isOtherPrice,
  monthly,
  priceIds,
} from './change.ts';
import type { BoughtChange } from './change.ts';
import type { MomentName, Properties } from './moment.ts';
import type { OncePer } from './once.ts';

export type Rule = {
  readonly name: MomentName;
  readonly happened: (change: BoughtChange) => boolean;
  readonly per: OncePer;
  readonly properties: (change: BoughtChange) => Properties;
};

export const PLAN_RULES: readonly Rule[] = [
  planRule('plan_upgraded', (from, to) => to > from),
  planRule('plan_downgraded', (from, to) => to < from),
  {
    name: 'billing_interval_changed',
    per: 'prices',
    happened: isOtherInterval,
    properties: planProperties,
  },
  {
    name: 'plan_changed',
    per: 'prices',
    happened: (change) =>
      isOtherPlan(change)
        ? !isComparable(change, (from, to) => from !== to)
        : isOtherPrice(change) && !isOtherInterval(change),
    properties: planProperties,
  },
  {
    name: 'seats_changed',
    per: 'quantities',
    happened: (change) =>
      canChangePlan(change) &&
      priceIds(change.before) === priceIds(change.after) &&
      change.before.seats !== change.after.seats,
    properties: ({ before, after }) => ({
      from_seats: before?.seats ?? null,
      seats: after.seats,
      from_mrr: before && monthly(before),
      mrr: monthly(after),
    }),
  },
];

function planRule(
  name: 'plan_upgraded' | 'plan_downgraded',
  isSo: (from: number, to: number) => boolean,
): Rule {
  return {
    name,
    per: 'prices',
    happened: (change) => isOtherPlan(change) && isComparable(change, isSo),
    properties: planProperties,
  };
}

/** Monthly values, also in a trial. */
function planProperties({ before, after }: BoughtChange): Properties {
  return {
    from_plan: before?.plan ?? null,
    to_plan: after.plan,
    from_interval: before?.billingInterval ?? null,
    interval: after.billingInterval,
    from_seats: before?.seats ?? null,
    seats: after.seats,
    from_mrr: before && monthly(before),
    mrr: monthly(after),
  };
}
