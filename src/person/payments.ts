// Paid invoices: which of them converted a trial, which renewed. One may arrive before the subscription that explains it: it is
// kept, and decided when that is known, so the moments are the same whatever the order. No I/O. No clock.

import { PERIOD_END_SLACK_SECONDS } from './change.ts';
import type { KnownCoupons } from './coupons.ts';
import { isFree, isLive, isPurchase, planCharged } from './facet.ts';
import type { SubscriptionFacet } from './facet.ts';
import type { Money } from './ledger.ts';
import { happened } from './moment.ts';
import type { Moment, MomentParts, Properties } from './moment.ts';
import { toMajor } from './money.ts';
import type { Payment, PlannedChange } from './news.ts';
import { isPaidBefore, joinedPaidAt, withPaid } from './paid-at.ts';
import type { PlanNaming } from './plan-name.ts';

/** At most so many trial ends and undecided invoices are remembered per subscription; the oldest go first. */
const REMEMBERED_MAX = 8;

/** What a subscription's facet cannot say because it happened once: kept beside it, never moved by staleness. */
export type SubscriptionMarks = {
  /** Every trial end its events have named, Unix seconds. */
  readonly trialEnds: readonly number[];
  /** The invoice that converted the trial. */
  readonly convertedBy: string | null;
  /** An invoice above zero was paid. */
  readonly wasPaid: boolean;
  /** When that was first, or the trial was converted; Unix milliseconds. Absent where an older release has set `wasPaid`. */
  readonly paidAt?: number;
  /** The trial came to nothing, and that was told. */
  readonly trialExpired: boolean;
  readonly undecided: readonly Payment[];
  /** Another purchase is planned to follow, so the end of this one is no end. */
  readonly hasSuccessor: boolean;
  /** The latest change of plan, and the plan before it. */
  readonly planChange: PlanChange | null;
  /** When it became worth nothing after it had been bought, Unix seconds. */
  readonly lapsedAt?: number;
  /** What will follow the purchase when its period is over, where the provider plans it. */
  readonly planned?: PlannedChange;
  /** What is known of its coupons. */
  readonly coupons?: KnownCoupons;
  /**
   * Its first news did not say that it had just begun, and nothing has since; `former` is what it took the place of. Only
   * where the provider does not say what was before.
   */
  readonly unbegun?: { readonly former: SubscriptionFacet | null };
};

/** `naming` is what the name was made from; absent where an older release has written it. */
type PlanChange = {
  readonly at: number;
  readonly from: string | null;
  readonly naming?: PlanNaming;
};

export const NO_MARKS: SubscriptionMarks = {
  trialEnds: [],
  convertedBy: null,
  wasPaid: false,
  trialExpired: false,
  undecided: [],
  hasSuccessor: false,
  planChange: null,
};

/** `at` in Unix milliseconds. */
export function planChangeFrom({ plan, planNaming }: SubscriptionFacet, at: number): PlanChange {
  return { at, from: plan, ...(planNaming === undefined ? {} : { naming: planNaming }) };
}

/** What two people know of one purchase, put together. */
export function joinMarks(a: SubscriptionMarks, b: SubscriptionMarks): SubscriptionMarks {
  const ends = new Set([...a.trialEnds, ...b.trialEnds]);
  const undecided = new Map([...a.undecided, ...b.undecided].map((each) => [each.invoiceId, each]));
  const isNewer = (b.planChange?.at ?? 0) > (a.planChange?.at ?? 0);
  return {
    trialEnds: [...ends].toSorted((x, y) => x - y).slice(-REMEMBERED_MAX),
    convertedBy: a.convertedBy ?? b.convertedBy,
    wasPaid: a.wasPaid || b.wasPaid,
    trialExpired: a.trialExpired || b.trialExpired,
    undecided: [...undecided.values()].slice(-REMEMBERED_MAX),
    hasSuccessor: a.hasSuccessor || b.hasSuccessor,
    planChange: isNewer ? b.planChange : a.planChange,
    ...joinedOptions(a, b),
  };
}

