// When a links shard asks, on a simulated clock: seconds after an event began to wait, then less and less often, never
// more than its budget, and not before a provider's Retry-After is over.

import { describe, expect, it } from 'vitest';

import type { Answer } from '../../src/links/ask.ts';
import { LOOK_UPS_PER_MINUTE_MAX } from '../../src/links/look-up-budget.ts';
import { lookUpDelayMs } from '../../src/links/look-up.ts';
import { createWorld } from '../simulation/world.ts';
import { checkout } from '../support/person-events.ts';
import { simulatedShard } from './simulated-shard.ts';

const NOBODY: Answer = { kind: 'nobody', why: 'customer_without_id' };
const ANSWER_MS = 2;
const MINUTE = 60_000;
const DAY = 86_400_000;

/** `answer` null: no keys are configured. */
function open(answer: ((key: string) => Answer) | null) {
  const world = createWorld(1);
  const asked: { readonly key: string; readonly at: number }[] = [];
  const accepted: string[] = [];
  const object = simulatedShard(world, {
    shards: {
      accept: async (userId, event) => {
        accepted.push(`${userId} ${event.id}`);
        return { outcome: 'accepted', messages: 1 };
      },
      place: async ({ customerId }) => ({
        kind: 'person',
        userId: `user_of_${customerId}`,
        link: 1,
      }),
    },
    lookUp:
      answer === null
        ? null
        : async (key) => {
            asked.push({ key, at: world.now() - world.startAt });
            await world.wait(ANSWER_MS);
            return answer(key);
          },
  });
  const place = (customerId: string, session = 'a') =>
    object.call(async (shard) =>
      shard.place({ customerId, userId: null, claims: [], event: checkout(customerId, session) }),
    );
  const placeCharge = (chargeId: string) =>
    object.call(async (shard) => shard.placeCharge(chargeId, checkout(chargeId, 'a')));
  const run = (ms: number) => world.pass(ms);
  return { object, asked, accepted, place, placeCharge, run };
}

