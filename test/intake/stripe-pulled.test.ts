// What Stripe's lists show, into a person, beside the webhooks that come with it.

import { expect, it } from 'vitest';

import { readStripe } from '../../src/intake/stripe/events.ts';
import { snapshotStripe } from '../../src/intake/stripe/snapshot.ts';
import { applyEvent } from '../../src/person/apply.ts';
import type { Person } from '../../src/person/person.ts';
import { CREATED, DAY, subscription } from '../../src/samples/stripe.ts';
import { READ_OPTIONS } from '../support/read-options.ts';
import { changed, ended, life, made, take } from '../support/stripe-life.ts';

const ENDED_AT = CREATED + 5 * DAY;
const OVER = subscription({ status: 'canceled', canceled_at: ENDED_AT, ended_at: ENDED_AT });

function pulled(person: Person, object: Readonly<Record<string, unknown>>, askedAt: number) {
  const json = snapshotStripe({ object, askedAt });
  const reading = readStripe({ json, deliveryId: null, receivedAt: askedAt }, READ_OPTIONS);
  if (reading.kind !== 'event') throw new Error(reading.kind);
  const { id, type, customerId, news } = reading;
  return applyEvent(person, { provider: 'stripe', id, type, customerId, news });
}

it('an end that a list has shown is told by its webhook, also of the very second', () => {
  const before = life([made(0)]).person;
  const listed = pulled(before, OVER, (ENDED_AT + 1) * 1000);
  expect(listed.moments).toEqual([]);
  const told = take(listed.person, ended(5));
  expect(told.moments.map(({ name }) => name)).toEqual(['subscription_canceled']);
});

it('a webhook of the same second wins over what a list shows', () => {
  const active = subscription({ status: 'active' });
  const owing = changed(5, { status: 'past_due' }, { status: 'active' });
  const before = life([made(0), owing]).person;
  const listed = pulled(before, active, (ENDED_AT + 1) * 1000);
  expect(listed.person.subscriptions['sub_1']?.status).toBe('past_due');
});

it('objects of the other mode are ignored', () => {
  const json = snapshotStripe({ object: { ...OVER, livemode: false }, askedAt: ENDED_AT * 1000 });
  const options = { ...READ_OPTIONS, mode: 'live' as const };
  const reading = readStripe({ json, deliveryId: null, receivedAt: ENDED_AT * 1000 }, options);
  expect(reading).toMatchObject({ kind: 'ignored', reason: 'other_mode' });
});
