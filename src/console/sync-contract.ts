// What is answered about the job that pulls: a part of contract.ts, and like it it only grows.

import * as v from '../platform/schema.ts';
import { figure, time } from './shapes.ts';

const SyncList = v.object({
  seen: figure,
  /** Null: nobody says how many there are. */
  total: v.optional(v.nullable(v.number()), null),
  changed: figure,
  new: figure,
  parked: figure,
});

/** Where the job is: `list` null, all is sent; `waitMs`: so long no page is taken. */
export const SyncPlace = v.object({
  isTaken: v.boolean(),
  list: v.nullable(v.string()),
  cursor: v.nullable(v.string()),
  waitMs: figure,
  problem: v.optional(v.nullable(v.string()), null),
  /** What was asked for when it began; Unix milliseconds. */
  startedAt: v.number(),
  activeSince: v.optional(v.number()),
});

/** `state`: idle, running, paused, done, failed. */
export const SyncJob = v.object({
  id: v.optional(v.nullable(v.string()), null),
  kind: v.optional(v.nullable(v.string()), null),
  state: v.string(),
  /** The provider that alone is asked; null: each that the Worker has a key for. A Worker before says nothing of it. */
  only: v.optional(v.nullable(v.string())),
  startedAt: time,
  finishedAt: time,
  /** Written by jobs on the day of its newest page (UTC), which is what SYNC_ROWS_PER_DAY bounds. */
  rows: figure,
  /** A code. */
  problem: v.optional(v.nullable(v.string()), null),
  lists: v.optional(v.record(SyncList), {}),
  /** What its kind has to say beside the counts. */
  report: v.unknown(),
});
