// Stripe's customer: nothing happens to anybody with it, but its metadata may say whose it is.
// https://docs.stripe.com/api/customers/object

import * as z from 'zod';

import type { Reading, ReadOptions } from '../provider.ts';
import { needed } from '../shape.ts';
import type { StripeEvent } from './events.ts';
import { customerPlace, readingOf, unreadable } from './shape.ts';

const Customer = z.object({ id: needed.text });

export function readCustomer(event: StripeEvent, options: ReadOptions): Reading {
  const parsed = Customer.safeParse(event.object);
  if (!parsed.success) return unreadable(event, parsed.error);
  const places = [customerPlace(event.object, options)];
  return readingOf(event, { customerId: parsed.data.id, places, news: [] });
}
