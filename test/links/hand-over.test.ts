// A link that moved and cannot be handed over, because an outbox does not answer.

import { expect, it } from 'vitest';

import { createWorld } from '../simulation/world.ts';
import { claim } from '../support/person-events.ts';
import { pass, simulatedShard } from './simulated-shard.ts';

it('asks an outbox that does not answer every ten seconds, and no more often', async () => {
  const world = createWorld(1);
  let asked = 0;
  const closeCustomer = async (): Promise<never> => {
    asked += 1;
    throw new Error('the outbox is away');
  };
  const object = simulatedShard(world, { shards: { closeCustomer }, lookUp: null });
  for (const [userId, asOf] of [
    ['user_1', 1000],
    ['user_2', 2000],
  ] as const) {
    await object.call(async (shard) => shard.learn([claim('cus_1', userId, { asOf })]));
  }
  await pass(world, 600_000);
  expect(asked).toBeGreaterThan(50);
  expect(asked).toBeLessThanOrEqual(61);
});
