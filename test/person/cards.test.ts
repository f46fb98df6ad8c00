// Cards: the trait is of the one attached last that is still there, whatever the order of arrival.

import * as fc from 'fast-check';
import { expect, it } from 'vitest';

import { applyEvent } from '../../src/person/apply.ts';
import { messageId } from '../../src/person/message-id.ts';
import type { News } from '../../src/person/news.ts';
import { newPerson } from '../../src/person/person.ts';
import { traitsOf } from '../../src/person/traits.ts';
import { paymentMethod } from '../../src/samples/stripe-money.ts';
import { CREATED, customer, stripeEvent, subscription } from '../../src/samples/stripe.ts';
import { told, wire } from '../support/wire.ts';

type CardNews = Extract<News, { kind: 'card' }>;

function card(id: string, asOf: number, more: Partial<CardNews> = {}): CardNews {
  const expiresAt = 1_800_000_000 + asOf;
  return { kind: 'card', id, customerId: 'cus_1', asOf, expiresAt, isAttached: true, ...more };
}

function expiryAfter(news: readonly CardNews[]) {
  const about = { provider: 'stripe', id: 'evt_1', type: 'card', customerId: 'cus_1' };
  const { person } = applyEvent(newPerson('user_1'), { ...about, news });
  return traitsOf(person, null)['cardExpiresAt'];
}

const gone = { isAttached: false, expiresAt: null };

it('shows the expiry of the card that was attached or replaced last', () => {
  expect(expiryAfter([card('pm_1', 1), card('pm_2', 2)])).toBe(1_800_000_002);
  expect(expiryAfter([card('pm_1', 1), card('pm_2', 2), card('pm_1', 3)])).toBe(1_800_000_003);
});

it('shows the expiry of the card before when the last is taken away, and none when none is left', () => {
  const detached = [card('pm_1', 1), card('pm_2', 2), card('pm_2', 3, gone)];
  expect(expiryAfter(detached)).toBe(1_800_000_001);
  expect(expiryAfter([...detached, card('pm_1', 4, gone)])).toBeUndefined();
});

it('shows the same expiry in any order of arrival', () => {
  const news = [card('pm_1', 1), card('pm_2', 2), card('pm_2', 3, gone), card('pm_3', 0)];
  fc.assert(
    fc.property(fc.shuffledSubarray(news, { minLength: news.length }), (shuffled) => {
      expect(expiryAfter(shuffled)).toBe(1_800_000_001);
    }),
  );
});

it('shows no expiry of another customer’s card once one of theirs is known', () => {
  const theirs = card('pm_1', 1);
  expect(expiryAfter([theirs, card('pm_9', 5, { customerId: 'cus_9' })])).toBe(1_800_000_001);
});

it('calls the first way to pay added and another updated, once each, by one key', () => {
  const attached = (id: string, created: number) =>
    stripeEvent('payment_method.attached', paymentMethod({ id }), { created });
  const first = attached('pm_1', CREATED);
  const events = [first, attached('pm_2', CREATED + 60), first];
  expect(told(events).map(({ event }) => event)).toEqual([
    'payment_method_added',
    'payment_method_updated',
  ]);
  // The first release called both of them updated.
  expect(wire(events).tracks[0]?.messageId).toBe(
    messageId(['payment_method_updated', 'pm_1', CREATED], CREATED * 1000),
  );
});

it('shows the expiry of what pays now: the subscription’s, else the customer’s default, else the newest', () => {
  const debit = { type: 'sepa_debit', sepa_debit: { last4: '3000' } } as const;
  const attached = stripeEvent('payment_method.attached', paymentMethod());
  const beside = stripeEvent('payment_method.attached', paymentMethod({ id: 'pm_2', ...debit }), {
    created: CREATED + 60,
  });
  const pays = (id: string | null, at: number) =>
    stripeEvent(
      'customer.updated',
      customer({ invoice_settings: { default_payment_method: id } }),
      {
        created: CREATED + at,
        previous: { invoice_settings: { default_payment_method: null } },
      },
    );
  const subscribed = (id: string | null) =>
    stripeEvent('customer.subscription.created', subscription({ default_payment_method: id }));
  const expiry = (...events: Parameters<typeof wire>[0]) => wire(events).traits['cardExpiresAt'];
  const end = Date.UTC(2027, 0, 1) / 1000;
  expect(expiry(attached, subscribed(null))).toBe(end);
  expect(expiry(attached, beside, subscribed(null))).toBeNull();
  expect(expiry(beside, pays('pm_1', 120), attached, subscribed(null))).toBe(end);
  expect(
    expiry(attached, beside, pays('pm_2', 120), pays('pm_1', 90), subscribed(null)),
  ).toBeNull();
  expect(expiry(attached, beside, pays('pm_2', 120), subscribed('pm_1'))).toBe(end);
  expect(expiry(attached, beside, pays('pm_1', 120), subscribed('pm_2'))).toBeNull();
  expect(expiry(attached, beside, pays('pm_1', 90), pays(null, 120), subscribed(null))).toBeNull();
  // It was attached before anybody told.
  expect(expiry(attached, subscribed('pm_9'))).toBeNull();
});
