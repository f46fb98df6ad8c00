// What one person was told is not told to the next one of a customer when the webhook comes again, whose seen keys lie in another
// shard. Links and two outbox shards on the simulated clock.

import { describe, expect, it } from 'vitest';

import { readStripe } from '../../src/intake/stripe/events.ts';
import { openLinks } from '../../src/links/calls.ts';
import type { LinksCalls } from '../../src/links/calls.ts';
import { placeAndAccept } from '../../src/links/place-and-accept.ts';
import type { Shards } from '../../src/links/shards.ts';
import type { ErasedId } from '../../src/outbox/erased.ts';
import type { PersonEvent } from '../../src/person/news.ts';
import { shardName, shardOf } from '../../src/platform/shards.ts';
import { invoice, stripeEvent, subscription } from '../../src/samples/stripe.ts';
import { createObject } from '../simulation/durable-object.ts';
import { routed, stubOf } from '../simulation/routes.ts';
import { outboxIn } from '../simulation/set-up.ts';
import { createWorld } from '../simulation/world.ts';
import { checkout, claim, deletion } from '../support/person-events.ts';
import { READ_OPTIONS } from '../support/read-options.ts';

const CUSTOMER = 'cus_1';
const DAY = 86_400_000;
const HERE = { there: async () => undefined, back: async () => undefined };
/** In shards of their own. */
const [A, B] = ['user_a', 'user_b'] as const;
/** In the shard of the first. */
const SAME = 'user_c';

function open() {
  const world = createWorld(3);
  const messages: { userId: string; event?: string }[] = [];
  const state = { isHandOverAway: false };
  const network = async (_: unknown, __: string, init: RequestInit) => {
    const json = JSON.parse(String(init.body));
    messages.push(...(json.batch ?? [json]));
    return new Response('{}');
  };
  const outboxes = new Map(
    ['s0', 's1'].map((name) => {
      const eraseLinks = (erased: readonly ErasedId[]) =>
        links.call(async (shard) => shard.eraseMany(erased));
      return [name, outboxIn(world, { name, network, vars: () => ({ SHARDS: 2 }), eraseLinks })];
    }),
  );
  const links = createObject<LinksCalls>(world, {
    name: 'links',
    network,
    open: (platform) => {
      const rest = { lookUp: null, findUser: null, waitingDays: 30, shardCount: 2 };
      const closeSubscription: Shards['closeSubscription'] = async (...of) => {
        if (state.isHandOverAway) throw new Error('away');
        return shards.closeSubscription(...of);
      };
      return openLinks({ platform, shards: { ...shards, closeSubscription }, ...rest });
    },
  });
  const outboxNamed = (name: string) => stubOf(outboxes.get(name), HERE);
  const shards: Shards = routed({
    outbox: (key) => outboxNamed(shardName(shardOf(key, 2))),
    outboxNamed,
    linksOf: () => stubOf(links, HERE),
    everyLinks: () => [stubOf(links, HERE)],
  });
  const come = (event: PersonEvent, named: string | null = null) =>
    world.answered(
      placeAndAccept(shards, {
        customerId: CUSTOMER,
        userId: named,
        claims: [],
        event,
        now: world.now(),
      }),
    );
  const give = async (userId: string) => {
    await world.answered(shards.learn(claim(CUSTOMER, userId, { asOf: world.now() })));
    await world.pass(60_000);
  };
  const tracks = () =>
    messages.filter(({ event }) => event !== undefined).map(({ userId }) => userId);
  return { world, state, links, shards, messages, come, give, tracks };
}

/** The trial's end, and the subscription and its converting invoice, which name somebody. */
const TRIAL_END = 1_750_000_000;

function read(type: string, object: Parameters<typeof stripeEvent>[1], at: number): PersonEvent {
  const json = stripeEvent(type, object, { created: Math.floor(at / 1000), previous: {} });
  const reading = readStripe({ json, deliveryId: null, receivedAt: at }, READ_OPTIONS);
  if (reading.kind !== 'event') throw new Error(`expected an event, got ${reading.kind}`);
  const { id, news, of } = reading;
  return { provider: 'stripe', id, type, customerId: CUSTOMER, news, ...(of ? { of } : {}) };
}

