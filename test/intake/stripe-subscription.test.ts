// Stripe's subscriptions: golden facets, what they were before, and what they are worth a month.

import type { Stripe } from 'stripe';
import { describe, expect, it } from 'vitest';

import { readStripe } from '../../src/intake/stripe/events.ts';
import type { SubscriptionFacet } from '../../src/person/facet.ts';
import type { PartOf } from '../../src/samples/payload.ts';
import {
  CREATED,
  DAY,
  item,
  price,
  stripeEvent,
  subscription,
  TEAM,
} from '../../src/samples/stripe.ts';
import type { StripeEventJson } from '../../src/samples/stripe.ts';
import { odd } from '../support/odd.ts';
import { READ_OPTIONS } from '../support/read-options.ts';
import { olden, subscriptionOf2020 } from '../support/stripe-2020.ts';

type Subscription = PartOf<Stripe.Subscription>;
type Price = PartOf<Stripe.Price>;

const OPTIONS = { ...READ_OPTIONS, linkKeys: ['clerkUserId', 'userId'] };
const RECEIVED_AT = (CREATED + 365 * DAY) * 1000;
const PERIOD_END = CREATED + 30 * DAY;

function read(json: StripeEventJson, plans: Readonly<Record<string, string>> = {}) {
  const body = { json, deliveryId: null, receivedAt: RECEIVED_AT };
  const reading = readStripe(body, { ...OPTIONS, plans });
  if (reading.kind !== 'event') throw new Error(`expected an event, got ${reading.kind}`);
  return reading;
}

function newsOf(json: StripeEventJson, plans: Readonly<Record<string, string>> = {}) {
  const [news] = read(json, plans).news;
  if (news?.kind !== 'subscription') throw new Error('expected news of a subscription');
  return news;
}

function beforeOf(json: StripeEventJson): SubscriptionFacet {
  const { before } = newsOf(json);
  if (typeof before === 'string') throw new Error(`expected a facet, got ${before}`);
  return before;
}

function created(overrides: Subscription = {}): StripeEventJson {
  return stripeEvent('customer.subscription.created', subscription(overrides));
}

function updated(overrides: Subscription, previous?: Subscription): StripeEventJson {
  const about = previous === undefined ? {} : { previous };
  return stripeEvent('customer.subscription.updated', subscription(overrides), about);
}

function withItems(...items: readonly PartOf<Stripe.SubscriptionItem>[]): Subscription {
  return { items: { object: 'list', data: items } };
}

/** The facet of a subscription with one price. */
function priced(overrides: Price, quantity: number | null = 1): SubscriptionFacet {
  return newsOf(created(withItems(item({ quantity, price: price(overrides) })))).facet;
}

const METERED: Price = {
  recurring: { interval: 'month', interval_count: 1, usage_type: 'metered' },
};

const PRO: SubscriptionFacet = {
  id: 'sub_1',
  purchaseId: 'sub_1',
  asOf: CREATED * 1000,
  rank: 0,
  customerId: 'cus_1',
  status: 'active',
  plan: 'pro',
  planKey: 'prod_pro',
  planNaming: { by: ['price_pro', 'prod_pro', 'pro'], own: 'pro', key: 'prod_pro' },
  items: [{ priceId: 'price_pro', quantity: 1 }],
  seats: 1,
  monthlyMinor: 4900,
  unitMinor: 4900,
  currency: 'usd',
  billingInterval: 'month',
  createdAt: CREATED,
  trialStartsAt: null,
  trialEndsAt: null,
  currentPeriodStartsAt: CREATED,
  currentPeriodEndsAt: PERIOD_END,
  cancelAt: null,
  canceledAt: null,
  endedAt: null,
  cancellation: { reason: 'unknown', feedback: null },
  collectionPaused: false,
  resumesAt: null,
};

