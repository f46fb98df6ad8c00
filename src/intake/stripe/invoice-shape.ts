// Stripe's invoice, in whatever shape its API version gives it: where it names its subscription, the metadata of it
// and the price has moved more than once. https://docs.stripe.com/api/invoices/object

import * as z from 'zod';

import { firstOwner, ownerIn } from '../../person/owner.ts';
import type { Owner } from '../../person/owner.ts';
import type { ReadOptions } from '../provider.ts';
import { count, flag, list, needed, record, text, typed } from '../shape.ts';
import { planName } from './price.ts';
import { reference } from './shape.ts';

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
  .object({ id: text, product: reference, lookup_key: text, nickname: typed })
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

export const Invoice = z.object({
  id: needed.text,
  customer: reference,
  currency: needed.text,
  created: count,
  amount_paid: count,
  amount_due: count,
  attempt_count: count,
  next_payment_attempt: count,
  period_end: count,
  hosted_invoice_url: text,
  billing_reason: text,
  status_transitions: z.object({ paid_at: count }).catch({ paid_at: null }),
  subscription: reference,
  subscription_details: Details,
  parent: Parent,
  lines: z.object({ data: list(Line), has_more: flag }).catch({ data: [], has_more: false }),
});

/** Nobody has made it yet, so it has no id. */
export const InvoicePreview = Invoice.omit({ id: true });

export type StripeInvoice = z.infer<typeof Invoice>;
export type StripeInvoicePreview = z.infer<typeof InvoicePreview>;

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
export function ownerOf(invoice: StripeInvoicePreview, { linkKeys }: ReadOptions): Owner {
  const copies = [
    invoice.parent.subscription_details.metadata,
    invoice.subscription_details.metadata,
    ...invoice.lines.data.map((line) => line.metadata),
  ];
  return firstOwner(copies.map((metadata) => ownerIn(metadata, linkKeys)));
}

/** Only a name the invoice really knows: the subscription's facet names it better than a bare id would. */
export function planOf(invoice: StripeInvoicePreview, options: ReadOptions): string | null {
  for (const { price, pricing } of invoice.lines.data) {
    const { price: priceId, product } = pricing.price_details;
    const known = { ...price, id: price.id ?? priceId, product: price.product ?? product };
    const name = planName(known, options);
    if (name !== null && name !== known.id && name !== known.product) return name;
  }
  return null;
}
