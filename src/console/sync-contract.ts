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

const object = z.record(z.string(), z.unknown());

/** `ageMs`: how long ago the page was asked for. Without a page it is only asked where the job is. */
export const SyncPage = z.object({
  id: z.string(),
  page: z.optional(
    z.object({
      list: z.string(),
      from: z.nullable(z.string()),
      cursor: z.nullable(z.string()),
      total: z.optional(z.number()),
      ageMs: z.number().check(z.gte(0)),
      objects: z.array(object),
    }),
  ),
});

/** Where the job is: `list` null, all is sent; `waitMs`: so long no page is taken. */
export const SyncPlace = z.object({
  isTaken: z.boolean(),
  list: z.nullable(z.string()),
  cursor: z.nullable(z.string()),
  waitMs: figure,
  problem: z._default(z.nullable(z.string()), null),
  /** What was asked for when it began; Unix milliseconds. */
  startedAt: z.number(),
  activeSince: z.optional(z.number()),
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