function joinedOptions(a: SubscriptionMarks, b: SubscriptionMarks) {
  const lapsedAt = Math.max(a.lapsedAt ?? 0, b.lapsedAt ?? 0);
  const paidAt = joinedPaidAt(a, b);
  const planned = a.planned ?? b.planned;
  const coupons = { ...a.coupons, ...b.coupons };
  return {
    ...(Object.keys(coupons).length > 0 ? { coupons } : {}),
    ...(lapsedAt > 0 ? { lapsedAt } : {}),
    ...(paidAt === undefined ? {} : { paidAt }),
    ...(planned === undefined ? {} : { planned }),
  };
}

type Settled = { readonly marks: SubscriptionMarks; readonly moments: readonly Moment[] };

/** The payment itself: once per invoice, whichever event says so first; zero amounts are no payment. */
export function paymentMoments(payment: Payment, facet: SubscriptionFacet | null): Moment[] {
  if (payment.amountMinor <= 0) return [];
  const properties = {
    amount: toMajor(payment.amountMinor, payment.currency),
    billing_reason: payment.billingReason,
    out_of_band: payment.isOutOfBand ?? false,
  };
  return [happened('payment_succeeded', invoiceParts(payment, facet, properties))];
}

/** What it adds to what the person has paid; null where nothing was. */
export function moneyOf(payment: Payment): Money | null {
  const { invoiceId: id, paidAt: at, amountMinor: minor, currency, subscriptionId } = payment;
  return minor > 0 ? { id, at, minor, currency, subscriptionId } : null;
}

/** What was settled: an invoice that credit has paid is worth its total, although no money has moved. */
function settledMinor({ totalMinor, amountMinor }: Payment): number {
  return totalMinor ?? amountMinor;
}

/** Notes an invoice in the marks, and says what it meant for the subscription if that is known; nothing anew of a repeated one. */
export function applyPayment(
  marks: SubscriptionMarks,
  payment: Payment,
  { facet, isRepeated }: { readonly facet: SubscriptionFacet | null; readonly isRepeated: boolean },
): Settled {
  // The first invoice of a trial is zero, too: it settles nothing.
  if (settledMinor(payment) <= 0 && payment.billingReason === 'subscription_create') {
    return { marks, moments: [] };
  }
  const paid = notePaid(marks, payment);
  // Repeated, it was noted or decided the first time.
  if (facet === null) return isRepeated ? { marks: paid, moments: [] } : keep(paid, payment);
  const decided = decide(paid, payment, facet);
  return isRepeated && decided.moments.length === 0 ? { ...decided, marks: paid } : decided;
}

/** That something was paid for the purchase, without asking what it meant. */
export function notePaid(marks: SubscriptionMarks, payment: Payment): SubscriptionMarks {
  return settledMinor(payment) > 0 ? withPaid(marks, payment, { wasPaid: true }) : marks;
}

function keep(marks: SubscriptionMarks, payment: Payment): Settled {
  if (marks.undecided.some((known) => known.invoiceId === payment.invoiceId)) {
    return { marks, moments: [] };
  }
  const undecided = [...marks.undecided, payment].slice(-REMEMBERED_MAX);
  return { marks: { ...marks, undecided }, moments: [] };
}

/** Notes what a subscription's event says about trials, and decides the invoices that waited for it. */
export function applyTrialEnds(
  marks: SubscriptionMarks,
  ends: readonly (number | null)[],
  facet: SubscriptionFacet,
): Settled {
  const known = new Set([...marks.trialEnds, ...ends.filter((end) => end !== null)]);
  const trialEnds = [...known].toSorted((a, b) => a - b).slice(-REMEMBERED_MAX);
  let settled: Settled = { marks: { ...marks, trialEnds, undecided: [] }, moments: [] };
  for (const payment of marks.undecided) {
    const next = decide(settled.marks, payment, facet);
    // The entry leaves `undecided` with this step, which is what makes the moment happen once.
    const moments = next.moments.map((moment) => ({ ...moment, once: 'mark' as const }));
    settled = { marks: next.marks, moments: [...settled.moments, ...moments] };
  }
  return settled;
}

