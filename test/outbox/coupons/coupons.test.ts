// Coupons of which Stripe's events tell no more than the id, over the real shard on a simulated clock: Stripe is asked once,
// in the alarm, and its answer lowers `mrr` whatever comes before it and after.

import { describe, expect, it } from 'vitest';

import { readConfig } from '../../../src/config/config.ts';
import { readStripe } from '../../../src/intake/stripe/events.ts';
import { openOutbox } from '../../../src/outbox/calls.ts';
import type { PersonEvent } from '../../../src/person/news.ts';
import { CREATED, item, stripeEvent, subscription } from '../../../src/samples/stripe.ts';
import type { StripeEventJson } from '../../../src/samples/stripe.ts';
import { createObject } from '../../simulation/durable-object.ts';
import { createWorld } from '../../simulation/world.ts';
import { nobodyTold } from '../../support/nobody-told.ts';
import { READ_OPTIONS } from '../../support/read-options.ts';

const SECOND = 1000;
const HOUR = 3_600_000;
const DAY_MS = 86_400_000;
const USER = 'user_ada';
const STRIPE = 'https://stripe.test';

const HALF = { id: 'half', duration: 'forever', percent_off: 50, amount_off: null, currency: null };

type Sent = { readonly event?: string; readonly traits?: Readonly<Record<string, unknown>> };

function open(vars: Readonly<Record<string, string>> = { STRIPE_SECRET_KEY: 'sk_test_1' }) {
  const world = createWorld(11);
  const asked: { at: number; url: string; version: string | null }[] = [];
  const sent: Sent[] = [];
  const state: { answer: () => Response | Promise<Response>; vars: typeof vars } = {
    answer: () => discountedBy({ discounts: [{ id: 'di_1', coupon: HALF }] }),
    vars,
  };
  const object = createObject(world, {
    name: 's0',
    network: async (_, url, init) => {
      if (url.startsWith(STRIPE)) {
        const version = new Headers(init.headers).get('stripe-version');
        asked.push({ at: world.now(), url: url.slice(STRIPE.length), version });
        return state.answer();
      }
      const json = JSON.parse(String(init.body)) as Sent & { readonly batch?: readonly Sent[] };
      sent.push(...(json.batch ?? [json]));
      return new Response('{}');
    },
    open: (platform) =>
      openOutbox({
        platform,
        configured: readConfig({
          SHARDS: 1,
          LINGER_MS: 0,
          CUSTOMERIO_TRACK_TOKEN: 'key',
          CUSTOMERIO_PIPELINES_URL: 'https://pipelines.test/v1',
          STRIPE_API_URL: STRIPE,
          ...state.vars,
        }),
        eraseLinks: async () => [],
        forgetParked: async () => null,
        acceptMany: nobodyTold,
      }),
  });

  const { pass } = world;

  async function send(...events: readonly StripeEventJson[]): Promise<void> {
    for (const json of events) {
      void object.call((code) => code.accept(USER, eventOf(json, world.now())));
      await pass(1);
    }
  }

  const mrr = () => sent.findLast(({ traits }) => traits !== undefined)?.traits?.['mrr'];
  return { world, object, state, asked, sent, pass, send, mrr };
}

function eventOf(json: StripeEventJson, receivedAt: number): PersonEvent {
  const reading = readStripe({ json, deliveryId: null, receivedAt }, READ_OPTIONS);
  if (reading.kind !== 'event') throw new Error(`expected an event, got ${reading.kind}`);
  const { id, type, customerId, news } = reading;
  return { provider: 'stripe', id, type, customerId, news };
}

function discountedBy(told: Readonly<Record<string, unknown>>): Response {
  return new Response(JSON.stringify({ id: 'sub_1', items: { data: [] }, ...told }));
}

const withIds = (...ids: readonly string[]) => ({ ...subscription(), discounts: [...ids] });
const bought = stripeEvent('customer.subscription.created', withIds('di_1'));

