// The journal keeps what was accepted until it is delivered, and some days longer. What it offers to its shard.

import { DAY_MS } from '../../platform/time.ts';
import { configIn } from '../capability.ts';
import type { Capability } from '../capability.ts';

export const journal = {
  name: 'journal',
  sweep: (world, now) => {
    const { storage } = world;
    const { journalDays } = configIn(world).outbox;
    const deliveredSeq = storage.delivery().cursor.seq;
    storage.tables().journal.dropBefore(now - journalDays * DAY_MS, deliveredSeq);
  },
} satisfies Capability;
