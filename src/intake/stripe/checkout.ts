// A completed checkout: the one event that carries `client_reference_id`, and so often the one that tells who the
// customer is. https://docs.stripe.com/api/checkout/sessions/object

import * as z from 'zod';

import { toMajor } from '../../person/money.ts';
import type { Reading, ReadOptions } from '../provider.ts';
import { count, needed, record, text, userIdIn } from '../shape.ts';
import type { StripeEvent } from './events.ts';
import { asUserId, claimsOf, customerPlace, reference, unreadable } from './shape.ts';

const Session = z.object({
  id: needed.text,
  customer: reference,
  subscription: reference,
  created: count,
  currency: text,
  amount_total: count,
  client_reference_id: text,
  metadata: record,
});

export function readCheckout(event: StripeEvent, options: ReadOptions): Reading {
  const { id, type, occurredAt } = event;
  const parsed = Session.safeParse(event.object);
  if (!parsed.success) return unreadable(event, parsed.error);
  const session = parsed.data;
  const currency = session.currency?.toLowerCase() ?? null;
  const reference_ = asUserId(session.client_reference_id);
  const fromMetadata = userIdIn(session.metadata, options.linkKeys);
  const { customer: customerId } = session;
  const claims = claimsOf(event, customerId, [
    customerPlace(event.object['customer'], options),
    { source: 'checkout_metadata', userId: fromMetadata, mayMove: true },
    // A buyer can edit it in a payment link's address.
    { source: 'client_reference_id', userId: reference_, mayMove: false },
  ]);
  // Without a customer (a guest's one-off payment) only the session itself can say who it was.
  const userId = customerId === null ? (fromMetadata ?? reference_) : null;
  const createdAt = (session.created ?? Math.floor(occurredAt / 1000)) * 1000;
  return {
    kind: 'event',
    id,
    type,
    userId,
    customerId,
    chargeId: null,
    claims,
    news: [
      {
        kind: 'moment',
        moment: {
          name: 'checkout_completed',
          key: ['checkout_completed', session.id],
          keyAt: createdAt,
          occurredAt,
          subscriptionId: session.subscription,
          properties: { currency, amount: toMajor(session.amount_total ?? 0, currency) },
          once: 'seen',
        },
      },
    ],
  };
}
