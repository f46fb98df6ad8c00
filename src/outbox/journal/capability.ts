// The journal keeps what was accepted until it is delivered, and some days longer, where there is room. What it offers to its shard.

import { shareOf } from '../../platform/platform.ts';
import { DAY_MS } from '../../platform/time.ts';
import { configIn } from '../capability.ts';
import type { Capability } from '../capability.ts';

/** From here on a day of what is delivered has to do: below the alert, so that history alone never raises it. */
const TRIM_SHARE = 0.55;

/** Twelve visits are an hour, so this is 72 times what comes; and a shard that was full before is not emptied by one transaction. */
const TRIMMED_A_VISIT = 6;

export const journal = {
  name: 'journal',
  sweep: (world, now) => {
    const { storage, platform } = world;
    const { journalDays } = configIn(world).outbox;
    const { journal: entries } = storage.tables();
    const deliveredSeq = storage.delivery().cursor.seq;
    entries.dropBefore(now - journalDays * DAY_MS, deliveredSeq);
    for (let dropped = 0; dropped < TRIMMED_A_VISIT; dropped += 1) {
      if (shareOf(platform.disk) < TRIM_SHARE) return;
      entries.dropOneBefore(now - DAY_MS, deliveredSeq);
    }
  },
} satisfies Capability;
