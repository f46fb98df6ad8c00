// Parked: what was refused or could not be read. What it offers to its shard.

import { DAY_MS } from '../../platform/time.ts';
import { configIn } from '../capability.ts';
import type { Capability } from '../capability.ts';

/** A webhook that nobody could read may hold anybody's data, so it does not stay for ever. */
export const parked = {
  name: 'parked',
  sweep: (world, now) => {
    const { storage, platform } = world;
    const { parkedDays } = configIn(world).outbox;
    const expired = storage.tables().parked.expireUnreadable(now - parkedDays * DAY_MS);
    if (expired === 0) return;
    const { name: shard } = platform;
    platform.log({ stage: 'outbox', decision: 'unreadable_expired', shard, parked: expired });
  },
} satisfies Capability;
