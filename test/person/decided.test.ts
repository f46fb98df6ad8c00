// An invoice that waits for its subscription, brought together with it by a hand-over and by no event.

import { expect, it } from 'vitest';

import { readStripe } from '../../src/intake/stripe/events.ts';
import { applyEvent } from '../../src/person/apply.ts';
import { decided } from '../../src/person/decided.ts';
import { gainHolding, subscriptionFactsOf } from '../../src/person/holdings.ts';
import { newPerson } from '../../src/person/person.ts';
import type { Person } from '../../src/person/person.ts';
import { CREATED, DAY, invoice, stripeEvent, subscription } from '../../src/samples/stripe.ts';
import type { StripeEventJson } from '../../src/samples/stripe.ts';
import { READ_OPTIONS } from '../support/read-options.ts';

const TRIAL_END = CREATED + 14 * DAY;

function take(person: Person, json: StripeEventJson): Person {
  const receivedAt = (CREATED + 365 * DAY) * 1000;
  const reading = readStripe({ json, deliveryId: null, receivedAt }, READ_OPTIONS);
  if (reading.kind !== 'event') throw new Error(`expected an event, got ${reading.kind}`);
  const { id, type, customerId, news } = reading;
  return applyEvent(person, { provider: 'stripe', id, type, customerId, news }).person;
}

it('is decided once, whoever heard of the subscription first', () => {
  const paid = invoice({ billing_reason: 'subscription_cycle' }, { periodStart: TRIAL_END });
  const old = take(newPerson('user_old'), stripeEvent('invoice.paid', paid));
  const object = subscription({ trial_end: TRIAL_END });
  const updated = stripeEvent('customer.subscription.updated', object, {
    created: TRIAL_END + DAY,
    previous: {},
  });
  const heard = take(newPerson('user_new'), updated);
  const version = { subscriptionId: 'sub_1', customerId: 'cus_1', version: 2, stays: true };
  const given = gainHolding(heard, version, subscriptionFactsOf(old, 'sub_1'));
  const { person, moments } = decided(given);
  expect(moments).toMatchObject([{ name: 'trial_converted', once: 'seen', isAlone: true }]);
  expect(person.marks['sub_1']).toMatchObject({ convertedBy: 'in_1', undecided: [] });
  expect(decided(person)).toEqual({ person, moments: [] });
  expect(decided(old).moments).toEqual([]);
});