describe('a subscription created', () => {
  it('reads a new subscription as a facet that nothing went before', () => {
    const news = { kind: 'subscription', facet: PRO, before: 'none', occurredAt: CREATED * 1000 };
    expect(newsOf(created())).toEqual(news);
  });

  it('reads the same facet from the shape of 2020', () => {
    expect(newsOf(olden(created())).facet).toEqual(PRO);
    const event = stripeEvent('customer.subscription.created', subscriptionOf2020());
    expect(newsOf(event).facet).toEqual(PRO);
  });

  it('reads the same facet where there is one plan at the top and no item', () => {
    const { items: _items, ...rest } = subscriptionOf2020();
    const { facet } = newsOf(stripeEvent('customer.subscription.created', rest));
    const planNaming = { by: ['price_pro'], own: 'price_pro', key: 'price_pro' };
    expect(facet).toEqual({ ...PRO, plan: 'price_pro', planKey: 'price_pro', planNaming });
  });

  it('reads the same facet from the shape of endive, and where no version is told', () => {
    const endive = {
      ...subscription(),
      ...withItems({ ...item(), billed_until: PERIOD_END, current_trial: null }),
      status_details: { type: 'active', paused: null },
      presentment_details: { presentment_currency: 'vnd' },
    };
    const event = stripeEvent('customer.subscription.created', endive);
    expect(newsOf({ ...event, api_version: '2026-10-28.endive' }).facet).toEqual(PRO);
    expect(newsOf({ ...event, api_version: null }).facet).toEqual(PRO);
  });

  it('takes one that began long before it was made for brought here, and started by nothing', () => {
    const backdated = created({ start_date: CREATED - 90 * DAY });
    expect(newsOf(backdated).before).toBe('unsaid');
    expect(newsOf(created({ start_date: CREATED - 60 })).before).toBe('none');
  });

  it('finds the customer of a subscription, and a claim, where it is expanded', () => {
    const metadata = { clerkUserId: 'user_2ab' };
    const event = read(created({ customer: { id: 'cus_1', object: 'customer', metadata } }));
    expect(event.customerId).toBe('cus_1');
    expect(event.claims).toEqual([
      {
        customerId: 'cus_1',
        userId: 'user_2ab',
        source: 'customer_metadata',
        mayMove: true,
        isNamed: true,
        asOf: CREATED * 1000,
      },
    ]);
  });

  it('has the name of before where no key of the metadata holds an id', () => {
    const metadata = { clerkUserId: 'ada@example.test', userId: 'legacy_42' };
    expect(read(created({ metadata }))).toMatchObject({
      userId: null,
      externalId: 'legacy_42',
      claims: [{ userId: 'legacy_42', isNamed: true, mayMove: false }],
    });
    expect(read(created({ metadata: { userId: 'cus_1' } }))).not.toHaveProperty('externalId');
  });

  it('names the person by the first key of the metadata that holds an id, and moves no link', () => {
    const event = read(
      created({ metadata: { clerkUserId: 'ada@example.test', userId: 'user_2ab' } }),
    );
    expect(event.userId).toBe('user_2ab');
    expect(event.claims).toMatchObject([{ source: 'subscription_metadata', mayMove: false }]);
  });

  it('takes no facet for newer than its receipt, yet for having happened when Stripe says', () => {
    const ahead = RECEIVED_AT / 1000 + 90;
    const event = stripeEvent('customer.subscription.created', subscription(), { created: ahead });
    expect(newsOf(event)).toMatchObject({
      facet: { asOf: RECEIVED_AT },
      occurredAt: RECEIVED_AT + 90_000,
    });
  });
});

describe('a subscription updated', () => {
  it('keeps the items of a subscription through a basil renewal, which tells the old ones', () => {
    const renewed = item({
      current_period_start: PERIOD_END,
      current_period_end: PERIOD_END + 30 * DAY,
    });
    const event = updated(withItems(renewed), withItems(item()));
    const before = beforeOf(event);
    const { facet } = newsOf(event);
    expect(before.items).toEqual(facet.items);
    expect([before.currentPeriodEndsAt, facet.currentPeriodEndsAt]).toEqual([
      PERIOD_END,
      PERIOD_END + 30 * DAY,
    ]);
  });

  it('values a subscription before a change by its old items', () => {
    const event = updated(withItems(item({ price: price(TEAM) })), withItems(item()));
    expect(beforeOf(event)).toMatchObject({ plan: 'pro', monthlyMinor: 4900 });
    expect(newsOf(event).facet).toMatchObject({ plan: 'team', monthlyMinor: 9900, rank: 2 });
  });

  it('reads an end scheduled by a date alone, as the portal does in flexible billing', () => {
    const event = updated(
      {
        cancel_at: PERIOD_END,
        cancel_at_period_end: false,
        cancellation_details: { reason: 'cancellation_requested', feedback: 'unused' },
      },
      { cancel_at: null, cancellation_details: { reason: null } },
    );
    expect(newsOf(event).facet).toMatchObject({
      cancelAt: PERIOD_END,
      cancellation: { reason: 'voluntary', feedback: 'unused' },
    });
    // Nested objects come with their changed keys only: the feedback was there before.
    expect(beforeOf(event)).toMatchObject({
      cancelAt: null,
      cancellation: { reason: 'unknown', feedback: 'unused' },
    });
  });

  it('reads an end scheduled with the period by the flag alone', () => {
    const event = updated({ cancel_at_period_end: true }, { cancel_at_period_end: false });
    expect(newsOf(event).facet.cancelAt).toBe(PERIOD_END);
    expect(beforeOf(event).cancelAt).toBeNull();
  });

  it('tells nothing of before when the event has no previous attributes', () => {
    expect(newsOf(updated({})).before).toBe('unsaid');
  });

  it('reads a pause of collection until a date', () => {
    const pause = { behavior: 'void', resumes_at: PERIOD_END };
    const event = updated({ pause_collection: pause }, { pause_collection: null });
    expect(newsOf(event).facet).toMatchObject({ collectionPaused: true, resumesAt: PERIOD_END });
    expect(beforeOf(event)).toMatchObject({ collectionPaused: false, resumesAt: null });
  });

  it('takes nothing from a previous attribute named __proto__', () => {
    const previous = JSON.parse('{"status":"trialing","__proto__":{"status":"paused"}}');
    expect(beforeOf(updated({}, previous)).status).toBe('trialing');
    expect(Object.hasOwn(Object.prototype, 'status')).toBe(false);
  });
});

