// The platform fails the call after the fiftieth of one alarm run, and it looks as if the other shard had failed. No run gets there.

import { expect, it } from 'vitest';

import { createWorld } from '../simulation/world.ts';
import { checkout, claim } from '../support/person-events.ts';
import { simulatedShard } from './simulated-shard.ts';

/** https://developers.cloudflare.com/workers/platform/limits/#subrequests */
const FREE_PLAN_MAX = 50;

it('ends before the limit, and the next one goes on at once: hundreds are released, none fails', async () => {
  const world = createWorld(1);
  let made = 0;
  let most = 0;
  const accepted: string[] = [];
  const call = (): void => {
    made += 1;
    most = Math.max(most, made);
    if (made > FREE_PLAN_MAX) throw new Error('Too many subrequests.');
  };
  const decisions: unknown[] = [];
  const object = simulatedShard(
    world,
    {
      shards: {
        accept: async (_, { id }) => {
          call();
          await world.wait(1);
          accepted.push(id);
          return { outcome: 'accepted', messages: 1 };
        },
        closeCustomer: async () => {
          call();
          return { subscriptions: [], marks: {}, cards: {} };
        },
        gainCustomer: async () => {
          call();
          return { outcome: 'accepted', messages: 0 };
        },
        loseCustomer: async () => {
          call();
          return { outcome: 'accepted', messages: 0 };
        },
      },
      lookUp: null,
    },
    (platform) => ({
      ...platform,
      // A run has ended.
      setAlarm: (at) => {
        made = 0;
        platform.setAlarm(at);
      },
      log: ({ decision }) => decisions.push(decision),
    }),
  );
  const learn = (customer: string, userId: string, asOf: number) =>
    object.call(async (shard) => shard.learn([claim(customer, userId, { asOf })]));
  for (let index = 0; index < 60; index += 1) {
    await learn(`cus_moves${index}`, 'user_1', 1000);
    await learn(`cus_moves${index}`, 'user_2', 2000);
  }
  for (let index = 0; index < 200; index += 1) {
    const event = checkout(`waits${index}`, 'cus_waits');
    await object.call(async (shard) =>
      shard.place({ customerId: 'cus_waits', userId: null, claims: [], event }),
    );
  }
  await learn('cus_waits', 'user_1', 1000);
  await world.pass(5000);
  expect(most).toBeLessThanOrEqual(FREE_PLAN_MAX);
  expect(accepted).toHaveLength(200);
  expect(decisions.filter((each) => each === 'handed_over')).toHaveLength(60);
  expect(decisions).not.toContain('hand_over_failed');
  expect(decisions).not.toContain('release_failed');
});