describe('a links shard', () => {
  it('asks five seconds after an event began to wait, and then less often down to once a day', async () => {
    const { asked, place, run } = open(() => NOBODY);
    await place('cus_1');
    await run(4 * DAY);
    const gaps = asked.map(({ at }, index) => at - (asked[index - 1]?.at ?? 0));
    expect(gaps[0]).toBe(5000);
    expect(gaps.at(-1)).toBeGreaterThan(DAY * 0.7);
    expect(gaps.slice(0, 7)).toEqual(gaps.slice(0, 7).toSorted((a, b) => a - b));
    expect(asked.length).toBeLessThan(15);
  });

  it('asks no sooner for a second event of the customer, nor after a restart', async () => {
    const { object, asked, place, run } = open(() => NOBODY);
    await place('cus_1');
    await run(MINUTE);
    const before = asked.length;
    object.die();
    await place('cus_1', 'b');
    await run(10_000);
    expect(asked.length - before).toBeLessThanOrEqual(1);
  });

  it('releases what waits, in order, as soon as a look-up finds its person', async () => {
    const { accepted, place, run } = open(() => ({
      kind: 'person',
      userId: 'user_1',
      source: 'test',
    }));
    await place('cus_1', 'a');
    await place('cus_1', 'b');
    await run(4000);
    expect(accepted).toEqual([]);
    await run(2000);
    expect(accepted).toEqual(['user_1 cus_1_a', 'user_1 cus_1_b']);
  });

  it('keeps to its budget of look-ups a minute', async () => {
    const { asked, place, run } = open(() => NOBODY);
    for (let index = 0; index < 3 * LOOK_UPS_PER_MINUTE_MAX; index += 1) {
      await place(`cus_${index}`);
    }
    await run(10 * MINUTE);
    const most = asked.map(
      ({ at }) => asked.filter((each) => each.at >= at && each.at < at + MINUTE).length,
    );
    expect(Math.max(...most)).toBeLessThanOrEqual(2 * LOOK_UPS_PER_MINUTE_MAX);
    expect(asked.filter(({ at }) => at < MINUTE)).toHaveLength(LOOK_UPS_PER_MINUTE_MAX);
    expect(new Set(asked.map(({ key }) => key)).size).toBe(3 * LOOK_UPS_PER_MINUTE_MAX);
  });

  it('asks nothing as long as a provider asks it to wait, also through a restart', async () => {
    const later: Answer = {
      kind: 'later',
      why: 'stripe_rate_limited',
      retryAfterMs: 600_000,
      isForAll: true,
    };
    const { object, asked, place, run } = open(() => later);
    await place('cus_1');
    await place('cus_2');
    await run(10_000);
    object.die();
    await place('cus_3');
    await run(590_000);
    expect(asked).toHaveLength(1);
    await run(30_000);
    expect(asked.length).toBeGreaterThan(1);
  });

  it('sends a charge whose customer is told at once, though all look-ups pause', async () => {
    const { accepted, placeCharge, place, run } = open((key) =>
      key === 'ch_1'
        ? { kind: 'customer', customerId: 'cus_1' }
        : { kind: 'later', why: 'stripe_rate_limited', retryAfterMs: DAY, isForAll: true },
    );
    await placeCharge('ch_1');
    // Due while the charge is asked about, so that its pause begins before the charge goes.
    await run(1);
    await place('cus_2');
    await run(6000);
    expect(accepted).toEqual(['user_of_cus_1 ch_1_a']);
  });

  it('sends what waits for a charge once another event has named its customer, without any key', async () => {
    const { object, accepted, placeCharge, run } = open(null);
    await placeCharge('ch_1');
    await run(DAY);
    expect(accepted).toEqual([]);
    await object.call(async (shard) => shard.learnCharge('ch_1', 'cus_1'));
    await run(1000);
    expect(accepted).toEqual(['user_of_cus_1 ch_1_a']);
    expect(await placeCharge('ch_1')).toEqual({ kind: 'customer', customerId: 'cus_1' });
  });

  it('writes nothing for a charge whose customer it knows already', async () => {
    const { object } = open(null);
    const written = () => object.call(async (shard) => shard.health().rowsWritten);
    await object.call(async (shard) => shard.learnCharge('ch_1', 'cus_1'));
    const before = await written();
    await object.call(async (shard) => shard.learnCharge('ch_1', 'cus_1'));
    expect(await written()).toBe(before);
  });

  it('sends a charge whose customer it knows without any key', async () => {
    const { object, accepted, placeCharge, run } = open(null);
    await placeCharge('ch_1');
    // Told by a look-up when there was a key still.
    object.db.exec(
      `INSERT INTO charges (charge, customer, at) VALUES ('ch_1', 'cus_1', ${Number.MAX_SAFE_INTEGER})`,
    );
    object.die();
    await object.call(async (shard) => shard.sweep());
    await run(6000);
    expect(accepted).toEqual(['user_of_cus_1 ch_1_a']);
  });

  it('releases by a link that is learnt between two look-ups at once', async () => {
    const { object, accepted, place, run } = open(() => NOBODY);
    await place('cus_1');
    await run(DAY);
    const claim = { customerId: 'cus_1', userId: 'user_1', source: 'test', asOf: 1, mayMove: true };
    await object.call(async (shard) => shard.learn([claim]));
    await run(100);
    expect(accepted).toEqual(['user_1 cus_1_a']);
  });
});

it('releases at once what was learnt of while an answer was on its way that knew nobody', async () => {
  const { object, asked, accepted, place, run } = open(() => NOBODY);
  await place('cus_1');
  while (asked.length < 2) await run(1);
  expect(accepted).toEqual([]);
  const claim = { customerId: 'cus_1', userId: 'user_1', source: 'test', asOf: 1, mayMove: true };
  await object.call(async (shard) => shard.learn([claim]));
  // The third question would be a minute away.
  await run(1000);
  expect(accepted).toEqual(['user_1 cus_1_a']);
});

describe('lookUpDelayMs', () => {
  it('grows from seconds to a day, and leaves a quarter to chance', () => {
    expect(lookUpDelayMs(0, 1)).toBe(20_000);
    expect(lookUpDelayMs(0, 0)).toBe(15_000);
    expect(lookUpDelayMs(50, 1)).toBe(DAY);
  });
});
