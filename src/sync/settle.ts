// What the answer for a page makes of its job. Plain data in, plain data out. No I/O. No clock.

import { retryDelayMs } from '../apis/backoff.ts';
import { plusCounts, problemOf } from './job.ts';
import type { Job, ListProgress } from './job.ts';
import type { JobKind, PageResult } from './kind.ts';

/** Tried so often in a row, some twenty minutes, a page is somebody's to look at. */
const ATTEMPTS_MAX = 12;

/** What was set right is found within this time. */
const PAUSE_MS = 300_000;

/** A live webhook stands in the journal behind what was pulled: so little is put before it. */
export const PENDING_MAX = 1000;
export const PENDING_AGAIN_MS = 1000;

type About = {
  readonly list: ListProgress;
  /** Unix milliseconds. */
  readonly now: number;
  readonly random: number;
  /** This day's so far, but for the page's own in the shards. */
  readonly rows: Job['rows'];
  readonly providerOf: JobKind['providerOf'];
};

export function settle(job: Job, about: About, result: PageResult): Job {
  switch (result.kind) {
    case 'page': {
      // A page that leads to itself would be asked for for ever.
      const isStuck = result.cursor !== null && result.cursor === about.list.cursor;
      return isStuck ? again(job, about, null) : withPage(job, about, result);
    }
    case 'retry':
      return again(job, about, result.retryAfterMs);
    case 'pause':
      return standing(job, about, result.problem);
    case 'fail':
      return isRound(job)
        ? without(job, about, result.problem)
        : { ...job, state: 'failed', problem: result.problem, finishedAt: about.now };
  }
}

/** The cron's comes again within the hour: what it cannot have now it leaves. */
function isRound({ request }: Job): boolean {
  return request.byCron === true;
}

function again(job: Job, about: About, retryAfterMs: number | null): Job {
  const attempt = job.attempt + 1;
  if (attempt >= ATTEMPTS_MAX) return standing({ ...job, attempt }, about, 'sync_unanswered');
  const waitMs = retryDelayMs(attempt, about.random, retryAfterMs);
  return { ...job, attempt, notBefore: about.now + waitMs };
}

/** It is looked again every few minutes, and said meanwhile. */
function standing(job: Job, about: About, problem: string): Job {
  if (isRound(job)) return without(job, about, problem);
  return { ...job, state: 'paused', problem, notBefore: about.now + PAUSE_MS };
}

/** The lists of this provider are left for the next round; the others go on. */
function without(job: Job, { list, providerOf }: About, problem: string): Job {
  const of = (name: string) => providerOf?.(name) ?? name;
  const isLeft = (each: ListProgress) => !each.isOver && of(each.name) === of(list.name);
  const lists = job.lists.map((each) => (isLeft(each) ? { ...each, problem, isOver: true } : each));
  return {
    ...job,
    state: 'running',
    problem: problemOf({ lists }),
    lists,
    attempt: 0,
    notBefore: 0,
  };
}

function withPage(
  job: Job,
  { list, now, rows: today }: About,
  result: Extract<PageResult, { kind: 'page' }>,
): Job {
  const { cursor, counts, rows = 0, pending = 0, report = job.report } = result;
  const next = { ...plusCounts(list, counts), cursor, isOver: cursor === null };
  return {
    ...job,
    state: 'running',
    problem: problemOf(job),
    lists: job.lists.map((each) => (each.name === list.name ? next : each)),
    attempt: 0,
    looks: 0,
    isHeld: pending > PENDING_MAX,
    notBefore: pending > PENDING_MAX ? now + PENDING_AGAIN_MS : 0,
    rows: { day: today.day, written: today.written + rows },
    report,
  };
}