function subscribed(userId: string, at: number): PersonEvent {
  const metadata = { clerkUserId: userId };
  const about = { id: 'sub_1', customer: CUSTOMER, metadata, trial_end: TRIAL_END };
  return read('customer.subscription.updated', subscription(about), at);
}

function converting(userId: string, at: number): PersonEvent {
  const details = { subscription: 'sub_1', metadata: { clerkUserId: userId } };
  const about = {
    id: 'in_1',
    customer: CUSTOMER,
    billing_reason: 'subscription_cycle' as const,
    parent: { type: 'subscription_details' as const, subscription_details: details },
  };
  const period = { periodStart: TRIAL_END, subscription: 'sub_1' };
  return read('invoice.paid', invoice(about, period), at);
}

describe('a webhook that comes again after its customer has gone to somebody else', () => {
  it('is told to nobody', async () => {
    const { world, come, give, tracks } = open();
    await give(A);
    expect(await come(checkout(CUSTOMER, 'x'))).toBe('accepted');
    await give(B);
    expect(await come(checkout(CUSTOMER, 'x'))).toBe('duplicate');
    expect(await come(checkout(CUSTOMER, 'y'))).toBe('accepted');
    expect(await come(checkout(CUSTOMER, 'y'))).toBe('duplicate');
    await world.pass(60_000);
    expect(tracks()).toEqual([A, B]);
  });

  it('is told to nobody where who was told is deleted', async () => {
    const { world, shards, come, give, tracks } = open();
    await give(A);
    await come(checkout(CUSTOMER, 'x'));
    await world.pass(60_000);
    await world.answered(shards.accept(A, deletion()));
    await world.pass(60_000);
    await give(B);
    await come(checkout(CUSTOMER, 'x'));
    await world.pass(60_000);
    // The second is the removal.
    expect(tracks()).toEqual([A, A]);
  });

  // Seed 2001041 of edition 4: what a mark guards was told to both, because the mark had not been handed over yet.
  it.each([
    ['in another shard', B],
    ['in the same shard', SAME],
  ])(
    'tells a conversion to one, while its subscription leaves for somebody %s',
    async (_, next) => {
      const { world, state, messages, come } = open();
      state.isHandOverAway = true;
      await come(subscribed(A, world.now()), A);
      const paid = converting(A, world.now());
      expect(await come(paid, A)).toBe('accepted');
      await world.pass(10_000);
      await come(subscribed(next, world.now()), next);
      await come(paid, A);
      state.isHandOverAway = false;
      await world.pass(600_000);
      const told = messages.filter(({ event }) => event === 'trial_converted');
      expect(told.map(({ userId }) => userId)).toEqual([A]);
      expect(messages.filter(({ event }) => event === 'payment_succeeded')).toHaveLength(1);
    },
  );

  it('asks as long as what was told is remembered, and nobody of a customer that stays', async () => {
    const { world, links, come, give } = open();
    await give(A);
    await come(checkout(CUSTOMER, 'x'));
    await give(B);
    const formers = () => links.db.prepare('SELECT customer, shard FROM formers').all();
    const home = shardName(shardOf(A, 2));
    expect(formers()).toEqual([{ customer: CUSTOMER, shard: home }]);
    const place = (customerId: string) =>
      links.call(async (shard) =>
        shard.place({ customerId, userId: B, claims: [], event: checkout(customerId, 'z') }),
      );
    expect(await place(CUSTOMER)).toMatchObject({ formers: [home] });
    expect(await place('cus_2')).not.toHaveProperty('formers');
    await world.pass(126 * DAY);
    await links.call(async (shard) => shard.sweep());
    expect(formers()).toEqual([]);
  });
});
