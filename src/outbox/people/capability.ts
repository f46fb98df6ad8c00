// People, and which moments they have been told. What it offers to its shard.

import type { Capability } from '../capability.ts';

export const people = {
  name: 'people',
  sweep: ({ storage }, now) => storage.tables().seen.dropOld(now),
} satisfies Capability;
