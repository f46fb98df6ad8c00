// Plans: which change is which, what is no purchase, and what is planned. Golden, from Stripe's payloads.

import { describe, expect, it } from 'vitest';

import { readStripe } from '../../src/intake/stripe/events.ts';
import {
  CREATED,
  DAY,
  item,
  phase,
  price,
  schedule,
  stripeEvent,
  TEAM,
} from '../../src/samples/stripe.ts';
import { READ_OPTIONS } from '../support/read-options.ts';
import {
  changed,
  ended,
  FREE,
  having,
  life,
  made,
  paid,
  PRO,
  YEAR,
} from '../support/stripe-life.ts';
import type { Subscription } from '../support/stripe-life.ts';

const addOn = price({
  id: 'price_add',
  lookup_key: 'add',
  product: 'prod_add',
  unit_amount_decimal: '1000',
});

/** What the change from one to the other is told as. */
function becoming(from: Subscription, to: Subscription) {
  const { names, told } = life([changed(20, to, from)]);
  return { names, told };
}

describe('another plan', () => {
  const seats = (quantity: number, overrides: Parameters<typeof price>[0] = {}) =>
    having(item({ quantity, price: price(overrides) }));

  it('is up or down by the price of one seat, however many there are', () => {
    expect(becoming(seats(10), seats(2, TEAM))).toEqual({
      names: ['plan_upgraded'],
      told: {
        plan: 'team',
        currency: 'usd',
        from_plan: 'pro',
        to_plan: 'team',
        from_interval: 'month',
        interval: 'month',
        from_seats: 10,
        seats: 2,
        from_mrr: 490,
        mrr: 198,
      },
    });
    expect(becoming(seats(2, TEAM), seats(10)).names).toEqual(['plan_downgraded']);
  });

  it('compares a yearly price by the month', () => {
    const yearly = { ...TEAM, recurring: YEAR, unit_amount_decimal: '48000' };
    expect(becoming(PRO, seats(1, yearly)).names).toEqual(['plan_downgraded']);
  });

  it('is only changed where it costs the same, or cannot be compared', () => {
    const twin = { ...TEAM, unit_amount_decimal: '4900' };
    const tiers = {
      ...TEAM,
      billing_scheme: 'tiered',
      unit_amount_decimal: null,
      unit_amount: null,
    } as const;
    const euro = { ...TEAM, currency: 'eur' };
    for (const other of [twin, tiers]) {
      expect(becoming(PRO, seats(1, other)).names).toEqual(['plan_changed']);
    }
    const [dollars, euros] = [
      { ...PRO, currency: 'usd' },
      { ...seats(1, euro), currency: 'eur' },
    ];
    expect(becoming(dollars, euros).names).toEqual(['plan_changed']);
  });

  it('is none by another interval, another price or an add-on', () => {
    const yearly = { id: 'price_year', recurring: YEAR, unit_amount_decimal: '48000' };
    const interval = becoming(PRO, seats(1, yearly));
    expect(interval.names).toEqual(['billing_interval_changed']);
    expect(interval.told).toMatchObject({
      from_interval: 'month',
      interval: 'year',
      from_mrr: 49,
      mrr: 40,
    });
    expect(becoming(PRO, seats(1, { id: 'price_new', unit_amount_decimal: '5900' })).names).toEqual(
      ['plan_changed'],
    );
    const withAddOn = (quantity: number) => having(item(), item({ quantity, price: addOn }));
    expect(becoming(PRO, withAddOn(1)).names).toEqual(['plan_changed']);
    expect(becoming(withAddOn(1), withAddOn(3)).names).toEqual(['plan_changed']);
    expect(becoming(seats(1), seats(3)).names).toEqual(['seats_changed']);
  });

  it('goes by the names in PLANS, whatever add-ons cost', () => {
    const options = { ...READ_OPTIONS, plans: { starter: 'Starter', pro: 'Pro' } };
    const starter = price({
      id: 'price_s',
      lookup_key: 'starter',
      product: 'prod_s',
      unit_amount_decimal: '1900',
    });
    const before = having(item({ quantity: 3, price: addOn }), item({ price: starter }));
    const fewer = having(item({ price: addOn }), item({ price: starter }));
    const after = having(item({ price: addOn }), item());
    const { names, moments, traits } = life(
      [made(0, before), changed(1, fewer, before), changed(2, after, fewer)],
      options,
    );
    expect(names).toEqual(['subscription_started', 'plan_changed', 'plan_upgraded']);
    expect(moments.map(({ properties }) => properties['plan'])).toEqual([
      'Starter',
      'Starter',
      'Pro',
    ]);
    expect(moments[2]?.properties).toMatchObject({ from_plan: 'Starter', to_plan: 'Pro' });
    expect(traits).toMatchObject({ plan: 'Pro', previousPlan: 'Starter', mrr: 59 });
  });
});

