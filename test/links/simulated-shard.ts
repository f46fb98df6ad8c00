// A links shard on the simulated clock. What a test does not say is not part of it: calling it fails.

import { openLinks } from '../../src/links/calls.ts';
import type { LinksCalls } from '../../src/links/calls.ts';
import type { Platform } from '../../src/platform/platform.ts';
import { createObject } from '../simulation/durable-object.ts';
import type { SimulatedObject } from '../simulation/durable-object.ts';
import type { World } from '../simulation/world.ts';

type Options = Parameters<typeof openLinks>[0];

async function unused(): Promise<never> {
  throw new Error('not part of this test');
}

const UNUSED: Options['shards'] = {
  accept: unused,
  untold: unused,
  toldIn: unused,
  closeCustomer: unused,
  gainCustomer: unused,
  loseCustomer: unused,
  closeSubscription: unused,
  gainSubscription: unused,
  loseSubscription: unused,
  vouch: unused,
  place: unused,
  erase: unused,
};

export function simulatedShard(
  world: World,
  options: Partial<Omit<Options, 'platform' | 'shards'>> & {
    readonly shards?: Partial<Options['shards']>;
    readonly bytesMax?: number;
  },
  watched: (platform: Platform) => Platform = (platform) => platform,
): SimulatedObject<LinksCalls> {
  const { bytesMax, ...more } = options;
  return createObject(world, {
    name: 'links',
    network: unused,
    ...(bytesMax === undefined ? {} : { bytesMax }),
    open: (platform) =>
      openLinks({
        platform: watched(platform),
        lookUp: unused,
        findUser: unused,
        waitingDays: 30,
        shardCount: 1,
        ...more,
        shards: { ...UNUSED, ...options.shards },
      }),
  });
}
