// An event that has almost an id waits, also alone, and the operator is shown where it stands.

import { expect, it } from 'vitest';

import { createWorld } from '../simulation/world.ts';
import { checkout, claim } from '../support/person-events.ts';
import { simulatedShard } from './simulated-shard.ts';

const CUSTOMER = 'cus_1';
const DETAIL = 'metadata.clerkUserId: blanks';

function open() {
  const world = createWorld(7);
  const accepted: string[] = [];
  const object = simulatedShard(world, {
    shards: {
      accept: async (userId, { id }) => {
        accepted.push(`${userId} ${id}`);
        return { outcome: 'accepted', messages: 0 };
      },
    },
    lookUp: null,
    findUser: null,
  });
  const place = (session: string, more: { almost?: string; news?: [] }) => {
    const event = { ...checkout(CUSTOMER, session), ...more };
    return object.call(async (shard) =>
      shard.place({ customerId: CUSTOMER, userId: null, claims: [], event }),
    );
  };
  const waiting = () => object.call(async (shard) => shard.waiting(10));
  return { world, object, accepted, place, waiting };
}

it('waits although it tells nothing, says what is wrong, and goes when its person is known', async () => {
  const { world, object, accepted, place, waiting } = open();
  expect(await place('a', { news: [] })).toEqual({ kind: 'nothing' });
  expect(await place('b', { news: [], almost: DETAIL })).toEqual({ kind: 'waiting' });
  expect(await waiting()).toMatchObject([{ events: 1, why: 'id_almost_right', detail: DETAIL }]);
  await object.call(async (shard) => shard.learn([claim(CUSTOMER, 'user_a', { asOf: 1 })]));
  await world.pass(1000);
  expect([accepted, await waiting()]).toEqual([['user_a cus_1_b'], []]);
});

it('is shown whichever event of the customer has it, but not over what is known better', async () => {
  const { object, place, waiting } = open();
  await place('a', {});
  expect(await waiting()).toMatchObject([{ why: 'not_looked_up', detail: null }]);
  await place('b', { almost: DETAIL });
  expect(await waiting()).toMatchObject([{ events: 2, why: 'id_almost_right', detail: DETAIL }]);
  object.db.prepare(`UPDATE queues SET why = 'stripe_key_invalid'`).run();
  expect(await waiting()).toMatchObject([{ why: 'stripe_key_invalid', detail: DETAIL }]);
});
