// How much a links shard may still ask of the providers, and what it has done. One small record, written when an alarm
// run ends: what a crash loses of it is a few counts. Pure.

import { counted } from '../platform/counters.ts';

/** Look-ups of one shard in a minute. Clerk's development instances allow 100 requests in ten seconds. */
export const LOOK_UPS_PER_MINUTE_MAX = 60;

const MINUTE_MS = 60_000;

const NO_LINK_COUNTERS = {
  learnt: 0,
  moved: 0,
  hinted: 0,
  forgotten: 0,
  handedOver: 0,
  released: 0,
  expired: 0,
  erased: 0,
  lookUps: 0,
  found: 0,
} as const;

export type LinkCounters = { readonly [Name in keyof typeof NO_LINK_COUNTERS]: number };

export type LookUpBudget = {
  readonly counters: LinkCounters;
  /** The minute that is being counted: when it began, and the look-ups in it. */
  readonly minuteAt: number;
  readonly inMinute: number;
  /** No look-up before this: a provider has asked for time, or refuses our key. */
  readonly notBefore: number;
};

export const NEW_BUDGET: LookUpBudget = {
  counters: NO_LINK_COUNTERS,
  minuteAt: 0,
  inMinute: 0,
  notBefore: 0,
};

export function withLinkCounts(budget: LookUpBudget, changes: Partial<LinkCounters>): LookUpBudget {
  return { ...budget, counters: counted({ ...NO_LINK_COUNTERS, ...budget.counters }, changes) };
}

/** When the next look-up may be made; `now` if at once. */
export function lookUpAllowedAt(budget: LookUpBudget, now: number): number {
  const isFull = budget.inMinute >= LOOK_UPS_PER_MINUTE_MAX && isSameMinute(budget, now);
  return Math.max(now, budget.notBefore, isFull ? budget.minuteAt + MINUTE_MS : 0);
}

export function withLookUp(budget: LookUpBudget, now: number): LookUpBudget {
  const spent = withLinkCounts(budget, { lookUps: 1 });
  if (isSameMinute(budget, now)) return { ...spent, inMinute: budget.inMinute + 1 };
  return { ...spent, minuteAt: now, inMinute: 1 };
}

/** A clock that went back begins a new minute rather than waiting for the old one. */
function isSameMinute({ minuteAt }: LookUpBudget, now: number): boolean {
  return now >= minuteAt && now < minuteAt + MINUTE_MS;
}
