// Paid invoices: which of them converted a trial, which renewed. An invoice may arrive before the subscription
// that explains it, so what cannot be decided yet is kept and decided when the subscription is known; the moments
// are the same whatever the order. No I/O. No clock.

import type { SubscriptionFacet } from './facet.ts';
import type { Money } from './ledger.ts';
import { happened } from './moment.ts';
import type { Moment, MomentParts, Properties } from './moment.ts';
import { toMajor } from './money.ts';
import type { Payment } from './news.ts';

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
  /** The trial came to nothing, and that was told. */
  readonly trialExpired: boolean;
  readonly undecided: readonly Payment[];
  /** Another purchase is planned to follow, so the end of this one is no end. */
  readonly hasSuccessor: boolean;
  /** The latest change of plan, and the plan before it. */
  readonly planChange: { readonly at: number; readonly from: string | null } | null;
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

/** Notes an invoice in the marks, and says what it meant for the subscription if that is known. */
export function applyPayment(
  marks: SubscriptionMarks,
  payment: Payment,
  facet: SubscriptionFacet | null,
): Settled {
  if (settledMinor(payment) <= 0) return { marks, moments: [] };
  const paid = { ...marks, wasPaid: true };
  return facet === null ? keep(paid, payment) : decide(paid, payment, facet);
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

/** The converting invoice is the one whose service period begins where a trial ended, by date or by hand. */
function decide(marks: SubscriptionMarks, payment: Payment, facet: SubscriptionFacet): Settled {
  const { invoiceId, periodStarts, billingReason } = payment;
  if (marks.convertedBy === invoiceId) return { marks, moments: [] };
  const converts = periodStarts.some((start) => marks.trialEnds.includes(start));
  if (marks.convertedBy === null && converts) {
    const moment = happened('trial_converted', {
      ...invoiceParts(payment, facet, { mrr: valueOf(facet) }),
      // Once per purchase, whichever invoice converts it; `convertedBy` is the mark.
      key: [facet.purchaseId],
      keyAt: facet.createdAt * 1000,
      once: 'mark',
    });
    return { marks: { ...marks, convertedBy: invoiceId }, moments: [moment] };
  }
  // In a trial that is ended by hand the invoice may come before the news that the trial has ended.
  if (facet.status === 'trialing') return keep(marks, payment);
  if (billingReason !== 'subscription_cycle') return { marks, moments: [] };
  return { marks, moments: [happened('subscription_renewed', invoiceParts(payment, facet))] };
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
      plan: payment.plan ?? facet?.plan ?? null,
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