describe('a subscription deleted', () => {
  const endedAt = CREATED + 14 * DAY;

  function deleted(overrides: Subscription): SubscriptionFacet {
    const object = subscription({ status: 'canceled', ended_at: endedAt, ...overrides });
    return beforeOf(stripeEvent('customer.subscription.deleted', object));
  }

  it('takes a deleted subscription for active until then', () => {
    const canceled = subscription({ status: 'canceled', ended_at: endedAt });
    const event = stripeEvent('customer.subscription.deleted', canceled);
    const facet = { ...PRO, rank: 3, status: 'canceled', endedAt };
    expect(newsOf(event)).toMatchObject({
      facet,
      before: { ...facet, status: 'active', endedAt: null },
    });
  });

  it('takes a deleted subscription for trialing when it ended no later than its trial', () => {
    expect(deleted({ trial_end: endedAt }).status).toBe('trialing');
    // Stripe ends things some seconds late.
    expect(deleted({ trial_end: endedAt - 20 }).status).toBe('trialing');
    expect(deleted({ trial_end: endedAt - 21 }).status).toBe('active');
  });

  it.each([
    ['payment_failed', 'past_due', 'involuntary'],
    ['payment_disputed', 'active', 'involuntary'],
    ['cancellation_requested', 'active', 'voluntary'],
    ['canceled_by_retention_policy', 'active', 'unknown'],
    // An object's own words: looked up in an object, it once was a function.
    ['constructor', 'active', 'unknown'],
  ])('takes what was deleted for %s for %s before, and its end for %s', (reason, status, ours) => {
    const before = deleted({ cancellation_details: { reason, feedback: null } });
    expect([before.status, before.cancellation.reason]).toEqual([status, ours]);
  });
});

