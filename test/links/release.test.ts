// What may happen in the middle of a release, one case after the other: the numbers are those of src/links/release.ts.

import { describe, expect, it } from 'vitest';

import type { LinksCalls } from '../../src/links/calls.ts';
import type { AcceptOutcome } from '../../src/outbox/people/recorded.ts';
import type { SimulatedObject } from '../simulation/durable-object.ts';
import { createWorld } from '../simulation/world.ts';
import { checkout, claim } from '../support/person-events.ts';
import { simulatedShard } from './simulated-shard.ts';

const CUSTOMER = 'cus_1';

type Meanwhile = (
  object: SimulatedObject<LinksCalls>,
  event: string,
) => Promise<AcceptOutcome | void>;

/** A shard whose outbox lets something happen while it takes an event. */
function open(meanwhile: Meanwhile) {
  const world = createWorld(1);
  const accepted: string[] = [];
  const object: SimulatedObject<LinksCalls> = simulatedShard(world, {
    shards: {
      accept: async (userId, event) => {
        const session = event.id.split('_').at(-1) ?? '';
        const outcome = (await meanwhile(object, session)) ?? 'accepted';
        accepted.push(`${userId} ${session} ${outcome}`);
        return { outcome, messages: 1 };
      },
      closeCustomer: async () => ({ subscriptions: [], marks: {}, cards: {} }),
      gainCustomer: async () => ({ outcome: 'duplicate', messages: 0 }),
      loseCustomer: async () => ({ outcome: 'duplicate', messages: 0 }),
    },
    lookUp: null,
    findUser: null,
    waitingDays: 1,
  });
  const run = (ms: number) => world.pass(ms);
  const waiting = () => object.call(async (shard) => shard.health().waiting);
  return { world, object, accepted, run, waiting };
}

function place(object: SimulatedObject<LinksCalls>, session: string) {
  const event = checkout(CUSTOMER, session);
  return object.call(async (shard) =>
    shard.place({ customerId: CUSTOMER, userId: null, claims: [], event }),
  );
}

function link(object: SimulatedObject<LinksCalls>, userId: string, asOf: number) {
  return object.call(async (shard) => shard.learn([claim(CUSTOMER, userId, { asOf })]));
}

function once(event: string, act: Meanwhile): Meanwhile {
  let isDone = false;
  return async (object, current) => {
    if (isDone || current !== event) return undefined;
    isDone = true;
    return act(object, current);
  };
}

describe('a release', () => {
  it('1: takes what arrives meanwhile at the end of its queue', async () => {
    let kind = '';
    const { object, accepted, run } = open(
      once('a', async (shard) => {
        ({ kind } = await place(shard, 'late'));
      }),
    );
    for (const session of ['a', 'b']) await place(object, session);
    await link(object, 'user_1', 1);
    await run(1000);
    expect(kind).toBe('waiting');
    expect(accepted).toEqual(['user_1 a accepted', 'user_1 b accepted', 'user_1 late accepted']);
  });

  it('2: places at once what arrives after the last one has gone', async () => {
    const { object, run } = open(async () => undefined);
    await place(object, 'a');
    await link(object, 'user_1', 1);
    await run(1000);
    expect(await place(object, 'b')).toMatchObject({ kind: 'person', userId: 'user_1' });
  });

  it('3: comes again with what the outbox had when the process died', async () => {
    const { object, accepted, run, waiting } = open(
      once('a', async (shard) => {
        shard.dieIn(0);
      }),
    );
    for (const session of ['a', 'b']) await place(object, session);
    await link(object, 'user_1', 1);
    await run(60_000);
    expect(accepted).toEqual(['user_1 a accepted', 'user_1 a accepted', 'user_1 b accepted']);
    expect(await waiting()).toBe(0);
  });

  it('4: goes by the link as it stands, and takes a refused event in its turn again', async () => {
    const { object, accepted, run } = open(
      once('a', async (shard) => {
        await link(shard, 'user_2', 2);
        return 'moved';
      }),
    );
    for (const session of ['a', 'b']) await place(object, session);
    await link(object, 'user_1', 1);
    await run(60_000);
    expect(accepted).toEqual(['user_1 a moved', 'user_2 a accepted', 'user_2 b accepted']);
  });

  it('5: stops where the link is forgotten, and goes on with the next', async () => {
    const { object, accepted, run, waiting } = open(
      once('a', async (shard) => {
        await shard.call(async (code) => code.forgetLink(CUSTOMER));
      }),
    );
    for (const session of ['a', 'b']) await place(object, session);
    await link(object, 'user_1', 1);
    await run(60_000);
    expect([accepted, await waiting()]).toEqual([['user_1 a accepted'], 1]);
    await link(object, 'user_2', 1);
    await run(60_000);
    expect(accepted.at(-1)).toBe('user_2 b accepted');
  });

  it('6: takes out what is left when the person is deleted', async () => {
    const { object, accepted, run, waiting } = open(once('a', async () => 'erased'));
    for (const session of ['a', 'b']) await place(object, session);
    await link(object, 'user_1', 1);
    await run(60_000);
    expect(accepted).toEqual(['user_1 a erased']);
    expect(await waiting()).toBe(0);
    expect(await place(object, 'c')).toEqual({ kind: 'erased' });
    const { counters } = await object.call(async (shard) => shard.health());
    expect(counters.erased).toBe(3);
  });

  it('7: never takes an event for another that got its number', async () => {
    const { object, accepted, run, waiting } = open(
      once('a', async (shard) => {
        // The queue is emptied and fills again while its first event is on its way.
        shard.db.exec('DELETE FROM waiting');
        await shard.call(async (code) => code.forgetLink(CUSTOMER));
        await place(shard, 'new');
      }),
    );
    await place(object, 'a');
    await link(object, 'user_1', 1);
    await run(60_000);
    expect(await waiting()).toBe(1);
    await link(object, 'user_1', 2);
    await run(60_000);
    expect(accepted).toEqual(['user_1 a accepted', 'user_1 new accepted']);
  });
});
