// What Stripe's warning before a trial ends says about its end.

import type { Stripe } from 'stripe';
import { describe, expect, it } from 'vitest';

import { readStripe } from '../../src/intake/stripe/events.ts';
import type { PartOf } from '../../src/samples/payload.ts';
import { CREATED, DAY, item, price, stripeEvent, subscription } from '../../src/samples/stripe.ts';
import { READ_OPTIONS } from '../support/read-options.ts';

const ENDS_AT = CREATED + 3 * DAY;
const inTrial = item({ current_period_end: ENDS_AT });
const ENDS_WITHOUT_CARD = {
  trial_settings: { end_behavior: { missing_payment_method: 'cancel' as const } },
};

function endings(overrides: PartOf<Stripe.Subscription>) {
  const trial = { status: 'trialing', trial_end: ENDS_AT };
  const object = subscription({ ...trial, ...overrides });
  const json = stripeEvent('customer.subscription.trial_will_end', object);
  const receivedAt = CREATED * 1000;
  const reading = readStripe({ json, deliveryId: null, receivedAt }, READ_OPTIONS);
  if (reading.kind !== 'event') throw new Error(`expected an event, got ${reading.kind}`);
  return reading.news.flatMap((news) => (news.kind === 'moment' ? [news.moment] : []));
}

describe('a trial that is about to end', () => {
  it.each([
    ['null where it has no way to pay of its own', {}, null],
    [
      'false where it ends with the trial',
      { cancel_at_period_end: true, items: { data: [inTrial] } },
      false,
    ],
    [
      'true where it ends later',
      { cancel_at: CREATED + 90 * DAY, default_payment_method: 'pm_1' },
      true,
    ],
    ['true where an old card pays', { default_source: 'card_1' }, true],
    ['null where a way to pay may be missing', ENDS_WITHOUT_CARD, null],
    [
      'true where it has a way to pay',
      { ...ENDS_WITHOUT_CARD, default_payment_method: 'pm_1' },
      true,
    ],
  ])('says whether a trial will convert: %s', (_when, overrides, expected) => {
    const [moment] = endings(overrides);
    expect(moment?.properties['will_convert']).toBe(expected);
  });

  it('tells no end of a trial of what is worth nothing', () => {
    const free = item({ price: price({ unit_amount: 0, unit_amount_decimal: '0' }) });
    expect(endings({ items: { data: [free] } })).toEqual([]);
  });
});
