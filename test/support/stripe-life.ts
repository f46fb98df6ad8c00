// One person through Stripe's events, from the payload to the moments and the traits.

import type { Stripe } from 'stripe';

import type { ReadOptions } from '../../src/intake/provider.ts';
import { readStripe } from '../../src/intake/stripe/events.ts';
import { applyEvent } from '../../src/person/apply.ts';
import type { Moment } from '../../src/person/moment.ts';
import { newPerson } from '../../src/person/person.ts';
import type { Person, Step } from '../../src/person/person.ts';
import { traitsOf } from '../../src/person/traits.ts';
import type { PartOf } from '../../src/samples/payload.ts';
import {
  CREATED,
  DAY,
  invoice,
  item,
  price,
  stripeEvent,
  subscription,
} from '../../src/samples/stripe.ts';
import type { StripeEventJson } from '../../src/samples/stripe.ts';
import { READ_OPTIONS } from './read-options.ts';

export type Subscription = PartOf<Stripe.Subscription>;

const RECEIVED_AT = (CREATED + 900 * DAY) * 1000;

export function take(
  person: Person,
  json: StripeEventJson,
  options: ReadOptions = READ_OPTIONS,
): Step {
  const reading = readStripe({ json, deliveryId: null, receivedAt: RECEIVED_AT }, options);
  if (reading.kind !== 'event') throw new Error(`expected an event, got ${reading.kind}`);
  const { id, type, customerId, news } = reading;
  return applyEvent(person, { provider: 'stripe', id, type, customerId, news });
}

/** Everything that these events tell, in the order of their arrival, and what is true after them. */
export function life(events: readonly StripeEventJson[], options: ReadOptions = READ_OPTIONS) {
  let person = newPerson('user_1');
  const moments: Moment[] = [];
  for (const event of events) {
    const step = take(person, event, options);
    person = step.person;
    moments.push(...step.moments);
  }
  const names = moments.map(({ name }) => name);
  const last = moments.at(-1);
  return { person, moments, names, told: last?.properties ?? {}, traits: traitsOf(person, 'free') };
}

/** `at` in days after CREATED. */
export function made(at: number, object: Subscription = {}): StripeEventJson {
  const created = CREATED + at * DAY;
  const own = { created, start_date: created, ...object };
  return stripeEvent('customer.subscription.created', subscription(own), { created });
}

export function changed(at: number, object: Subscription, previous: Subscription): StripeEventJson {
  const about = { created: CREATED + at * DAY, previous };
  return stripeEvent('customer.subscription.updated', subscription(object), about);
}

export function ended(at: number, object: Subscription = {}): StripeEventJson {
  const endedAt = CREATED + at * DAY;
  const over = { status: 'canceled', ended_at: endedAt, ...object };
  return stripeEvent('customer.subscription.deleted', subscription(over), { created: endedAt });
}

/** Its line begins `at`. */
export function paid(at: number, overrides: PartOf<Stripe.Invoice> = {}): StripeEventJson {
  const created = CREATED + at * DAY;
  const times = { created, status_transitions: { paid_at: created } };
  const bill = invoice({ id: `in_${at}`, ...times, ...overrides }, { periodStart: created });
  return stripeEvent('invoice.paid', bill, { created });
}

/** The items of a subscription. */
export function having(...items: readonly PartOf<Stripe.SubscriptionItem>[]): Subscription {
  return { items: { object: 'list', data: items } };
}

export const YEAR = { interval: 'year', interval_count: 1, usage_type: 'licensed' } as const;
export const FREE = having(
  item({
    price: price({
      id: 'price_0',
      lookup_key: 'hobby',
      product: 'prod_0',
      unit_amount: 0,
      unit_amount_decimal: '0',
    }),
  }),
);
export const PRO = having(item());
