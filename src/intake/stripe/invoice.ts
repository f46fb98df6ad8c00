// Stripe's invoices: paid (both events that say so), failed, waiting for the customer, and the next one to come.
// https://docs.stripe.com/billing/subscriptions/webhooks

import { happened } from '../../person/moment.ts';
import type { MomentParts } from '../../person/moment.ts';
import { toMajor } from '../../person/money.ts';
import type { News } from '../../person/news.ts';
import type { Reading, ReadOptions } from '../provider.ts';
import type { StripeEvent } from './envelope.ts';
import { Invoice, InvoicePreview, ownerOf, planOf, subscriptionOf } from './invoice-shape.ts';
import type { StripeInvoice, StripeInvoicePreview } from './invoice-shape.ts';
import { customerSource, ignored, readingOf, unreadable } from './reading.ts';

/** `invoice.paid` and `invoice.payment_succeeded` say the same; whichever comes first counts. */
export function readPayment(event: StripeEvent, options: ReadOptions): Reading {
  return readInvoice(event, options, (invoice) => {
    const paidAt = invoice.status_transitions.paid_at;
    const subscriptionId = subscriptionOf(invoice);
    const payment = {
      invoiceId: invoice.id,
      customerId: invoice.customer,
      subscriptionId,
      purchaseId: subscriptionId,
      amountMinor: invoice.amount_paid ?? 0,
      currency: invoice.currency.toLowerCase(),
      billingReason: invoice.billing_reason,
      periodStarts: invoice.lines.data.flatMap(({ period }) => period.start ?? []),
      invoiceCreatedAt: invoice.created ?? 0,
      paidAt: paidAt === null ? event.occurredAt : paidAt * 1000,
      plan: planOf(invoice, options),
    };
    return [{ kind: 'payment', payment }];
  });
}

export function readFailure(event: StripeEvent, options: ReadOptions): Reading {
  return readInvoice(event, options, (invoice) => {
    const attempt = invoice.attempt_count ?? 0;
    const due = whatIsDue(event, invoice, options);
    const moment = happened('payment_failed', {
      ...due,
      key: [invoice.id, attempt],
      keyAt: (invoice.created ?? 0) * 1000 + attempt,
      properties: {
        ...due.properties,
        invoice_id: invoice.id,
        attempt,
        next_attempt_at: invoice.next_payment_attempt,
        final: invoice.next_payment_attempt === null,
        hosted_invoice_url: invoice.hosted_invoice_url,
      },
    });
    return [{ kind: 'moment', moment }];
  });
}

/** The bank asks the customer to confirm: the invoice's page is where they do. */
export function readActionRequired(event: StripeEvent, options: ReadOptions): Reading {
  return readInvoice(event, options, (invoice) => {
    const due = whatIsDue(event, invoice, options);
    const moment = happened('payment_action_required', {
      ...due,
      key: [invoice.id],
      keyAt: (invoice.created ?? 0) * 1000,
      properties: { ...due.properties, hosted_invoice_url: invoice.hosted_invoice_url },
    });
    return [{ kind: 'moment', moment }];
  });
}

/** Sent some days ahead; the preview's own period is the one that ends with the renewal. */
export function readUpcoming(event: StripeEvent, options: ReadOptions): Reading {
  const parsed = InvoicePreview.safeParse(event.object);
  if (!parsed.success) return unreadable(event, parsed.error);
  const invoice = parsed.data;
  const subscriptionId = subscriptionOf(invoice);
  const renewsAt = invoice.period_end ?? invoice.next_payment_attempt;
  if (subscriptionId === null || renewsAt === null) return ignored(event, 'no_renewal');
  const due = whatIsDue(event, invoice, options);
  const moment = happened('renewal_upcoming', {
    ...due,
    key: [subscriptionId, renewsAt],
    keyAt: renewsAt * 1000,
    properties: { ...due.properties, renews_at: renewsAt },
  });
  return invoiceReading(event, invoice, { options, news: [{ kind: 'moment', moment }] });
}

function readInvoice(
  event: StripeEvent,
  options: ReadOptions,
  newsIn: (invoice: StripeInvoice) => readonly News[],
): Reading {
  const parsed = Invoice.safeParse(event.object);
  if (!parsed.success) return unreadable(event, parsed.error);
  return invoiceReading(event, parsed.data, { options, news: newsIn(parsed.data) });
}

function invoiceReading(
  event: StripeEvent,
  invoice: StripeInvoicePreview,
  { options, news }: { readonly options: ReadOptions; readonly news: readonly News[] },
): Reading {
  const owner = ownerOf(invoice, options);
  const subscriptionId = subscriptionOf(invoice);
  return readingOf(event, {
    owner,
    customerId: invoice.customer,
    sources: [
      customerSource(event.object['customer'], options),
      { name: 'subscription_metadata', owner, mayMove: false },
    ],
    of: subscriptionId === null ? null : { subscriptionId, asOf: event.asOf },
    news,
  });
}

/** What every moment of an invoice that is due has in common; the key is the caller's. */
function whatIsDue(event: StripeEvent, invoice: StripeInvoicePreview, options: ReadOptions) {
  const currency = invoice.currency.toLowerCase();
  return {
    at: event.occurredAt,
    subscriptionId: subscriptionOf(invoice),
    properties: {
      plan: planOf(invoice, options),
      currency,
      amount: toMajor(invoice.amount_due ?? 0, currency),
    },
  } satisfies Partial<MomentParts>;
}
