// Thousands of events of one customer whom nobody knows: what joins them is not compared with each, or the last ones would cost the
// square of how many there are.

import { expect, it } from 'vitest';

import { createWorld } from '../simulation/world.ts';
import { checkout, claim } from '../support/person-events.ts';
import { simulatedShard } from './simulated-shard.ts';

function open() {
  const world = createWorld(1);
  const accepted: string[] = [];
  const object = simulatedShard(world, {
    lookUp: null,
    shards: {
      accept: async (_, { id }) => {
        accepted.push(id);
        return { outcome: 'accepted', messages: 1 };
      },
    },
  });
  const place = (session: number) =>
    object.call(async (shard) => {
      const event = checkout('cus_1', String(session));
      return shard.place({ customerId: 'cus_1', userId: null, claims: [], event });
    });
  const waiting = () => Number(object.db.prepare('SELECT COUNT(*) AS n FROM waiting').get()?.['n']);
  return { world, object, accepted, place, waiting };
}

it('one that comes again is not put behind them twice, if it is among the newest', async () => {
  const { place, waiting } = open();
  for (let session = 0; session < 60; session += 1) await place(session);
  for (let session = 10; session < 60; session += 1) await place(session);
  expect(waiting()).toBe(60);
  // Nobody looks for it so far back.
  await place(9);
  expect(waiting()).toBe(61);
});

it('all of them go in their order', async () => {
  const { world, object, accepted, place, waiting } = open();
  for (let session = 0; session < 3000; session += 1) await place(session);
  await object.call(async (shard) => shard.learn([claim('cus_1', 'user_1')]));
  await world.pass(60_000);
  expect(waiting()).toBe(0);
  expect(accepted).toEqual(Array.from({ length: 3000 }, (_, session) => `cus_1_${session}`));
});
