// A customer that is deleted at Stripe: its link goes on placing what comes late, and is taken by a sweep when nothing comes any
// more.

import { describe, expect, it } from 'vitest';

import type { PersonEvent } from '../../src/person/news.ts';
import { createWorld } from '../simulation/world.ts';
import { checkout, claim } from '../support/person-events.ts';
import { simulatedShard } from './simulated-shard.ts';

const CUSTOMER = 'cus_1';
const DAY = 86_400_000;
const DONE = { outcome: 'accepted', messages: 1 } as const;
const deletion: PersonEvent = {
  provider: 'stripe',
  id: 'evt_deleted',
  type: 'customer.deleted',
  customerId: CUSTOMER,
  isGone: true,
  news: [],
};

function open() {
  const world = createWorld(5);
  const accepted: string[] = [];
  const object = simulatedShard(world, {
    shards: {
      accept: async (userId, { id, isGone = false }) => {
        accepted.push(`${userId} ${id}${isGone ? ' gone' : ''}`);
        return DONE;
      },
      // Nobody has anything of it: what has left its customer's person is handed over at once.
      closeSubscription: async () => ({ subscriptions: [], marks: {} }),
      gainSubscription: async () => ({ outcome: 'duplicate', messages: 0 }),
      loseSubscription: async () => ({ outcome: 'duplicate', messages: 0 }),
    },
    lookUp: null,
    findUser: null,
  });
  const place = (event: PersonEvent, userId: string | null = null) =>
    object.call(async (shard) => shard.place({ customerId: CUSTOMER, userId, claims: [], event }));
  const learn = (userId: string) =>
    object.call(async (shard) => shard.learn([claim(CUSTOMER, userId, { asOf: world.now() })]));
  const link = () => object.call(async (shard) => shard.link(CUSTOMER));
  const sweep = () => object.call(async (shard) => shard.sweep());
  const rows = (table: string) => object.db.prepare(`SELECT * FROM ${table}`).all();
  return { world, object, accepted, place, learn, link, sweep, rows };
}

/** A subscription whose metadata names somebody. */
function named(userId: string): PersonEvent {
  const says = { userId, isOrganization: false, isChange: true };
  return { ...checkout(CUSTOMER, userId), of: { subscriptionId: `sub_${userId}`, asOf: 1, says } };
}

describe('a customer that is deleted', () => {
  it('places by its link what comes late, and each event says that the customer is gone', async () => {
    const { place, learn } = open();
    await learn('user_a');
    const before = await place(checkout(CUSTOMER, 'a'));
    expect(before).toMatchObject({ kind: 'person', userId: 'user_a' });
    expect(before).not.toHaveProperty('isGone');
    expect(await place(deletion)).toMatchObject({ kind: 'person', userId: 'user_a' });
    expect(await place(checkout(CUSTOMER, 'b'))).toMatchObject({ userId: 'user_a', isGone: true });
    expect(await place(checkout(CUSTOMER, 'c'), 'user_b')).toMatchObject({
      userId: 'user_b',
      isGone: true,
    });
  });

  it('waits for nobody alone, and is said all the same when its person turns up', async () => {
    const { place, learn, rows } = open();
    expect(await place(deletion)).toEqual({ kind: 'nothing' });
    expect(rows('waiting')).toEqual([]);
    await learn('user_a');
    expect(await place(checkout(CUSTOMER, 'a'))).toMatchObject({ userId: 'user_a', isGone: true });
  });

  it('waits behind what waits already', async () => {
    const { world, accepted, place, learn } = open();
    await place(checkout(CUSTOMER, 'a'));
    expect(await place(deletion)).toEqual({ kind: 'waiting' });
    await learn('user_a');
    await world.pass(1000);
    expect(accepted).toEqual(['user_a cus_1_a gone', 'user_a evt_deleted gone']);
  });

  it('is told to everybody who has a subscription of its by name', async () => {
    const { world, accepted, place, learn, rows } = open();
    await learn('user_a');
    await place(named('user_b'), 'user_b');
    await place(named('user_c'), 'user_c');
    expect(await place(deletion)).toMatchObject({ kind: 'person', userId: 'user_a' });
    await world.pass(1000);
    expect(accepted.toSorted()).toEqual(['user_b evt_deleted.1 gone', 'user_c evt_deleted.2 gone']);
    expect([rows('waiting'), rows('queues')]).toEqual([[], []]);
  });

  it('keeps its link for WAITING_DAYS and no longer', async () => {
    const { world, place, learn, link, sweep, rows } = open();
    await learn('user_a');
    await place(named('user_b'), 'user_b');
    await place(deletion);
    await world.pass(20 * DAY);
    // Coming again makes it no younger.
    await place(deletion);
    await world.pass(9 * DAY);
    await sweep();
    expect(await link()).toMatchObject({ userId: 'user_a' });
    expect(await place(checkout(CUSTOMER, 'late'))).toMatchObject({ userId: 'user_a' });
    await world.pass(2 * DAY);
    await sweep();
    expect(await link()).toBeNull();
    expect([rows('gone'), rows('holders'), rows('links')]).toEqual([[], [], []]);
  });

  it('is shown to whom it belongs, and to nobody else', async () => {
    const { object, place } = open();
    await place(deletion);
    const held = async (customers: string[]) => {
      const page = await object.call(async (shard) =>
        shard.held({ userId: 'user_a', customers, after: '' }),
      );
      return page.held.filter(({ table }) => table === 'gone').map(({ row }) => JSON.parse(row));
    };
    expect(await held([CUSTOMER])).toMatchObject([{ customer: CUSTOMER }]);
    expect(await held(['cus_2'])).toEqual([]);
  });
});
