// What is left when one of two subscriptions ends: also less what a looked-up coupon takes off the other one.

import { expect, it } from 'vitest';

import { readStripe } from '../../src/intake/stripe/events.ts';
import { applyEvent } from '../../src/person/apply.ts';
import { newPerson } from '../../src/person/person.ts';
import type { Person } from '../../src/person/person.ts';
import { CREATED, DAY, stripeEvent, subscription } from '../../src/samples/stripe.ts';
import { READ_OPTIONS } from '../support/read-options.ts';

function take(person: Person, json: ReturnType<typeof stripeEvent>) {
  const receivedAt = (CREATED + 365 * DAY) * 1000;
  const reading = readStripe({ json, deliveryId: null, receivedAt }, READ_OPTIONS);
  if (reading.kind !== 'event') throw new Error(`expected an event, got ${reading.kind}`);
  const { id, type, customerId, news } = reading;
  return applyEvent(person, { provider: 'stripe', id, type, customerId, news });
}

const half = {
  kind: 'coupons',
  subscriptionId: 'sub_2',
  known: { di_1: { percent: 50 } },
} as const;
const answer = { provider: 'stripe', id: 'asked', type: 'coupons', customerId: null, news: [half] };

it('is the mrr that the trait shows', () => {
  const began = 'customer.subscription.created';
  const one = take(newPerson('user_1'), stripeEvent(began, subscription())).person;
  const discounted = subscription({ id: 'sub_2', discounts: ['di_1'] });
  const two = take(one, stripeEvent(began, discounted)).person;
  const end = stripeEvent(
    'customer.subscription.deleted',
    subscription({ status: 'canceled', ended_at: CREATED + DAY }),
    { created: CREATED + DAY },
  );
  const left = (person: Person) => take(person, end).moments.map(({ properties }) => properties);
  expect(left(two)).toMatchObject([{ subscriptions_left: 1, remaining_mrr: 49 }]);
  const asked = applyEvent(two, answer).person;
  expect(left(asked)).toMatchObject([{ subscriptions_left: 1, remaining_mrr: 24.5 }]);
});
