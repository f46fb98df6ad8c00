// Clerk Billing's payment attempts: paid, failed, or not decided yet.
// https://clerk.com/docs/guides/development/webhooks/billing

import { toMajor } from '../../person/money.ts';
import type { News, Payment } from '../../person/news.ts';
import * as v from '../../platform/schema.ts';
import type { ReadOptions } from '../provider.ts';
import { count, list, needed, text } from '../shape.ts';
import { isFree, Item, money, payer, payerOf, planName, seconds } from './billing-shape.ts';
import type { ClerkItem } from './billing-shape.ts';
import { timeIn } from './envelope.ts';
import type { ClerkEvent } from './envelope.ts';
import { ignored, momentNews, personReading, reader } from './reading.ts';

const Attempt = v.object({
  id: needed.text,
  payment_id: text,
  status: needed.text,
  charge_type: text,
  created_at: count,
  billing_date: count,
  paid_at: count,
  failed_at: count,
  failed_reason: v.part({ code: text, decline_code: text }),
  payer,
  totals: v.pipe(
    v.part({ grand_total: money }),
    v.transform(({ grand_total: { amount, currency } }) => ({
      amountMinor: amount ?? 0,
      // Clerk Billing knows no other yet.
      currency: currency?.toLowerCase() ?? 'usd',
    })),
  ),
  subscription_items: list(Item),
});

type ClerkAttempt = v.InferOutput<typeof Attempt>;

/** Clerk's words for why it was charged, in those of the contract. */
const REASONS: ReadonlyMap<string | null, string> = new Map([
  ['recurring', 'subscription_cycle'],
  ['checkout', 'subscription_create'],
]);

export const readAttempt = reader(Attempt, (attempt, event, options) => {
  const who = payerOf(attempt.payer, options);
  if (typeof who === 'string') return ignored(event, who);
  const news = newsOf(event, attempt, options);
  return news === null
    ? ignored(event, 'payment_pending')
    : personReading(event, { ...who, news: [news] });
});

function newsOf(event: ClerkEvent, attempt: ClerkAttempt, options: ReadOptions): News | null {
  switch (attempt.status) {
    case 'paid':
      return { kind: 'payment', payment: paymentOf(event, attempt, options) };
    case 'failed':
      return failureOf(event, attempt, options);
    default:
      return null;
  }
}

function paymentOf(event: ClerkEvent, attempt: ClerkAttempt, options: ReadOptions): Payment {
  const item = itemOf(attempt);
  return {
    ...attempt.totals,
    invoiceId: attempt.payment_id ?? attempt.id,
    customerId: null,
    subscriptionId: item?.subscription_id ?? null,
    purchaseId: item?.id ?? null,
    billingReason: REASONS.get(attempt.charge_type) ?? attempt.charge_type,
    // The items may still show the period before the one that is paid for; the date is the new one's.
    periodStarts: [
      attempt.billing_date,
      ...attempt.subscription_items.map((each) => each.period_start),
    ].flatMap((at) => seconds(at) ?? []),
    invoiceCreatedAt: seconds(attempt.created_at) ?? 0,
    paidAt: timeIn(event, attempt.paid_at),
    plan: item === undefined ? null : planName(item, options),
  };
}

/** Each attempt is an object of its own: Clerk does not say how many there were, nor whether one follows. */
function failureOf(event: ClerkEvent, attempt: ClerkAttempt, options: ReadOptions): News {
  const payment = paymentOf(event, attempt, options);
  const { invoiceId, plan, currency, amountMinor, subscriptionId, billingReason } = payment;
  const { decline_code: declined, code } = attempt.failed_reason;
  return momentNews('payment_failed', {
    key: [invoiceId, attempt.id],
    at: timeIn(event, attempt.failed_at),
    properties: {
      plan,
      currency,
      amount: toMajor(amountMinor, currency),
      invoice_id: invoiceId,
      attempt: null,
      next_attempt_at: null,
      final: null,
      hosted_invoice_url: null,
      billing_reason: billingReason,
      decline_code: declined ?? code,
    },
    subscriptionId,
    // An item within an attempt does not name its subscription: the person has one.
    refs: [invoiceId],
  });
}

/** The plan that is paid for; a free item may stand beside it. */
function itemOf({ subscription_items: items }: ClerkAttempt): ClerkItem | undefined {
  return items.find((item) => !isFree(item)) ?? items[0];
}
