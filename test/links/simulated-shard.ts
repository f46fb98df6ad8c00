// A links shard on the simulated clock. What a test does not say is not part of it: calling it fails.

import { openLinksShard } from '../../src/links/shard.ts';
import type { LinksShard } from '../../src/links/shard.ts';
import type { Platform } from '../../src/platform/platform.ts';
import { createObject } from '../simulation/durable-object.ts';
import type { SimulatedObject } from '../simulation/durable-object.ts';
import type { World } from '../simulation/world.ts';

type Options = Parameters<typeof openLinksShard>[0];

export async function unused(): Promise<never> {
  throw new Error('not part of this test');
}

export function simulatedShard(
  world: World,
  options: Partial<Omit<Options, 'platform'>>,
  watched: (platform: Platform) => Platform = (platform) => platform,
): SimulatedObject<LinksShard> {
  return createObject(world, {
    name: 'links',
    network: unused,
    open: (platform) =>
      openLinksShard({
        platform: watched(platform),
        outbox: unused,
        links: unused,
        lookUp: unused,
        waitingDays: 30,
        log: () => undefined,
        ...options,
      }),
  });
}

/** Lets so much time pass. */
export async function pass(world: World, ms: number): Promise<void> {
  const until = world.now() + ms;
  world.after(ms, () => undefined);
  while (world.now() < until) await world.step();
}
