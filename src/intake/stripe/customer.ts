// Stripe's customer: nothing happens by its events, but its metadata may say which person it is.
// https://docs.stripe.com/api/customers/object

import * as z from 'zod';

import type { Reading, ReadOptions } from '../provider.ts';
import { needed } from '../shape.ts';
import type { StripeEvent } from './envelope.ts';
import { customerSource, readingOf, unreadable } from './reading.ts';

const Customer = z.object({ id: needed.text });

export function readCustomer(event: StripeEvent, options: ReadOptions): Reading {
  const parsed = Customer.safeParse(event.object);
  if (!parsed.success) return unreadable(event, parsed.error);
  const sources = [customerSource(event.object, options)];
  return readingOf(event, { customerId: parsed.data.id, sources, isCustomers: true, news: [] });
}