describe('what a subscription is worth a month', () => {
  const every = (interval: string, count = 1) => ({
    recurring: { interval, interval_count: count, usage_type: 'licensed' },
  });

  it.each([
    ['year', 1, 1000, 83],
    ['month', 3, 1000, 333],
    ['week', 1, 1000, 4333],
    ['week', 2, 1000, 2167],
    ['day', 1, 200, 6083],
  ])(
    'values a price by the %s, every %i, at %i as %i a month',
    (interval, count, amount, monthly) => {
      const facet = priced({
        ...every(interval, count),
        unit_amount: amount,
        unit_amount_decimal: null,
      });
      expect(facet.monthlyMinor).toBe(monthly);
    },
  );

  it('rounds the value a month once, after adding up', () => {
    const third = price({ ...every('year'), unit_amount_decimal: '4.00' });
    const facet = newsOf(created(withItems(...[1, 2, 3].map(() => item({ price: third }))))).facet;
    expect(facet.monthlyMinor).toBe(1);
  });

  it('rounds half a unit away from zero', () => {
    expect(priced({ unit_amount: null, unit_amount_decimal: '0.5' }).monthlyMinor).toBe(1);
    expect(priced({ unit_amount: null, unit_amount_decimal: '-0.5' }).monthlyMinor).toBe(-1);
  });

  it('counts fractions of a cent by the quantity', () => {
    const amount = { unit_amount: null, unit_amount_decimal: '0.125' };
    expect(priced(amount, 1000).monthlyMinor).toBe(125);
  });

  it('values yen in whole yen', () => {
    const yen = price({ currency: 'jpy', unit_amount: 980, unit_amount_decimal: '980' });
    const { facet } = newsOf(created({ currency: 'JPY', ...withItems(item({ price: yen })) }));
    expect([facet.monthlyMinor, facet.currency]).toEqual([980, 'jpy']);
  });

  it.each([
    ['up', 300],
    ['down', 200],
  ])('counts packages of a quantity, rounded %s', (round, monthly) => {
    const transform = { transform_quantity: { divide_by: 10, round } };
    expect(priced({ ...transform, unit_amount_decimal: '100' }, 25).monthlyMinor).toBe(monthly);
  });

  it.each([
    ['tiered', { billing_scheme: 'tiered', unit_amount: null, unit_amount_decimal: null }],
    ['without an amount', { unit_amount: null, unit_amount_decimal: null }],
  ])('counts 0 for a price that is %s, and says that there is more', (_name, overrides) => {
    const other = item({ price: price({ id: 'price_other', ...overrides }) });
    const { facet } = newsOf(created(withItems(item(), other)));
    expect(facet).toMatchObject({ monthlyMinor: 4900, isPartial: true, plan: 'pro' });
    expect(priced(overrides)).toMatchObject({ monthlyMinor: null, isPartial: true });
  });

  it('counts 0 for what is metered, and says that there is use', () => {
    const metered = price({ ...METERED, unit_amount: 99_900, unit_amount_decimal: '99900' });
    const { facet } = newsOf(created(withItems(item({ price: metered }), item())));
    expect(facet).toMatchObject({ monthlyMinor: 4900, hasUsage: true, plan: 'pro' });
    expect(facet.isPartial).toBeUndefined();
    expect(priced(METERED)).toMatchObject({ monthlyMinor: 0, hasUsage: true });
  });

  it('takes a page of the items for a page', () => {
    const { facet } = newsOf(
      created({ items: { object: 'list', data: [item()], has_more: true } }),
    );
    expect(facet).toMatchObject({ monthlyMinor: 4900, isPartial: true });
  });

  it('counts no seats in what is metered', () => {
    expect(priced(METERED, null).seats).toBeNull();
  });

  it('leaves what is paid once out of the facet', () => {
    const setup = price({
      id: 'price_setup',
      type: 'one_time',
      recurring: null,
      unit_amount: 99_900,
    });
    const { facet } = newsOf(created(withItems(item({ price: setup, quantity: 7 }), item())));
    expect(facet).toEqual(PRO);
  });

  const half = { percent_off: 50, duration: 'forever' };
  const discounted = (discount: Readonly<Record<string, unknown>>) =>
    newsOf(stripeEvent('customer.subscription.created', { ...subscription(), ...discount })).facet;

  it.each([
    ['of 2020', { discount: { coupon: half } }],
    ['of basil, expanded', { discounts: [{ id: 'di_1', coupon: half }] }],
    ['of clover, expanded', { discounts: [{ id: 'di_1', source: { coupon: half } }] }],
  ])('takes off what an inline coupon takes off for ever, in the shape %s', (_shape, discount) => {
    const facet = { ...PRO, isDiscounted: true, monthlyMinor: 2450 };
    expect(discounted(discount)).toEqual(facet);
  });

  it.each([
    ['of basil', { discounts: ['di_1'] }],
    ['of clover', { discounts: [{ id: 'di_1', source: { coupon: 'half', type: 'coupon' } }] }],
  ])('keeps what a coupon that is an id alone would be taken off, in the shape %s', (_, told) => {
    const once = { top: 1, bottom: 1 };
    const part = {
      discounts: [],
      perMonth: once,
      currency: 'usd',
      value: { top: 4900, bottom: 1 },
    };
    const coupons = { discounts: ['di_1'], perMonth: once, currency: 'usd', parts: [part] };
    expect(discounted(told)).toEqual({ ...PRO, isDiscounted: true, coupons });
  });

  it('takes the coupon that stands beside the list where that has its id alone', () => {
    const told = { discount: { id: 'di_1', coupon: half }, discounts: ['di_1'] };
    const facet = { ...PRO, isDiscounted: true, monthlyMinor: 2450 };
    expect(discounted(told)).toEqual(facet);
  });

  it.each([
    ['for some months', { discount: { coupon: { ...half, duration: 'repeating' } } }],
    ['once', { discount: { coupon: { ...half, duration: 'once' } } }],
    ['for some products', { discount: { coupon: { ...half, applies_to: { products: [] } } } }],
    ['in yen', { discount: { coupon: { amount_off: 900, currency: 'jpy', duration: 'forever' } } }],
  ])('values the list price under a discount %s', (_which, discount) => {
    expect(discounted(discount)).toEqual({ ...PRO, isDiscounted: true });
  });

  it('takes an amount off as often as the price is due, and never more than there is', () => {
    const off = (amount: number) => ({ amount_off: amount, currency: 'usd', duration: 'forever' });
    expect(discounted({ discount: { coupon: off(900) } }).monthlyMinor).toBe(4000);
    expect(discounted({ discount: { coupon: off(9900) } }).monthlyMinor).toBe(0);
    const yearly = item({ price: price({ ...every('year'), unit_amount_decimal: '12000' }) });
    const coupons = { ...withItems(yearly), discount: { coupon: off(1200) } };
    expect(discounted(coupons).monthlyMinor).toBe(900);
  });

  it('takes a coupon of one item off that item alone', () => {
    const cheap = odd<string[]>([{ id: 'di_1', source: { coupon: half } }]);
    const two = withItems(item({ discounts: cheap }), item({ price: price(TEAM) }));
    expect(newsOf(created(two)).facet).toMatchObject({ monthlyMinor: 2450 + 9900 });
  });

  it('values a subscription the same in its trial', () => {
    expect(newsOf(created({ status: 'trialing' })).facet.monthlyMinor).toBe(4900);
  });
});

