// External ids: metadata that has the name a user had before means that user, whichever comes first, also where the name looks
// like an id of Clerk's.

import { describe, expect, it } from 'vitest';

import type { PersonEvent } from '../../src/person/news.ts';
import { createWorld } from '../simulation/world.ts';
import { checkout, claim } from '../support/person-events.ts';
import { simulatedShard } from './simulated-shard.ts';

const CUSTOMER = 'cus_1';
const HOUR = 3_600_000;
const NAMES = ['legacy_42', 'user_2before'];

function open() {
  const world = createWorld(3);
  const accepted: string[] = [];
  const told: string[] = [];
  const object = simulatedShard(world, {
    shards: {
      accept: async (userId, event) => {
        const { named = '', of } = event;
        accepted.push(`${userId} ${event.id.slice(6)}${named}${of === undefined ? '' : ' of'}`);
        return { outcome: 'accepted', messages: 1 };
      },
      closeCustomer: async (userId) => {
        told.push(`close ${userId}`);
        return { subscriptions: [], marks: {}, cards: {} };
      },
      gainCustomer: async (userId) => {
        told.push(`gain ${userId}`);
        return { outcome: 'accepted', messages: 0 };
      },
      loseCustomer: async (userId) => {
        told.push(`lose ${userId}`);
        return { outcome: 'accepted', messages: 0 };
      },
      closeSubscription: async (userId) => {
        told.push(`close ${userId}`);
        return { subscriptions: [], marks: {} };
      },
      gainSubscription: async (userId) => {
        told.push(`gain ${userId}`);
        return { outcome: 'accepted', messages: 0 };
      },
      loseSubscription: async (userId) => {
        told.push(`lose ${userId}`);
        return { outcome: 'accepted', messages: 0 };
      },
    },
    lookUp: null,
    findUser: null,
  });
  const know = (externalId: string, userId = 'user_now', asOf = 1) =>
    object.call(async (shard) => shard.learnExternal({ externalId, userId, asOf }));
  const say = (name: string, more: Partial<Parameters<typeof claim>[2]> = {}) =>
    object.call(async (shard) =>
      shard.learn([claim(CUSTOMER, name, { source: 'customer_metadata', isNamed: true, ...more })]),
    );
  /** What the links answer for an event; the caller takes it to the person. */
  async function place(session: string, userId: string | null, of?: PersonEvent['of']) {
    const event = { ...checkout(CUSTOMER, session), ...(of === undefined ? {} : { of }) };
    const request = { customerId: CUSTOMER, userId, claims: [], event };
    const placement = await object.call(async (shard) => shard.place(request));
    if (placement.kind === 'person') accepted.push(`${placement.userId} ${session}`);
    return placement.kind;
  }
  const link = () => object.call(async (shard) => shard.link(CUSTOMER));
  const wait = () => world.pass(HOUR);
  return { world, object, accepted, told, know, say, place, link, wait };
}

describe('an external id', () => {
  it.each(NAMES)('%s names its user, once Clerk has said so', async (name) => {
    const { accepted, know, place } = open();
    await know(name);
    await place('a', name);
    expect(accepted).toEqual(['user_now a']);
  });

  it('is waited for where it is no id as Clerk has them, in order, and nothing of it goes out', async () => {
    const { accepted, know, place, wait } = open();
    expect(await place('a', 'legacy_42')).toBe('waiting');
    expect(await place('b', 'legacy_42')).toBe('waiting');
    await wait();
    expect(accepted).toEqual([]);
    await know('legacy_42');
    await wait();
    expect(accepted).toEqual(['user_now a', 'user_now b']);
  });

  it.each(NAMES)(
    '%s links the customer whose metadata has it, whichever came first',
    async (name) => {
      const [early, late] = [open(), open()];
      await early.say(name);
      await early.know(name);
      await late.know(name);
      await late.say(name);
      await early.wait();
      await late.wait();
      const [one, other] = [await early.link(), await late.link()];
      expect(one?.userId).toBe('user_now');
      expect(other).toMatchObject({ userId: 'user_now', asOf: one?.asOf, source: one?.source });
    },
  );

  it('takes over what was learnt by it while it was taken for an id that Clerk has', async () => {
    const { told, know, say, link, wait } = open();
    await say('user_2before');
    expect(await link()).toMatchObject({ userId: 'user_2before' });
    await know('user_2before');
    await wait();
    expect(await link()).toMatchObject({ userId: 'user_now' });
    expect(told).toEqual(['close user_2before', 'gain user_now', 'lose user_2before']);
  });

  it('takes over a subscription that named somebody by it', async () => {
    const { told, know, say, place, wait } = open();
    const said = { userId: 'user_2before', isOrganization: false, isChange: true };
    await say('user_payer');
    await place('a', 'user_2before', { subscriptionId: 'sub_1', asOf: 5, says: said });
    await wait();
    told.length = 0;
    await know('user_2before');
    await wait();
    expect(told).toEqual(['close user_2before', 'gain user_now', 'lose user_2before']);
  });

  it('moves no link that says more than metadata did', async () => {
    const { know, link, object } = open();
    await object.call(async (shard) => shard.linkByHand(CUSTOMER, 'user_2before'));
    await know('user_2before');
    expect(await link()).toMatchObject({ userId: 'user_2before', source: 'operator' });
  });

  it('belongs to nobody once its user is deleted, and makes no new person', async () => {
    const { object, accepted, know, say, place, link } = open();
    await know('user_2before');
    await object.call(async (shard) => shard.erase('user_now', 10));
    await say('user_2before', { asOf: 20 });
    expect(await link()).toBeNull();
    expect(await place('a', 'user_2before')).toBe('waiting');
    expect(accepted).toEqual([]);
    const rows = object.db.prepare('SELECT * FROM externals').all();
    expect(JSON.stringify(rows)).not.toMatch(/user_now|user_2before/);
  });

  it('means whom Clerk says last', async () => {
    const { accepted, know, place } = open();
    await know('legacy_42', 'user_b', 2);
    await know('legacy_42', 'user_a', 1);
    await place('a', 'legacy_42');
    expect(accepted).toEqual(['user_b a']);
  });

  it('is not waited for longer than anything else', async () => {
    const { world, object, know, say, link } = open();
    await say('legacy_42', { asOf: world.now() });
    await world.pass(31 * 24 * HOUR);
    await object.call(async (shard) => shard.sweep());
    await know('legacy_42');
    expect(await link()).toBeNull();
  });
});
