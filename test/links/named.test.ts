// An event that names its person itself waits only for those before it, whatever becomes of its customer's link.

import { expect, it } from 'vitest';

import { createWorld } from '../simulation/world.ts';
import { checkout, claim } from '../support/person-events.ts';
import { simulatedShard } from './simulated-shard.ts';

const CUSTOMER = 'cus_1';
const HOUR = 3_600_000;

it('goes to whom it names when the link is forgotten while their outbox is down', async () => {
  const world = createWorld(1);
  const accepted: string[] = [];
  const state = { isDown: true };
  const object = simulatedShard(world, {
    shards: {
      accept: async (userId, event) => {
        if (userId === 'user_b' && state.isDown) throw new Error('down');
        accepted.push(`${userId} ${event.id.slice(6)}`);
        return { outcome: 'accepted', messages: 1 };
      },
    },
    lookUp: null,
    findUser: null,
  });
  const place = (session: string, userId: string | null) =>
    object.call(async (shard) =>
      shard.place({
        customerId: CUSTOMER,
        userId,
        claims: [],
        event: checkout(CUSTOMER, session),
      }),
    );
  await place('a', null);
  await place('b', 'user_b');
  await object.call(async (shard) => shard.learn([claim(CUSTOMER, 'user_a', { asOf: 1 })]));
  await world.pass(1000);
  state.isDown = false;
  await object.call(async (shard) => shard.forgetLink(CUSTOMER));
  await world.pass(HOUR);
  expect(accepted).toEqual(['user_a a', 'user_b b']);
});
