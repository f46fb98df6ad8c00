// Stripe's invoices: paid (both events that say so), failed, waiting for the customer, overdue, given up, and the next
// one to come. https://docs.stripe.com/billing/subscriptions/webhooks

import { happened } from '../../person/moment.ts';
import type { MomentParts, Properties } from '../../person/moment.ts';
import { toMajor } from '../../person/money.ts';
import type { News } from '../../person/news.ts';
import * as v from '../../platform/schema.ts';
import type { Reading, ReadOptions } from '../provider.ts';
import type { StripeEvent } from './envelope.ts';
import {
  declineCodeOf,
  Invoice,
  InvoicePreview,
  ownerOf,
  paidOf,
  planOf,
  subscriptionOf,
} from './invoice-shape.ts';
import type { StripeInvoice, StripeInvoicePreview } from './invoice-shape.ts';
import { customerSource, ignored, readingOf, unreadable } from './reading.ts';

type Read = (event: StripeEvent, options: ReadOptions) => Reading;

/** `invoice.paid` and `invoice.payment_succeeded` say the same; whichever comes first counts. */
export function readPayment(event: StripeEvent, options: ReadOptions): Reading {
  return readInvoice(event, options, (invoice) => {
    const paidAt = invoice.status_transitions.paid_at;
    const subscriptionId = subscriptionOf(invoice);
    const { minor, isOutOfBand } = paidOf(invoice);
    const payment = {
      invoiceId: invoice.id,
      customerId: invoice.customer,
      subscriptionId,
      purchaseId: subscriptionId,
      amountMinor: minor,
      totalMinor: invoice.total ?? minor,
      ...(isOutOfBand ? { isOutOfBand } : {}),
      currency: invoice.currency.toLowerCase(),
      billingReason: invoice.billing_reason,
      periodStarts: invoice.lines.data.flatMap(({ period }) => period.start ?? []),
      ...endOfPagedLines(invoice),
      invoiceCreatedAt: invoice.created ?? 0,
      paidAt: paidAt === null ? event.occurredAt : paidAt * 1000,
      plan: planOf(invoice, options),
    };
    return { kind: 'payment', payment };
  });
}

/** Lines come by the page, and the one that tells the period may be on another. */
function endOfPagedLines({ lines, period_end: periodEndsAt }: StripeInvoice) {
  const isWhole = lines.data.length > 0 && !lines.has_more;
  return isWhole || periodEndsAt === null ? {} : { periodEndsAt };
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
        final: isFinalAttempt(invoice),
        hosted_invoice_url: invoice.hosted_invoice_url,
        billing_reason: invoice.billing_reason,
        decline_code: declineCodeOf(invoice, event.object),
      },
    });
    return { kind: 'moment', moment };
  });
}

/** Stripe never tries a first checkout again by itself: the buyer does, or leaves, so nothing is final yet. */
function isFinalAttempt(invoice: StripeInvoice): boolean | null {
  if (invoice.billing_reason === 'subscription_create') return null;
  return invoice.next_payment_attempt === null;
}

/** The bank asks the customer to confirm: the invoice's page is where they do. */
export function readActionRequired(event: StripeEvent, options: ReadOptions): Reading {
  return readInvoice(event, options, (invoice) => {
    if ((invoice.amount_due ?? 0) <= 0) return null;
    const due = whatIsDue(event, invoice, options);
    const moment = happened('payment_action_required', {
      ...due,
      key: [invoice.id],
      keyAt: (invoice.created ?? 0) * 1000,
      properties: { ...due.properties, hosted_invoice_url: invoice.hosted_invoice_url },
    });
    return { kind: 'moment', moment };
  });
}

/** Whoever pays by invoice never fails an attempt: their dunning begins here. */
export const readOverdue: Read = (event, options) => readOwed(event, options, 'invoice_overdue');

/** Given up by hand, or by Stripe's settings for failed payments. */
export const readUncollectible: Read = (event, options) =>
  readOwed(event, options, 'invoice_written_off');

/** An open first invoice is voided when its checkout expires: nobody has given anything up. */
export function readVoided(event: StripeEvent, options: ReadOptions): Reading {
  const isFirst = event.object['billing_reason'] === 'subscription_create';
  return isFirst ? ignored(event, 'checkout_expired') : readUncollectible(event, options);
}

/** Once per invoice, however often it is said. */
function readOwed(
  event: StripeEvent,
  options: ReadOptions,
  name: 'invoice_overdue' | 'invoice_written_off',
): Reading {
  return readInvoice(event, options, (invoice) => {
    const owed = invoice.amount_remaining ?? invoice.amount_due ?? 0;
    if (owed <= 0) return null;
    const due = whatIsDue(event, invoice, options);
    const moment = happened(name, {
      ...due,
      key: [invoice.id],
      keyAt: (invoice.created ?? 0) * 1000,
      properties: {
        ...due.properties,
        amount: toMajor(owed, due.properties.currency),
        due_at: invoice.due_date,
        hosted_invoice_url: invoice.hosted_invoice_url,
      },
    });
    return { kind: 'moment', moment };
  });
}

/** Sent some days ahead; the preview's own period is the one that ends with the renewal. */
export function readUpcoming(event: StripeEvent, options: ReadOptions): Reading {
  const parsed = v.safeParse(InvoicePreview, event.object);
  if (!parsed.success) return unreadable(event, parsed.issues);
  const invoice = parsed.output;
  const subscriptionId = subscriptionOf(invoice);
  const renewsAt = invoice.period_end ?? invoice.next_payment_attempt;
  const isWorthNothing = (invoice.amount_due ?? 0) <= 0;
  if (subscriptionId === null || renewsAt === null || isWorthNothing) {
    return ignored(event, 'no_renewal');
  }
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
  newsIn: (invoice: StripeInvoice) => News | null,
): Reading {
  const parsed = v.safeParse(Invoice, event.object);
  if (!parsed.success) return unreadable(event, parsed.issues);
  const news = newsIn(parsed.output);
  if (news === null) return ignored(event, 'nothing_owed');
  return invoiceReading(event, parsed.output, { options, news: [news] });
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
    // A dispute of this charge will name no customer.
    chargeId: invoice.charge,
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
  const subscriptionId = subscriptionOf(invoice);
  const isOfSubscription = invoice.billing_reason?.startsWith('subscription') === true;
  return {
    at: event.occurredAt,
    subscriptionId,
    // Some API versions do not name the subscription: then it may be known from what the customer has.
    ...(isOfSubscription && subscriptionId === null ? { refs: [] } : {}),
    properties: {
      plan: planOf(invoice, options),
      currency,
      amount: toMajor(invoice.amount_due ?? 0, currency),
    } satisfies Properties,
  } satisfies Partial<MomentParts>;
}
