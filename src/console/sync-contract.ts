// What is asked and answered about the job that pulls: a part of contract.ts, and like it it only grows.

import * as z from 'zod/mini';

const figure = z._default(z.number(), 0);
const time = z._default(z.nullable(z.string()), null);
const when = z.optional(z.int().check(z.gte(0)));

/** Times in Unix milliseconds. */
export const SyncRequest = z.object({
  kind: z.string(),
  only: z.optional(z.enum(['clerk', 'stripe'])),
  since: when,
  activeSince: when,
  dryRun: z.optional(z.boolean()),
  repair: z.optional(z.boolean()),
  sample: when,
});

const SyncList = z.object({
  seen: figure,
  /** Null: nobody says how many there are. */
  total: z._default(z.nullable(z.number()), null),
  changed: figure,
  new: figure,
  parked: figure,
});

/** `state`: idle, running, paused, done, failed. */
export const SyncJob = z.object({
  id: z._default(z.nullable(z.string()), null),
  kind: z._default(z.nullable(z.string()), null),
  state: z.string(),
  startedAt: time,
  finishedAt: time,
  /** A code. */
  problem: z._default(z.nullable(z.string()), null),
  lists: z._default(z.record(z.string(), SyncList), {}),
  /** What its kind has to say beside the counts. */
  report: z.unknown(),
});
