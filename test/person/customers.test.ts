// What is handed over when a customer's link moves: what both people know of a purchase counts.

import { expect, it } from 'vitest';

import { readStripe } from '../../src/intake/stripe/events.ts';
import { applyEvent } from '../../src/person/apply.ts';
import { customerFactsOf, close, gain, lose } from '../../src/person/customers.ts';
import { newPerson } from '../../src/person/person.ts';
import type { Person } from '../../src/person/person.ts';
import { traitsOf } from '../../src/person/traits.ts';
import {
  CREATED,
  customer,
  DAY,
  invoice,
  stripeEvent,
  subscription,
} from '../../src/samples/stripe.ts';
import type { StripeEventJson } from '../../src/samples/stripe.ts';
import { READ_OPTIONS } from '../support/read-options.ts';

const TRIAL_END = CREATED + 14 * DAY;
const TRIAL = { trial_start: CREATED, trial_end: TRIAL_END };

function take(person: Person, json: StripeEventJson, link: number) {
  const body = { json, deliveryId: null, receivedAt: (CREATED + 365 * DAY) * 1000 };
  const reading = readStripe(body, READ_OPTIONS);
  if (reading.kind !== 'event') throw new Error(`expected an event, got ${reading.kind}`);
  const { id, type, customerId, news } = reading;
  return applyEvent(person, { provider: 'stripe', id, type, customerId, news, link });
}

const created = stripeEvent(
  'customer.subscription.created',
  subscription({ ...TRIAL, status: 'trialing' }),
);
const paid = stripeEvent('invoice.paid', invoice({}, { periodStart: TRIAL_END }), {
  created: TRIAL_END,
});
const touched = stripeEvent('customer.subscription.updated', subscription(TRIAL), {
  created: TRIAL_END + DAY,
  previous: { metadata: {} },
});

it('converts a trial once, also when the new person heard of it before they were given it', () => {
  const before = [created, paid].reduce(
    (person, json) => take(person, json, 1).person,
    newPerson('user_old'),
  );
  const heard = take(newPerson('user_new'), touched, 2).person;
  const given = gain(heard, { customerId: 'cus_1', version: 2 }, customerFactsOf(before, 'cus_1'));
  expect(given.marks['sub_1']).toMatchObject({ convertedBy: 'in_1', wasPaid: true });
  const again = take(given, paid, 2).moments.map(({ name }) => name);
  expect(again).not.toContain('trial_converted');
});

it('keeps an invoice that names its person itself, also before its subscription', () => {
  const reading = readStripe(
    { json: paid, deliveryId: null, receivedAt: CREATED * 1000 },
    READ_OPTIONS,
  );
  if (reading.kind !== 'event') throw new Error(`expected an event, got ${reading.kind}`);
  const { id, type, customerId, news, of } = reading;
  if (of === undefined) throw new Error('it is of a subscription');
  const event = { provider: 'stripe', id, type, customerId, news, of, holding: 1 };
  const { person } = applyEvent(newPerson('user_named'), event);
  expect(customerFactsOf(person, 'cus_1').marks).toEqual({});
  const left = lose(close(person, { customerId: 'cus_1', version: 2 }), {
    customerId: 'cus_1',
    version: 2,
  });
  expect(Object.keys(left.marks)).toEqual(['sub_1']);
});

it('hands an invoice that came before its subscription to whom the subscription will go', () => {
  const waiting = take(newPerson('user_old'), paid, 1).person;
  const hold = { customerId: 'cus_1', version: 2 };
  const given = gain(newPerson('user_new'), hold, customerFactsOf(waiting, 'cus_1'));
  const names = take(given, created, 2).moments.map(({ name }) => name);
  expect(names.toSorted()).toEqual(['trial_converted', 'trial_started']);
  expect(lose({ ...waiting, tenure: close(waiting, hold).tenure }, hold).marks).toEqual({});
});

it('hands over the same whichever of the two people knew more', () => {
  const knowing = [created, paid].reduce(
    (person, json) => take(person, json, 2).person,
    newPerson('user_new'),
  );
  const old = take(newPerson('user_old'), touched, 1).person;
  const given = gain(knowing, { customerId: 'cus_1', version: 2 }, customerFactsOf(old, 'cus_1'));
  expect(given.marks['sub_1']).toMatchObject({ convertedBy: 'in_1', wasPaid: true });
});

it('hands over what was paid by the customer, and its default way to pay, once, however often the step is repeated', () => {
  const settings = { invoice_settings: { default_payment_method: 'pm_1' } };
  const set = stripeEvent('customer.updated', customer(settings));
  const hold = { customerId: 'cus_1', version: 2 };
  const before = [created, paid, set].reduce(
    (person, json) => take(person, json, 1).person,
    newPerson('user_old'),
  );
  const facts = customerFactsOf(before, 'cus_1');
  const heard = take(
    newPerson('user_new'),
    stripeEvent('invoice.paid', invoice({ id: 'in_2' })),
    2,
  );
  const given = gain(gain(heard.person, hold, facts), hold, facts);
  expect(traitsOf(given, null)).toMatchObject({ totalPaid: 98, firstPaidAt: CREATED + 60 });
  expect(traitsOf(take(given, paid, 2).person, null)).toMatchObject({ totalPaid: 98 });
  expect(given.defaultMethods).toEqual({ cus_1: { asOf: CREATED * 1000, id: 'pm_1' } });
  const left = lose(close(before, hold), hold);
  expect(traitsOf(left, null)).toMatchObject({ totalPaid: 0, firstPaidAt: null });
  expect(left.defaultMethods).toEqual({});
});