/** Of five subscriptions. */
const FIVE = [1, 2, 3, 4, 5].map((index) =>
  stripeEvent(
    'customer.subscription.created',
    { ...withIds(`di_${index}`), id: `sub_${index}` },
    { id: `evt_${index}` },
  ),
);

/** A later event, by which it costs twice as much. */
function upgraded(...ids: readonly string[]): StripeEventJson {
  const object = { ...withIds(...ids), items: { data: [item({ quantity: 2 })] } };
  return stripeEvent('customer.subscription.updated', object, {
    id: 'evt_later',
    created: CREATED + 60,
    previous: { items: { data: [item()] } },
  });
}

describe('a coupon that is no more than an id', () => {
  it('is asked about once, and lowers mrr by an identify and no event', async () => {
    const { asked, sent, pass, send, mrr } = open();
    await send(bought);
    await pass(HOUR);
    expect(asked).toMatchObject([
      {
        url: '/v1/subscriptions/sub_1?expand[]=discounts&expand[]=discounts.coupon.applies_to&expand[]=items.data.discounts',
        version: '2025-03-31.basil',
      },
    ]);
    expect(mrr()).toBe(24.5);
    expect(sent.map(({ event }) => event ?? 'identify')).toEqual([
      'identify',
      'subscription_started',
      'identify',
    ]);
    await send(upgraded('di_1'));
    await pass(HOUR);
    expect(mrr()).toBe(49);
    expect(asked).toHaveLength(1);
  });

  it('comes to the same whether its events come before the answer or after', async () => {
    const [early, late] = [open(), open()];
    await early.send(bought, upgraded('di_1'));
    await early.pass(HOUR);
    await late.send(upgraded('di_1'));
    await late.pass(HOUR);
    await late.send(bought);
    await late.pass(HOUR);
    expect([early.mrr(), late.mrr()]).toEqual([49, 49]);
  });

  it.each([
    ['for some months', { ...HALF, duration: 'repeating' }],
    ['once', { ...HALF, duration: 'once' }],
    ['for some products', { ...HALF, applies_to: { products: ['prod_x'] } }],
  ])('takes nothing off where it stands %s', async (_which, coupon) => {
    const { state, asked, sent, pass, send, mrr } = open();
    state.answer = () => discountedBy({ discounts: [{ id: 'di_1', coupon }] });
    await send(bought);
    await pass(DAY_MS);
    expect(mrr()).toBe(49);
    expect(sent).toHaveLength(2);
    expect(asked).toHaveLength(1);
  });

  it('lowers its item alone where it is of an item', async () => {
    const { state, pass, send, mrr } = open();
    const items = { data: [item({ discounts: ['di_1'] }), item({ id: 'si_2' })] };
    state.answer = () =>
      discountedBy({ items: { data: [{ discounts: [{ id: 'di_1', coupon: HALF }] }] } });
    await send(stripeEvent('customer.subscription.created', { ...subscription(), items }));
    await pass(HOUR);
    expect(mrr()).toBe(73.5);
  });

  it('is asked about anew when another one is added', async () => {
    const { state, asked, pass, send, mrr } = open();
    await send(bought);
    await pass(HOUR);
    const minor = { ...HALF, percent_off: null, amount_off: 1000, currency: 'usd' };
    state.answer = () =>
      discountedBy({
        discounts: [
          { id: 'di_1', coupon: HALF },
          { id: 'di_2', coupon: minor },
        ],
      });
    await send(upgraded('di_1', 'di_2'));
    await pass(HOUR);
    expect(asked).toHaveLength(2);
    expect(mrr()).toBe(39);
  });

  it('is asked about as well when it comes while the question is under way', async () => {
    const { world, state, asked, pass, send } = open();
    state.answer = async () => {
      await world.wait(10 * SECOND - 1);
      return discountedBy({ discounts: [{ id: 'di_1', coupon: HALF }] });
    };
    await send(bought);
    await pass(SECOND);
    await send(upgraded('di_1', 'di_2'));
    await pass(HOUR);
    expect(asked).toHaveLength(2);
  });

  it('leaves Stripe in peace where its key is refused, however many there are', async () => {
    const { state, asked, pass, send } = open();
    state.answer = () => new Response('{}', { status: 401 });
    await send(...FIVE);
    await pass(30 * SECOND);
    expect(asked).toHaveLength(1);
  });

  it('is asked about one a second at most', async () => {
    const { asked, pass, send } = open();
    await send(...FIVE);
    await pass(HOUR);
    expect(asked).toHaveLength(5);
    for (const [index, { at }] of asked.slice(1).entries()) {
      expect(at - (asked[index]?.at ?? 0)).toBeGreaterThanOrEqual(SECOND);
    }
  });

  it('is not asked about without a key, and is once there is one', async () => {
    const { object, state, asked, pass, send, mrr } = open({});
    await send(bought);
    await pass(DAY_MS);
    expect(asked).toEqual([]);
    expect(mrr()).toBe(49);
    state.vars = { STRIPE_SECRET_KEY: 'sk_test_1' };
    object.die();
    await object.call(async (code) => code.sweep());
    await pass(HOUR);
    expect(asked).toHaveLength(1);
    expect(mrr()).toBe(24.5);
  });

  it.each([
    ['not there', () => new Response('{}', { status: 404 })],
    ['refused', () => new Response('{}', { status: 400 })],
    ['in other words', () => new Response('{"object":"list"}')],
  ])('is not asked about again where the answer is %s', async (_which, answer) => {
    const { state, asked, pass, send, mrr } = open();
    state.answer = answer;
    await send(bought);
    await pass(3 * DAY_MS);
    expect(asked).toHaveLength(1);
    expect(mrr()).toBe(49);
  });

  it.each([
    ['a key that is refused', () => new Response('{}', { status: 401 })],
    ['Stripe that is away', () => new Response('{}', { status: 503 })],
  ])(
    'waits longer each time for %s, through restarts, and is answered in the end',
    async (_, no) => {
      const { object, state, asked, pass, send, mrr } = open();
      state.answer = no;
      await send(bought);
      await pass(HOUR);
      object.die();
      await object.call(async (code) => code.health());
      await pass(DAY_MS);
      const gaps = asked.slice(1).map(({ at }, index) => at - (asked[index]?.at ?? 0));
      expect(gaps.length).toBeGreaterThan(3);
      expect(gaps.length).toBeLessThan(12);
      for (const [index, gap] of gaps.slice(1).entries()) {
        expect(gap).toBeGreaterThanOrEqual(gaps[index] ?? 0);
      }
      state.answer = () => discountedBy({ discounts: [{ id: 'di_1', coupon: HALF }] });
      await pass(2 * DAY_MS);
      expect(mrr()).toBe(24.5);
    },
  );

  it('keeps the wait that Stripe asks for, for every question', async () => {
    const { world, state, asked, pass, send } = open();
    const limited = new Response('{}', { status: 429, headers: { 'retry-after': '600' } });
    state.answer = () => limited;
    await send(bought);
    await pass(10 * SECOND);
    expect(asked).toHaveLength(1);
    state.answer = () => discountedBy({ discounts: [{ id: 'di_1', coupon: HALF }] });
    const startedAt = world.now();
    await pass(HOUR);
    expect(asked).toHaveLength(2);
    expect((asked[1]?.at ?? 0) - startedAt).toBeGreaterThanOrEqual(580 * SECOND);
  });

  it("is nobody's question once its person is deleted", async () => {
    const { object, state, asked, pass, send } = open();
    state.answer = () => new Response('{}', { status: 503 });
    await send(bought);
    await pass(SECOND);
    void object.call(async (code) => code.deletePerson(USER));
    await pass(2 * DAY_MS);
    expect(asked).toHaveLength(1);
  });
});
