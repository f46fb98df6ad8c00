// Stripe's invoices: paid (both events that say so) and failed. Where an invoice names its subscription has moved
// more than once. https://docs.stripe.com/api/invoices/object

import * as z from 'zod';

import { toMajor } from '../../person/money.ts';
import type { News } from '../../person/news.ts';
import type { Reading, ReadOptions } from '../provider.ts';
import { count, list, needed, record, text, userIdIn } from '../shape.ts';
import type { StripeEvent } from './events.ts';
import { planName } from './price.ts';
import { claimsOf, customerPlace, reference, unreadable } from './shape.ts';

const Details = z
  .object({ subscription: reference, metadata: record })
  .catch({ subscription: null, metadata: {} });

const Parent = z
  .object({ subscription_details: Details })
  .catch({ subscription_details: { subscription: null, metadata: {} } });

const LineParent = z
  .object({ subscription_item_details: z.object({ subscription: reference }) })
  .catch({ subscription_item_details: { subscription: null } });

const NoPrice = { id: null, product: null, lookup_key: null, nickname: null };
const LinePrice = z
  .object({ id: text, product: reference, lookup_key: text, nickname: text })
  .catch(NoPrice);
const LinePricing = z
  .object({ price_details: z.object({ price: reference, product: reference }) })
  .catch({ price_details: { price: null, product: null } });

const Line = z.object({
  period: z.object({ start: count }).catch({ start: null }),
  subscription: reference,
  parent: LineParent,
  metadata: record,
  price: LinePrice,
  pricing: LinePricing,
});

const Invoice = z.object({
  id: needed.text,
  customer: reference,
  currency: needed.text,
  created: count,
  amount_paid: count,
  amount_due: count,
  attempt_count: count,
  next_payment_attempt: count,
  hosted_invoice_url: text,
  billing_reason: text,
  status_transitions: z.object({ paid_at: count }).catch({ paid_at: null }),
  subscription: reference,
  subscription_details: Details,
  parent: Parent,
  lines: z.object({ data: list(Line) }).catch({ data: [] }),
});

type StripeInvoice = z.infer<typeof Invoice>;

/** `invoice.paid` and `invoice.payment_succeeded` say the same; whichever comes first counts. */
export function readPayment(event: StripeEvent, options: ReadOptions): Reading {
  const parsed = Invoice.safeParse(event.object);
  if (!parsed.success) return unreadable(event, parsed.error);
  const invoice = parsed.data;
  const paidAt = invoice.status_transitions.paid_at;
  return readingOf(event, invoice, {
    options,
    news: {
      kind: 'payment',
      payment: {
        invoiceId: invoice.id,
        subscriptionId: subscriptionOf(invoice),
        amountMinor: invoice.amount_paid ?? 0,
        currency: invoice.currency.toLowerCase(),
        billingReason: invoice.billing_reason,
        periodStarts: invoice.lines.data.flatMap(({ period }) => period.start ?? []),
        invoiceCreatedAt: invoice.created ?? 0,
        paidAt: paidAt === null ? event.occurredAt : paidAt * 1000,
        plan: planOf(invoice, options),
      },
    },
  });
}

export function readFailure(event: StripeEvent, options: ReadOptions): Reading {
  const parsed = Invoice.safeParse(event.object);
  if (!parsed.success) return unreadable(event, parsed.error);
  const invoice = parsed.data;
  const currency = invoice.currency.toLowerCase();
  const attempt = invoice.attempt_count ?? 0;
  return readingOf(event, invoice, {
    options,
    news: {
      kind: 'moment',
      moment: {
        name: 'payment_failed',
        key: ['payment_failed', invoice.id, attempt],
        keyAt: (invoice.created ?? 0) * 1000 + attempt,
        occurredAt: event.occurredAt,
        subscriptionId: subscriptionOf(invoice),
        properties: {
          plan: planOf(invoice, options),
          currency,
          amount: toMajor(invoice.amount_due ?? 0, currency),
          invoice_id: invoice.id,
          attempt,
          next_attempt_at: invoice.next_payment_attempt,
          final: invoice.next_payment_attempt === null,
          hosted_invoice_url: invoice.hosted_invoice_url,
        },
        once: 'seen',
      },
    },
  });
}

function readingOf(
  event: StripeEvent,
  invoice: StripeInvoice,
  about: { readonly options: ReadOptions; readonly news: News },
): Reading {
  const { id, type } = event;
  const { options, news } = about;
  const userId = personOf(invoice, options);
  const { customer: customerId } = invoice;
  const claims = claimsOf(event, customerId, [
    customerPlace(event.object['customer'], options),
    { source: 'subscription_metadata', userId, mayMove: false },
  ]);
  return { kind: 'event', id, type, userId, customerId, chargeId: null, claims, news: [news] };
}

function subscriptionOf(invoice: StripeInvoice): string | null {
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
function personOf(invoice: StripeInvoice, { linkKeys }: ReadOptions): string | null {
  const copies = [
    invoice.parent.subscription_details.metadata,
    invoice.subscription_details.metadata,
    ...invoice.lines.data.map((line) => line.metadata),
  ];
  for (const metadata of copies) {
    const userId = userIdIn(metadata, linkKeys);
    if (userId !== null) return userId;
  }
  return null;
}

/** Only a name the invoice really knows: the subscription's facet names it better than a bare id would. */
function planOf(invoice: StripeInvoice, options: ReadOptions): string | null {
  for (const { price, pricing } of invoice.lines.data) {
    const { price: priceId, product } = pricing.price_details;
    const known = { ...price, id: price.id ?? priceId, product: price.product ?? product };
    const name = planName(known, options);
    if (name !== null && name !== known.id && name !== known.product) return name;
  }
  return null;
}
