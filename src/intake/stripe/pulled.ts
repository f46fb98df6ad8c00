// What Stripe's lists show: a subscription as it is, with what its customer pays with, and an invoice that was paid. All of it
// is a baseline: it says how things are, and tells no moment. https://docs.stripe.com/api/subscriptions/list

import type { News } from '../../person/news.ts';
import { isObject } from '../../platform/json.ts';
import * as v from '../../platform/schema.ts';
import type { Reading, ReadOptions } from '../provider.ts';
import { record } from '../shape.ts';
import type { StripeEvent } from './envelope.ts';
import { readPayment } from './invoice.ts';
import { expandedCard } from './payment-method.ts';
import { reference } from './shape.ts';
import { readBaseline } from './subscription.ts';

/** Asked with its customer, and with both ways to pay, expanded. */
export function readPulledSubscription(event: StripeEvent, options: ReadOptions): Reading {
  const reading = readBaseline(event, options);
  if (reading.kind !== 'event' || reading.customerId === null) return reading;
  return { ...reading, news: [...reading.news, ...waysToPay(event, reading.customerId)] };
}

function waysToPay(event: StripeEvent, customerId: string): News[] {
  const { customer, default_payment_method: own } = event.object;
  if (!isObject(customer)) return expandedCard(event, own, customerId);
  const settings = v.parse(record, customer['invoice_settings']);
  const byDefault = settings['default_payment_method'];
  const id = v.parse(reference, byDefault);
  return [
    ...expandedCard(event, own, customerId),
    ...expandedCard(event, byDefault, customerId),
    { kind: 'default_method', customerId, asOf: event.asOf, id },
  ];
}

/** It counts among what was paid; whether it converted or renewed anything was told in its time, or by nobody. */
export function readPulledInvoice(event: StripeEvent, options: ReadOptions): Reading {
  const reading = readPayment(event, options);
  if (reading.kind !== 'event') return reading;
  const news = reading.news.map((each) =>
    each.kind === 'payment' ? { kind: 'paid' as const, payment: each.payment } : each,
  );
  return { ...reading, news };
}
