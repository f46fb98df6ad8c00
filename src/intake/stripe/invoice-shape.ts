// Stripe's invoice, in whatever shape its API version gives it: where it names its subscription, the metadata of it
// and the price has moved more than once. https://docs.stripe.com/api/invoices/object

import { firstOwner, ownerIn } from '../../person/owner.ts';
import type { Owner } from '../../person/owner.ts';
import * as v from '../../platform/schema.ts';
import type { ReadOptions } from '../provider.ts';
import { count, flag, list, needed, record, text, typed } from '../shape.ts';
import { namedPlan, planName } from './price.ts';
import { reference } from './shape.ts';

const Details = v.part({ subscription: reference, metadata: record });

const Parent = v.part({ subscription_details: Details });

const LineParent = v.part({ subscription_item_details: v.part({ subscription: reference }) });

const LinePrice = v.part({
  id: text,
  product: reference,
  lookup_key: text,
  nickname: typed,
  type: text,
});
const LinePricing = v.part({ price_details: v.part({ price: reference, product: reference }) });

const Line = v.object({
  amount: count,
  period: v.part({ start: count }),
  subscription: reference,
  parent: LineParent,
  metadata: record,
  price: LinePrice,
  /** What prices were before 2020. */
  plan: LinePrice,
  pricing: LinePricing,
});

/** Why the bank said no, where the account expands who asked it. */
const Attempt = v.pipe(
  v.part({ last_payment_error: v.part({ decline_code: text, code: text }) }),
  v.transform(({ last_payment_error: { decline_code: declined, code } }) => declined ?? code),
);
const AttemptCharge = v.pipe(
  v.part({ outcome: v.part({ reason: text }), failure_code: text }),
  v.transform(({ outcome, failure_code: code }) => outcome.reason ?? code),
);
const InvoicePayment = v.object({
  payment: v.object({ payment_intent: Attempt, charge: AttemptCharge }),
});

const Preview = {
  customer: reference,
  currency: needed.text,
  created: count,
  status: text,
  total: count,
  amount_paid: count,
  amount_due: count,
  amount_remaining: count,
  amount_paid_off_stripe: count,
  paid_out_of_band: flag,
  attempt_count: count,
  next_payment_attempt: count,
  due_date: count,
  period_end: count,
  hosted_invoice_url: text,
  billing_reason: text,
  status_transitions: v.part({ paid_at: count }),
  subscription: reference,
  subscription_details: Details,
  parent: Parent,
  lines: v.part({ data: list(Line), has_more: flag }),
  /** Until API version basil; since then a list that only comes where it is expanded. */
  charge: reference,
  payments: v.part({ data: list(InvoicePayment) }),
};

export const Invoice = v.object({ id: needed.text, ...Preview });

/** Nobody has made it yet, so it has no id. */
export const InvoicePreview = v.object(Preview);

export type StripeInvoice = v.InferOutput<typeof Invoice>;
export type StripeInvoicePreview = v.InferOutput<typeof InvoicePreview>;

type StripeLine = v.InferOutput<typeof Line>;

export function subscriptionOf(invoice: StripeInvoicePreview): string | null {
  const lines = invoice.lines.data.map(
    (line) => line.parent.subscription_item_details.subscription ?? line.subscription,
  );
  return (
    invoice.parent.subscription_details.subscription ??
    invoice.subscription ??
    lines.find((line) => line !== null) ??
    null
  );
}

/** An invoice carries a copy of its subscription's metadata, in one of three places. */
export function ownerOf(invoice: StripeInvoicePreview, options: ReadOptions): Owner {
  const copies = [
    invoice.parent.subscription_details.metadata,
    invoice.subscription_details.metadata,
    ...invoice.lines.data.map((line) => line.metadata),
  ];
  return firstOwner(copies.map((metadata) => ownerIn(metadata, options)));
}

/**
 * The plan that is paid for, never one whose credit stands beside it: the line that PLANS names, then the largest. Null
 * where the lines name none, or are only a part of all: the subscription's facet names it better than a bare id would.
 */
export function planOf({ lines }: StripeInvoicePreview, options: ReadOptions): string | null {
  const named = lines.data
    .filter(({ amount, price }) => (amount === null || amount >= 0) && price.type !== 'one_time')
    .toSorted((a, b) => (b.amount ?? 0) - (a.amount ?? 0))
    .map((line) => nameOf(line, options));
  const configured = named.find(({ isConfigured }) => isConfigured)?.name;
  if (configured !== undefined || lines.has_more) return configured ?? null;
  return named.find(({ name }) => name !== null)?.name ?? null;
}

/** The prices that are paid for, where their lines are all there. */
export function pricesOf({ lines }: StripeInvoicePreview): readonly string[] {
  if (lines.has_more) return [];
  const paid = lines.data.filter(({ amount }) => amount === null || amount >= 0);
  return paid.flatMap(({ price, plan, pricing }) => {
    return price.id ?? plan.id ?? pricing.price_details.price ?? [];
  });
}

function nameOf({ price, plan, pricing }: StripeLine, options: ReadOptions) {
  const { price: priceId, product } = pricing.price_details;
  const known = {
    id: price.id ?? plan.id ?? priceId,
    product: price.product ?? plan.product ?? product,
    lookup_key: price.lookup_key,
    nickname: price.nickname ?? plan.nickname,
  };
  const isConfigured = namedPlan(known, options) !== null;
  const name = planName(known, options);
  const isBare = !isConfigured && (name === known.id || name === known.product);
  return { name: isBare ? null : name, isConfigured };
}

/** Stripe's word for why an attempt failed; null where the event does not have it. */
export function declineCodeOf(
  { payments }: StripeInvoicePreview,
  object: Readonly<Record<string, unknown>>,
): string | null {
  const told = [
    v.parse(Attempt, object['payment_intent']),
    v.parse(AttemptCharge, object['charge']),
    ...payments.data.flatMap(({ payment }) => [payment.payment_intent, payment.charge]),
  ];
  return told.find((code) => code !== null) ?? null;
}

/**
 * What was paid, in minor units: what came through Stripe, or all that was due where it was paid some other way and
 * marked by hand.
 */
export function paidOf(invoice: StripeInvoice): {
  readonly minor: number;
  readonly isOutOfBand: boolean;
} {
  const minor = invoice.amount_paid ?? 0;
  if (!isPaidElsewhere(invoice)) return { minor, isOutOfBand: false };
  const due = invoice.amount_due ?? 0;
  const owed = due > 0 ? due : (invoice.total ?? 0);
  return { minor: Math.max(minor, owed), isOutOfBand: true };
}

/** Since API version basil the amounts alone say so: it is paid, and nothing of what was due has come. */
function isPaidElsewhere(invoice: StripeInvoice): boolean {
  const { amount_paid: paid, amount_due: due, amount_remaining: remaining } = invoice;
  if (invoice.paid_out_of_band || (invoice.amount_paid_off_stripe ?? 0) > 0) return true;
  return invoice.status === 'paid' && paid === 0 && remaining === 0 && (due ?? 0) > 0;
}