describe('what is worth nothing', () => {
  it('names the plan, and tells nothing', () => {
    const { names, traits } = life([
      made(0, FREE),
      changed(1, { ...FREE, cancel_at: CREATED + 30 * DAY }, { cancel_at: null }),
      changed(
        2,
        { ...FREE, pause_collection: { behavior: 'void', resumes_at: null } },
        { pause_collection: null },
      ),
    ]);
    expect(names).toEqual([]);
    expect(traits).toMatchObject({
      plan: 'hobby',
      subscriptionStatus: null,
      subscriptionsCount: 0,
      mrr: 0,
    });
    expect(life([made(0, FREE), ended(9, FREE)]).names).toEqual([]);
    expect(life([made(0, FREE), ended(9, FREE)]).traits['plan']).toBe('free');
  });

  it('starts when it is paid for, and ends what was paid when it turns free', () => {
    const up = changed(5, PRO, FREE);
    const down = changed(40, FREE, PRO);
    const again = changed(60, PRO, FREE);
    const first = life([made(0, FREE), up]);
    expect(first.names).toEqual(['subscription_started']);
    expect(first.told).toMatchObject({
      plan: 'pro',
      mrr: 49,
      returning: false,
      previous_plan: 'hobby',
    });
    const over = life([made(0, FREE), up, down]);
    expect(over.names).toEqual(['subscription_started', 'subscription_canceled']);
    expect(over.told).toMatchObject({
      plan: 'pro',
      mrr: 49,
      reason: 'voluntary',
      subscriptions_left: 0,
    });
    const canceledAt = CREATED + 40 * DAY;
    expect(over.traits).toMatchObject({
      plan: 'hobby',
      previousPlan: 'pro',
      subscriptionStatus: 'canceled',
      mrr: 0,
      canceledAt,
    });
    const back = life([made(0, FREE), up, down, again]);
    expect(back.told).toMatchObject({ returning: true, previous_plan: 'hobby' });
    expect(new Set(back.moments.map(({ key }) => key.join())).size).toBe(3);
  });

  it('is a purchase where use is metered', () => {
    const metered = { interval: 'month', interval_count: 1, usage_type: 'metered' } as const;
    const usage = having(item({ price: price({ recurring: metered }) }));
    const { names, traits } = life([made(0, usage)]);
    expect(names).toEqual(['subscription_started']);
    expect(traits).toMatchObject({ mrr: 0, hasUsage: true, mrrIsPartial: false });
  });
});

describe('a change that is planned', () => {
  const change = CREATED + 30 * DAY;

  it('is told once, and told again when it is taken back', () => {
    const { told: created } = life([
      made(0),
      stripeEvent('subscription_schedule.created', schedule()),
    ]);
    const expected = { plan: 'pro', currency: 'usd', to_plan: 'price_basic', effective_at: change };
    expect(created).toEqual(expected);
    const oneMore = { phases: [phase('price_pro', { start_date: CREATED, end_date: change })] };
    const update = stripeEvent('subscription_schedule.updated', schedule(), { previous: oneMore });
    expect(life([update]).names).toEqual(['plan_change_scheduled']);
    const back = stripeEvent('subscription_schedule.updated', schedule(oneMore), {
      previous: { phases: schedule().phases },
    });
    expect(life([made(0), back])).toMatchObject({
      names: ['subscription_started', 'plan_change_unscheduled'],
      told: expected,
    });
    const none = {
      status: 'released',
      subscription: null,
      released_subscription: 'sub_1',
    } as const;
    const released = stripeEvent('subscription_schedule.released', schedule(none));
    expect(life([released]).moments[0]?.key).toEqual(life([back]).moments[0]?.key);
  });

  it.each([
    [
      'it takes effect',
      schedule({ current_phase: { start_date: change, end_date: change + DAY } }),
      change + 60,
    ],
    [
      'the plan stays',
      schedule({
        phases: [phase('price_pro', { start_date: 0 }), phase('price_pro', { start_date: change })],
      }),
      CREATED,
    ],
    [
      'an add-on comes',
      schedule({
        phases: [
          phase('price_pro', { start_date: 0 }),
          phase('price_pro', {
            start_date: change,
            items: [{ price: 'price_pro' }, { price: 'price_add' }],
          }),
        ],
      }),
      CREATED,
    ],
  ])('is none when %s', (_when, object, created) => {
    const json = stripeEvent('subscription_schedule.updated', object, { created, previous: {} });
    const body = { json, deliveryId: null, receivedAt: change * 2000 };
    const reason = 'told_when_effective';
    expect(readStripe(body, READ_OPTIONS)).toMatchObject({ kind: 'ignored', reason });
  });

  it('is none where PLANS calls both prices one plan', () => {
    const options = { ...READ_OPTIONS, plans: { price_pro: 'Pro', price_basic: 'Pro' } };
    const json = stripeEvent('subscription_schedule.created', schedule());
    const body = { json, deliveryId: null, receivedAt: change * 1000 };
    expect(readStripe(body, options)).toMatchObject({ kind: 'ignored' });
  });
});

describe('who comes back', () => {
  it('returns with the plan they had, also to the same one', () => {
    const again = made(40, { id: 'sub_2' });
    const { told, traits } = life([made(0), paid(0), ended(30), again]);
    expect(told).toMatchObject({ plan: 'pro', returning: true, previous_plan: 'pro' });
    expect(traits).toMatchObject({ plan: 'pro', previousPlan: 'pro', subscriptionsCount: 1 });
  });

  it('does not return with a second subscription beside the first', () => {
    expect(life([made(0), made(40, { id: 'sub_2' })]).told).toMatchObject({
      returning: false,
      previous_plan: null,
    });
  });

  it('knows what is left when one of two ends', () => {
    const team = having(item({ price: price(TEAM) }));
    const { told } = life([made(0), made(1, { id: 'sub_2', ...team }), ended(30)]);
    expect(told).toMatchObject({ subscriptions_left: 1, remaining_mrr: 99 });
  });
});
