// A link that moved and cannot be handed over, because an outbox does not answer.

import { describe, expect, it } from 'vitest';

import { createWorld } from '../simulation/world.ts';
import { checkout, claim } from '../support/person-events.ts';
import { simulatedShard } from './simulated-shard.ts';

it('asks an outbox that fails less and less often, and once more within five minutes of its return', async () => {
  const state = { isAway: true, asked: 0 };
  const { world, closed, move } = open({
    user_1: async () => {
      state.asked += 1;
      if (state.isAway) throw new Error('away');
      return NOTHING;
    },
  });
  const askedIn = async (ms: number) => {
    const before = state.asked;
    await world.pass(ms);
    return state.asked - before;
  };
  await move('cus_1', 'user_1');
  expect(await askedIn(60_000)).toBeGreaterThan(4);
  await world.pass(600_000);
  // Two and a half minutes apart, by chance; every ten seconds it would be 2,160 times.
  expect(await askedIn(6 * HOUR)).toBeLessThan(250);
  state.isAway = false;
  await world.pass(300_000);
  expect(closed).toEqual(['user_1']);
});

describe('a hand-over that cannot be done', () => {
  it.each([
    ['fails', async (): Promise<never> => Promise.reject(new Error('away'))],
    ['is never answered', never],
  ])('blocks no other, and what waits for it, where it %s', async (_, away) => {
    const { world, object, closed, accepted, move, place } = open({ user_stuck: away });
    for (const customer of ['cus_1', 'cus_2', 'cus_3']) await move(customer, 'user_stuck');
    await move('cus_4', ELSEWHERE);
    await place('cus_4');
    await place('cus_1');
    await world.pass(120_000);
    expect(closed).toEqual([ELSEWHERE]);
    expect(accepted).toEqual(['cus_4']);
    expect(await object.call(async (shard) => shard.health())).toMatchObject({ waiting: 1 });
  });

  it('takes a share of an alarm run, however many there are: queues have their turn in between', async () => {
    const { world, object, accepted, move, place } = open({ user_stuck: never });
    for (let index = 0; index < 30; index += 1) await move(`cus_${index}`, 'user_stuck');
    await place('cus_waits');
    await object.call(async (shard) => shard.learn([claim('cus_waits', 'user_1', { asOf: 1000 })]));
    // One after the other they would take five minutes.
    await world.pass(60_000);
    expect(accepted).toEqual(['cus_waits']);
  });

  // They were due again before the last of them had been tried: the calls of every run were theirs.
  it('leaves half of the calls of every run to queues, however many fail', async () => {
    const opened = open({
      user_stuck: async () => {
        await opened.world.wait(50);
        throw new Error('away');
      },
    });
    const { world, object, accepted, move, place } = opened;
    for (let index = 0; index < 450; index += 1) await move(`cus_${index}`, 'user_stuck');
    await place('cus_waits');
    await world.pass(60_000);
    await object.call(async (shard) => shard.learn([claim('cus_waits', 'user_1', { asOf: 1000 })]));
    await world.pass(5000);
    expect(accepted).toEqual(['cus_waits']);
  });

  it('delays no other by more than one answer that does not come, however many wait for the same shard', async () => {
    const { world, closed, move } = open({ user_stuck: never });
    for (let index = 0; index < 450; index += 1) await move(`cus_${index}`, 'user_stuck');
    await world.pass(60_000);
    await move('cus_healthy', ELSEWHERE);
    await world.pass(11_000);
    expect(closed).toEqual([ELSEWHERE]);
  });

  it('is counted as stuck after ten minutes, and no more once it is done', async () => {
    const state = { isAway: true };
    const { world, object, closed, accepted, move, place } = open({
      user_1: async () => {
        if (state.isAway) throw new Error('away');
        return NOTHING;
      },
    });
    const stuck = () => object.call(async (shard) => shard.health().stuck);
    await move('cus_1', 'user_1');
    await place('cus_1');
    await world.pass(590_000);
    expect(await stuck()).toBe(0);
    await world.pass(20_000);
    expect(await stuck()).toBe(1);
    state.isAway = false;
    await world.pass(300_000);
    expect(closed).toEqual(['user_1']);
    expect(accepted).toEqual(['cus_1']);
    expect(await stuck()).toBe(0);
  });
});

it('gives nothing to the new person of a link before the old one is closed and has handed over', async () => {
  const { world, accepted, steps, move, place } = open({});
  await move('cus_1', 'user_1');
  await place('cus_1');
  expect(accepted).toEqual([]);
  await world.pass(1000);
  expect(steps).toEqual(['close user_1', 'gain user_new', 'lose user_1', 'accept user_new']);
});

it('what waits for a hand-over goes on at once when its old person is deleted', async () => {
  const { world, object, accepted, move, place } = open({
    user_1: async () => Promise.reject(new Error('away')),
  });
  await move('cus_1', 'user_1');
  await place('cus_1');
  await world.pass(HOUR);
  expect(accepted).toEqual([]);
  await object.call(async (shard) => shard.erase('user_1', world.now()));
  await world.pass(1000);
  expect(accepted).toEqual(['cus_1']);
});

const HOUR = 3_600_000;

/** No simulated request ends with it. */
async function never(): Promise<never> {
  return new Promise(() => undefined);
}

/** In another outbox shard than whoever is stuck, and than the new person. */
const ELSEWHERE = 'user_2';

const NOTHING = { subscriptions: [], marks: {}, cards: {} };

/** A shard whose links can be moved away from somebody; `away`: who does not let go of one. */
function open(away: Readonly<Record<string, () => Promise<typeof NOTHING>>>) {
  const world = createWorld(1);
  const closed: string[] = [];
  const accepted: string[] = [];
  const steps: string[] = [];
  const object = simulatedShard(world, {
    shards: {
      closeCustomer: async (from) => {
        const facts = (await away[from]?.()) ?? NOTHING;
        closed.push(from);
        steps.push(`close ${from}`);
        return facts;
      },
      gainCustomer: async (to) => {
        steps.push(`gain ${to}`);
        return { outcome: 'accepted', messages: 1 };
      },
      loseCustomer: async (from) => {
        steps.push(`lose ${from}`);
        return { outcome: 'accepted', messages: 1 };
      },
      untold: async () => [],
      accept: async (userId, { customerId }) => {
        accepted.push(String(customerId));
        steps.push(`accept ${userId}`);
        return { outcome: 'accepted', messages: 1 };
      },
    },
    lookUp: null,
    shardCount: 16,
  });
  async function move(customer: string, from: string): Promise<void> {
    await object.call(async (shard) => shard.learn([claim(customer, from, { asOf: 1000 })]));
    await object.call(async (shard) => shard.learn([claim(customer, 'user_new', { asOf: 2000 })]));
  }
  const place = (customer: string) =>
    object.call(async (shard) => {
      const event = checkout(customer, customer);
      return shard.place({ customerId: customer, userId: null, claims: [], event });
    });
  return { world, object, closed, accepted, steps, move, place };
}
