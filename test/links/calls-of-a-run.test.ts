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

/** A shard that counts what each run of its alarm asks, and fails what the platform would. */
function counting(world: ReturnType<typeof createWorld>, shardCount = 1) {
  const seen = { made: 0, most: 0, failed: 0, accepted: 0, found: 0 };
  const call = async <Answer>(answer: Answer): Promise<Answer> => {
    seen.made += 1;
    seen.most = Math.max(seen.most, seen.made);
    if (seen.made > FREE_PLAN_MAX) throw new Error('Too many subrequests.');
    await world.wait(1);
    return answer;
  };
  const object = simulatedShard(
    world,
    {
      shardCount,
      lookUp: null,
      shards: {
        untold: async () => call([['key']]),
        toldIn: async () => call([]),
        vouch: async () => call('unknown'),
        accept: async () => {
          seen.accepted += 1;
          return call({ outcome: 'accepted', messages: 1 });
        },
      },
      findUser: async () => {
        seen.found += 1;
        // The first of two keys is refused.
        await call(null);
        return call({ kind: 'user', verified: [] });
      },
    },
    (platform) => ({
      ...platform,
      setAlarm: (at) => {
        seen.made = 0;
        platform.setAlarm(at);
      },
      log: ({ decision }) => {
        if (decision === 'release_failed') seen.failed += 1;
      },
    }),
  );
  const place = (customerId: string, session: string) =>
    object.call(async (shard) => {
      const event = checkout(customerId, session);
      return shard.place({ customerId, userId: null, claims: [], event });
    });
  return { object, seen, place };
}

it('is over where an event has to be asked of all shards that had its customer, and only few are left', async () => {
  const world = createWorld(1);
  const { object, seen, place } = counting(world, 16);
  for (let index = 0; index < 30; index += 1) await place('cus_1', `s${index}`);
  for (let index = 0; index < 16; index += 1) {
    object.db.prepare('INSERT INTO formers VALUES (?, ?, 1)').run('cus_1', `s${index}`);
  }
  await object.call(async (shard) => shard.learn([claim('cus_1', 'user_1', { asOf: 1000 })]));
  await world.pass(60_000);
  expect(seen).toMatchObject({ accepted: 30, failed: 0 });
  expect(seen.most).toBeLessThanOrEqual(FREE_PLAN_MAX);
});

it('counts what Clerk is asked about hints', async () => {
  const world = createWorld(1);
  const { object, seen, place } = counting(world);
  for (let index = 0; index < 40; index += 1) {
    const typed = { email: null };
    const hint = claim(`cus_${index}`, `user_${index}`, { asOf: 1000, mayMove: false, typed });
    await object.call(async (shard) => shard.learn([hint]));
    await place(`cus_${index}`, 'a');
  }
  await world.pass(60_000);
  expect(seen.found).toBeGreaterThanOrEqual(40);
  expect(seen.failed).toBe(0);
  expect(seen.most).toBeLessThanOrEqual(FREE_PLAN_MAX);
});
