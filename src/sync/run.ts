// The alarm of the sync shard: page after page of the one job, until the run has had its time. Each page is stored with
// the cursor behind it after its people are, in one row.

import { retryDelayMs } from '../apis/backoff.ts';
import { DAY_MS } from '../platform/time.ts';
import { isOpen, plusCounts } from './job.ts';
import type { Job, ListProgress } from './job.ts';
import type { PageResult } from './kind.ts';
import { worldOf } from './state.ts';
import type { SyncState } from './state.ts';

/** Far below the platform's 15 minutes. */
const RUN_MS_MAX = 60_000;

/**
 * A page is a request and a call for each shard; a run has 50 on the Free plan.
 * https://developers.cloudflare.com/workers/platform/limits/#subrequests
 */
const PAGES_MAX = 4;

/** A live webhook stands in the journal behind what was pulled: so little is put before it. */
const PENDING_MAX = 1000;
const PENDING_AGAIN_MS = 1000;
/** While nothing lands each look writes a row, so they grow rare. */
const PENDING_AGAIN_MS_MAX = 60_000;

/** A key that was set right is found within this time. */
const PAUSE_MS = 300_000;

export async function run(state: SyncState): Promise<void> {
  const { platform, jobs } = state;
  const startedAt = platform.now();
  for (let pages = 0; pages < PAGES_MAX; pages += 1) {
    const job = jobs.newest();
    const isDue = job !== null && isOpen(job) && job.notBefore <= platform.now();
    if (!isDue || Math.abs(platform.now() - startedAt) >= RUN_MS_MAX) return;
    if (isSpent(state, job) || (await isHeld(state, job))) return;
    await step(state, job);
  }
}

/** The day's rows are written: it goes on with the next day. */
function isSpent(state: SyncState, { rows }: Job): boolean {
  const { syncRowsPerDay } = worldOf(state).config;
  const day = dayOf(state.platform.now());
  if (syncRowsPerDay === 0 || rows.day !== day || rows.written < syncRowsPerDay) return false;
  const notBefore = (day + 1) * DAY_MS;
  state.update((job) => ({ ...job, state: 'paused', problem: 'sync_rows_spent', notBefore }));
  return true;
}

/** The shards have had too much to deliver, and have it still. */
async function isHeld(state: SyncState, job: Job): Promise<boolean> {
  if (job.isHeld !== true || (await state.shards.pending()) <= PENDING_MAX) return false;
  const waitMs = Math.min(PENDING_AGAIN_MS * 2 ** job.attempt, PENDING_AGAIN_MS_MAX);
  const notBefore = state.platform.now() + waitMs;
  state.update((newest) =>
    isSameJob(newest, job) ? { ...newest, attempt: newest.attempt + 1, notBefore } : newest,
  );
  return true;
}

/** Days since 1970, UTC. */
function dayOf(at: number): number {
  return Math.floor(at / DAY_MS);
}

async function step(state: SyncState, job: Job): Promise<void> {
  const { platform, kinds } = state;
  const list = job.lists.find(({ isOver }) => !isOver);
  if (list === undefined) {
    state.finish(job);
    platform.log({ stage: 'sync', decision: 'done', job: job.id });
    return;
  }
  const kind = kinds.find(({ name }) => name === job.request.kind);
  if (kind === undefined) {
    settle(state, { job, list }, { kind: 'fail', problem: 'kind_unknown' });
    return;
  }
  const { id, request, startedAt, report } = job;
  const asked = { id, request, startedAt, report, list: list.name, cursor: list.cursor };
  settle(state, { job, list }, await kind.page(worldOf(state), asked));
}

type Asked = { readonly job: Job; readonly list: ListProgress };

function settle(state: SyncState, { job: asked, list }: Asked, result: PageResult): void {
  const { platform } = state;
  // Whoever asked for the page may be stopped, and another job at work: its cursors are its own.
  const update = (change: (job: Job) => Job): void => {
    state.update((job) => (isSameJob(job, asked) ? change(job) : job));
  };
  const now = platform.now();
  switch (result.kind) {
    case 'page':
      update((job) => withPage(job, { list, result, now }));
      return;
    case 'retry':
      platform.log({ stage: 'sync', decision: 'retry', list: list.name, reason: result.reason });
      update((job) => {
        const attempt = job.attempt + 1;
        const waitMs = retryDelayMs(attempt, platform.random(), result.retryAfterMs);
        return { ...job, attempt, notBefore: now + waitMs };
      });
      return;
    case 'pause':
      platform.log({ stage: 'sync', decision: 'paused', list: list.name, reason: result.problem });
      update((job) => {
        return { ...job, state: 'paused', problem: result.problem, notBefore: now + PAUSE_MS };
      });
      return;
    case 'fail':
      platform.log({ stage: 'sync', decision: 'failed', list: list.name, reason: result.problem });
      update((job) => {
        return { ...job, state: 'failed', problem: result.problem, finishedAt: now };
      });
  }
}

/** Two of a kind may begin in one second, by which they are named. */
function isSameJob(a: Job, b: Job): boolean {
  return a.id === b.id && a.startedAt === b.startedAt;
}

function withPage(
  job: Job,
  page: {
    readonly list: ListProgress;
    readonly result: Extract<PageResult, { kind: 'page' }>;
    readonly now: number;
  },
): Job {
  const { list, result, now } = page;
  const { cursor, counts, rows = 0, pending = 0, report = job.report } = result;
  const next = { ...plusCounts(list, counts), cursor, isOver: cursor === null };
  const day = dayOf(now);
  const before = job.rows.day === day ? job.rows.written : 0;
  return {
    ...job,
    state: 'running',
    problem: null,
    lists: job.lists.map((each) => (each.name === list.name ? next : each)),
    attempt: 0,
    isHeld: pending > PENDING_MAX,
    notBefore: pending > PENDING_MAX ? now + PENDING_AGAIN_MS : 0,
    rows: { day, written: before + rows + 1 },
    report,
  };
}
