// Events as the outbox and the links take them, each with ids of its own.

import { readStripe } from '../../src/intake/stripe/events.ts';
import type { LinkClaim, News, PersonEvent } from '../../src/person/news.ts';
import { stripeEvent, subscription } from '../../src/samples/stripe.ts';
import { READ_OPTIONS } from './read-options.ts';

export function newCustomer(): string {
  return `cus_${token()}`;
}

export function newUser(): string {
  return `user_${token()}`;
}

function token(): string {
  return crypto.randomUUID().replaceAll('-', '');
}

export function claim(
  customerId: string,
  userId: string,
  more: Partial<LinkClaim> = {},
): LinkClaim {
  return { customerId, userId, source: 'test', asOf: Date.now(), mayMove: true, ...more };
}

/** A moment of a customer; `session` tells it apart. */
export function checkout(customerId: string, session: string): PersonEvent {
  const id = `${customerId}_${session}`;
  const moment = {
    name: 'checkout_completed',
    key: ['checkout_completed', id],
    keyAt: 1000,
    occurredAt: Date.now(),
    subscriptionId: null,
    properties: { session },
    once: 'seen',
  } as const;
  const type = 'checkout.session.completed';
  return { provider: 'stripe', id, type, customerId, news: [{ kind: 'moment', moment }] };
}

/** A subscription as it is: $49 a month, plan `pro`. */
export function subscribed(customerId: string): PersonEvent {
  const object = subscription({ id: `sub_${customerId.slice(4)}`, customer: customerId });
  const json = stripeEvent('customer.subscription.updated', object, { previous: {} });
  const reading = readStripe({ json, deliveryId: null, receivedAt: Date.now() }, READ_OPTIONS);
  if (reading.kind !== 'event') throw new Error(`expected an event, got ${reading.kind}`);
  const { id, type, news } = reading;
  return { provider: 'stripe', id, type, customerId, news };
}

export function deletion(): PersonEvent {
  const news: News = { kind: 'deleted', occurredAt: Date.now() };
  return { provider: 'clerk', id: token(), type: 'user.deleted', customerId: null, news: [news] };
}
