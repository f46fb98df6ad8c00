// What is asked and answered about the job that pulls: a part of contract.ts, and like it it only grows.

import * as z from 'zod';

const figure = z.number().default(0);
const time = z.string().nullable().default(null);
const when = z.int().min(0).optional();
const count = z.int().min(0).max(1_000_000);

/** Times in Unix milliseconds. */
export const SyncRequest = z.object({
  kind: z.string(),
  only: z.enum(['clerk', 'stripe']).optional(),
  since: when,
  activeSince: when,
  dryRun: z.boolean().optional(),
  repair: z.boolean().optional(),
  sample: count.optional(),
});

const SyncList = z.object({
  seen: figure,
  /** Null: nobody says how many there are. */
  total: z.number().nullable().default(null),
  changed: figure,
  new: figure,
  parked: figure,
});

/** `state`: idle, running, paused, done, failed. */
export const SyncJob = z.object({
  id: z.string().nullable().default(null),
  kind: z.string().nullable().default(null),
  state: z.string(),
  startedAt: time,
  finishedAt: time,
  /** A code. */
  problem: z.string().nullable().default(null),
  lists: z.record(z.string(), SyncList).default({}),
  /** What its kind has to say beside the counts. */
  report: z.unknown(),
});