function decide(marks: SubscriptionMarks, payment: Payment, facet: SubscriptionFacet): Settled {
  const { invoiceId, billingReason } = payment;
  if (marks.convertedBy === invoiceId) return { marks, moments: [] };
  // Who pays already and is given free days tries nothing: no trial was told to them as begun.
  const isGiven = facet.trialStartsAt !== null && isPaidBefore(marks, facet.trialStartsAt * 1000);
  if (marks.convertedBy === null && !isGiven && converts(marks, payment, facet)) {
    const moment = happened('trial_converted', {
      ...invoiceParts(payment, facet, { mrr: valueOf(facet) }),
      // Once per purchase, whichever invoice converts it; `convertedBy` is the mark.
      key: [facet.purchaseId],
      keyAt: facet.createdAt * 1000,
      once: 'mark',
    });
    return { marks: withPaid(marks, payment, { convertedBy: invoiceId }), moments: [moment] };
  }
  // Where a trial ends by hand, or is resumed, the invoice may come before the news of it.
  if (isUndecided(marks, facet)) return keep(marks, payment);
  if (settledMinor(payment) <= 0 || billingReason !== 'subscription_cycle') {
    return { marks, moments: [] };
  }
  return { marks, moments: [happened('subscription_renewed', invoiceParts(payment, facet))] };
}

/**
 * The converting invoice is the one whose service period begins where a trial ended, by date or by hand; after a trial
 * that came to nothing the first that is paid. One without an amount counts once the trial is over.
 */
function converts(marks: SubscriptionMarks, payment: Payment, facet: SubscriptionFacet): boolean {
  const trialEnd = startsOf(payment).find((start) => marks.trialEnds.includes(start));
  const isAtTrialEnd = trialEnd !== undefined;
  if (settledMinor(payment) <= 0) {
    // Also where the news that it turned free, some time after the trial, has overtaken the invoice.
    const wasBought =
      isPurchase(facet) || (marks.lapsedAt ?? 0) > (trialEnd ?? 0) + PERIOD_END_SLACK_SECONDS;
    return isAtTrialEnd && wasBought && !isUndecided(marks, facet);
  }
  return isAtTrialEnd || (marks.trialExpired && isLive(facet) && facet.status !== 'trialing');
}

/** An invoice whose lines are not all there says itself where the period ended that it settles. */
function startsOf({ periodStarts, periodEndsAt, billingReason }: Payment): readonly number[] {
  const isCycle = billingReason === 'subscription_cycle';
  if (periodEndsAt === undefined || !isCycle) return periodStarts;
  return [...periodStarts, periodEndsAt];
}

function isUndecided(marks: SubscriptionMarks, facet: SubscriptionFacet): boolean {
  // It is free, as far as is known: the news of when it turned so, or is so no more, is still to come.
  const isTooEarly = isFree(facet) && marks.lapsedAt === undefined;
  if (facet.status === 'trialing' || isTooEarly) return true;
  return facet.status === 'paused' && marks.trialExpired && marks.convertedBy === null;
}

/** What every moment of an invoice has in common, keyed by the invoice. */
function invoiceParts(
  payment: Payment,
  facet: SubscriptionFacet | null,
  properties: Properties = {},
): MomentParts {
  const { invoiceId, currency } = payment;
  return {
    key: [invoiceId],
    at: payment.paidAt,
    keyAt: payment.invoiceCreatedAt * 1000,
    subscriptionId: payment.subscriptionId ?? facet?.id ?? null,
    properties: {
      plan: payment.plan ?? (facet && planCharged(facet, payment.priceIds)),
      currency,
      amount: toMajor(settledMinor(payment), currency),
      invoice_id: invoiceId,
      ...properties,
    },
  };
}

function valueOf(facet: SubscriptionFacet): number | null {
  return facet.monthlyMinor === null ? null : toMajor(facet.monthlyMinor, facet.currency);
}