describe('what a plan is called', () => {
  const names = { price_pro: 'By price', prod_pro: 'By product', pro: 'By key' };

  it.each([
    ['By price', ['price_pro', 'prod_pro', 'pro']],
    ['By product', ['prod_pro', 'pro']],
    ['By key', ['pro']],
    ['pro', []],
  ] as const)('calls the plan %s when the table has %j', (plan, known) => {
    const plans = Object.fromEntries(known.map((key) => [key, names[key]]));
    expect(newsOf(created(), plans).facet.plan).toBe(plan);
  });

  it.each([
    ['Nick', { lookup_key: null, nickname: 'Nick' }],
    ['prod_pro', { lookup_key: null }],
    ['price_pro', { lookup_key: null, product: odd<string>(null) }],
  ])('calls the plan %s without a better name', (plan, overrides) => {
    expect(priced(overrides).plan).toBe(plan);
  });

  it('calls the plan by the item worth most, the first on a tie', () => {
    const team = item({ price: price(TEAM) });
    const same = item({ price: price({ ...TEAM, id: 'price_a', lookup_key: 'same' }) });
    expect(newsOf(created(withItems(item(), team, same))).facet).toMatchObject({
      plan: 'team',
      seats: 1,
      items: [{ priceId: 'price_a' }, { priceId: 'price_pro' }, { priceId: 'price_team' }],
    });
  });

  it('takes plan, interval, seats and period from one item: what PLANS names, then licensed, then worth', () => {
    const yearly = { interval: 'year', interval_count: 1, usage_type: 'licensed' };
    const base = item({
      quantity: 4,
      price: price({
        id: 'price_base',
        lookup_key: 'base',
        product: 'prod_base',
        recurring: yearly,
      }),
      current_period_end: CREATED + 365 * DAY,
    });
    const metered = item({
      price: price({ ...METERED, id: 'price_use', unit_amount_decimal: '990000' }),
    });
    const items = withItems(metered, base, item());
    const pro = {
      plan: 'pro',
      billingInterval: 'month',
      seats: 1,
      currentPeriodEndsAt: PERIOD_END,
    };
    expect(newsOf(created(items)).facet).toMatchObject(pro);
    const year = { billingInterval: 'year', seats: 4, currentPeriodEndsAt: CREATED + 365 * DAY };
    const named = newsOf(created(items), { prod_base: 'Base' }).facet;
    expect(named).toMatchObject({ plan: 'Base', planKey: 'Base', ...year });
    const usage = newsOf(created(items), { price_use: 'Use' }).facet;
    expect(usage).toMatchObject({ plan: 'Use', seats: null });
  });

  it('writes an interval of more than one unit in words', () => {
    const recurring = { interval: 'month', interval_count: 3, usage_type: 'licensed' };
    expect(priced({ recurring }).billingInterval).toBe('3 months');
  });

  it('finds items equal in whichever order Stripe lists them', () => {
    const items = [item({ quantity: 2 }), item(), item({ price: price(TEAM) })];
    const { facet } = newsOf(created(withItems(...items)));
    expect(newsOf(created(withItems(...items.toReversed()))).facet.items).toEqual(facet.items);
  });
});
