// Payments that are made once and have no invoice: a checkout in the mode `payment`, or what an application charges by
// itself. The session, the payment intent and the charge tell of the same one; its key is the payment intent.
// https://docs.stripe.com/api/payment_intents/object

import { happened } from '../../person/moment.ts';
import type { Moment } from '../../person/moment.ts';
import { toMajor } from '../../person/money.ts';
import { ownerIn } from '../../person/owner.ts';
import * as v from '../../platform/schema.ts';
import type { Reading, ReadOptions } from '../provider.ts';
import { count, needed, record, text } from '../shape.ts';
import type { StripeEvent } from './envelope.ts';
import { customerSource, ignored, readingOf, unreadable } from './reading.ts';
import { reference } from './shape.ts';

/** What Stripe writes on what it charges for an invoice, since API version basil the only sign of one. */
const OF_INVOICE = /^(?:Subscription (?:creation|update)|Payment for Invoice)/;

const Paid = v.object({
  id: needed.text,
  customer: reference,
  payment_intent: reference,
  invoice: reference,
  amount: count,
  amount_captured: count,
  amount_received: count,
  currency: needed.text,
  description: text,
  status: text,
  metadata: record,
});

/** A payment that was made once, as a moment. `id` is the same in whatever tells of it. */
export function onePayment(payment: {
  readonly id: string;
  readonly minor: number;
  readonly currency: string;
  /** Unix milliseconds. */
  readonly at: number;
  readonly isUnlessSubscribed?: true;
}): Moment {
  const { id, minor, at, isUnlessSubscribed } = payment;
  const currency = payment.currency.toLowerCase();
  return happened('payment_succeeded', {
    key: [id],
    at,
    // Nothing that all of them know has a time.
    keyAt: 0,
    isAlone: true,
    money: { id, at, minor, currency },
    ...(isUnlessSubscribed === undefined ? {} : { isUnlessSubscribed }),
    properties: {
      plan: null,
      currency,
      amount: toMajor(minor, currency),
      invoice_id: null,
      billing_reason: 'checkout',
      out_of_band: false,
    },
  });
}

/** A charge or a payment intent that has succeeded: those of an invoice are told by it. */
export function readPaid(event: StripeEvent, options: ReadOptions): Reading {
  const parsed = v.safeParse(Paid, event.object);
  if (!parsed.success) return unreadable(event, parsed.issues);
  const paid = parsed.output;
  if (isOfInvoice(paid)) return ignored(event, 'told_by_invoice');
  const isCharge = event.type.startsWith('charge.');
  const minor = amountIn(paid, isCharge);
  if (minor <= 0 || paid.status !== 'succeeded') return ignored(event, 'nothing_paid');
  const owner = ownerIn(paid.metadata, options);
  // The application's own word on a payment, or an API version that says there is no invoice, leaves no doubt.
  const isSure = Object.hasOwn(event.object, 'invoice') || owner.kind === 'person';
  const { id, currency } = paid;
  const payment = { id: paid.payment_intent ?? id, minor, currency, at: event.occurredAt };
  const moment = onePayment(isSure ? payment : { ...payment, isUnlessSubscribed: true });
  return readingOf(event, {
    owner,
    customerId: paid.customer,
    chargeId: isCharge && paid.customer !== null ? id : null,
    sources: [customerSource(event.object['customer'], options)],
    news: [{ kind: 'moment', moment }],
  });
}

function isOfInvoice({ invoice, description }: v.InferOutput<typeof Paid>): boolean {
  return invoice !== null || (description !== null && OF_INVOICE.test(description));
}

function amountIn(paid: v.InferOutput<typeof Paid>, isCharge: boolean): number {
  return (isCharge ? paid.amount_captured : paid.amount_received) ?? paid.amount ?? 0;
}
