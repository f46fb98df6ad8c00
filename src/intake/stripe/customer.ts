// Stripe's customer: nothing happens to anybody with it, but its metadata may say whose it is.
// https://docs.stripe.com/api/customers/object

import * as z from 'zod';

import type { Reading, ReadOptions } from '../provider.ts';
import { needed } from '../shape.ts';
import type { StripeEvent } from './events.ts';
import { claimsOf, customerPlace, unreadable } from './shape.ts';

const Customer = z.object({ id: needed.text });

export function readCustomer(event: StripeEvent, options: ReadOptions): Reading {
  const { id, type, object } = event;
  const parsed = Customer.safeParse(object);
  if (!parsed.success) return unreadable(event, parsed.error);
  const customerId = parsed.data.id;
  const claims = claimsOf(event, customerId, [customerPlace(object, options)]);
  return { kind: 'event', id, type, userId: null, customerId, chargeId: null, claims, news: [] };
}
