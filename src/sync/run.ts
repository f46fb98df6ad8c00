// The alarm of the sync shard: page after page of the job that is due, until the run has had its time. Each page is stored
// with the cursor behind it after its people are, in one row.

import { faultOf } from '../platform/log.ts';
import { DAY_MS } from '../platform/time.ts';
import { isOpen, isSameJob } from './job.ts';
import type { Job, ListProgress } from './job.ts';
import type { JobWorld, PageResult, SentPage } from './kind.ts';
import { PENDING_AGAIN_MS, PENDING_MAX, settle } from './settle.ts';
import { worldOf } from './state.ts';
import type { SyncState } from './state.ts';

/** Far below the platform's 15 minutes. */
const RUN_MS_MAX = 60_000;

/**
 * Requests and calls of shards that a run may make on the Free plan. (Calls are said to have 1,000 of their own; this holds
 * however they are counted.) https://developers.cloudflare.com/workers/platform/limits/#subrequests
 */
const SUBREQUESTS_MAX = 50;

/** Of a page: two requests, and three times each shard. Alone goes only what is rare. */
export function askedOf({ shards }: Pick<JobWorld['config'], 'shards'>): number {
  return Math.min(SUBREQUESTS_MAX, 2 + 3 * shards);
}

function pagesOf(config: JobWorld['config']): number {
  return Math.floor(SUBREQUESTS_MAX / askedOf(config));
}

/** While nothing lands each look writes a row, so they grow rare. */
const PENDING_AGAIN_MS_MAX = 60_000;

export async function run(state: SyncState): Promise<void> {
  const { platform, jobs } = state;
  const startedAt = platform.now();
  for (let pages = 0; ; pages += 1) {
    const isDue = (job: Job) => !isSent(state, job) && job.notBefore <= platform.now();
    // The newest first: the cron's round, which is short, before what the operator has begun.
    const job = jobs.open().find(isDue);
    const isOver = Math.abs(platform.now() - startedAt) >= RUN_MS_MAX;
    if (job === undefined || isOver || pages >= pagesOf(worldOf(state).config)) return;
    if (isSpent(state, job)) continue;
    // Whether they are rid of it each shard is asked: that is as much as a page.
    if (job.isHeld === true) await areFull(state, job);
    else await step(state, job);
  }
}

/** Whoever has begun it sends its pages. */
export function isSent(state: SyncState, { request }: Job): boolean {
  return state.kindNamed(request.kind)?.isSent === true;
}

/** The jobs, the newest first, but the one at work before all; of two the one that somebody waits for. */
export function atWorkFirst({ jobs }: SyncState, most: number): Job[] {
  const open = jobs.open();
  const first = open.find(({ request }) => request.byCron !== true) ?? open[0];
  const all = jobs.list(most);
  if (first === undefined) return all;
  return [first, ...all.filter((job) => !isSameJob(job, first))].slice(0, most);
}

/** Neither the rows of the day are spent, nor have the shards too much to deliver. */
export async function mayGoOn(state: SyncState, job: Job): Promise<boolean> {
  return !isSpent(state, job) && !(job.isHeld === true && (await areFull(state, job)));
}

/** The day's rows are written: it goes on with the next day. */
function isSpent(state: SyncState, job: Job): boolean {
  const { syncRowsPerDay } = worldOf(state).config;
  const day = dayOf(state.platform.now());
  if (syncRowsPerDay === 0 || writtenOn(state, day) < syncRowsPerDay) return false;
  const notBefore = (day + 1) * DAY_MS;
  state.update(job, (newest) => {
    return { ...newest, state: 'paused', problem: 'sync_rows_spent', notBefore };
  });
  return true;
}

/** The shards have had too much to deliver: have they it still? */
async function areFull(state: SyncState, job: Job): Promise<boolean> {
  const areStill = (await state.shards.pending()) > PENDING_MAX;
  const { looks = 0 } = job;
  const waitMs = Math.min(PENDING_AGAIN_MS * 2 ** looks, PENDING_AGAIN_MS_MAX);
  const notBefore = state.platform.now() + waitMs;
  state.update(job, (newest) =>
    areStill ? { ...newest, looks: looks + 1, notBefore } : { ...newest, isHeld: false },
  );
  return areStill;
}

/** Days since 1970, UTC. */
function dayOf(at: number): number {
  return Math.floor(at / DAY_MS);
}

/** Each job counts on from what was written before it. */
function writtenOn({ jobs }: SyncState, day: number): number {
  const counts = [...jobs.open(), ...jobs.list(2)].map(({ rows }) => rows);
  return Math.max(0, ...counts.map((rows) => (rows.day === day ? rows.written : 0)));
}

async function step(state: SyncState, job: Job): Promise<void> {
  const list = job.lists.find(({ isOver }) => !isOver);
  if (list !== undefined) {
    settlePage(state, { job, list }, await pageOf(state, { job, list }));
    return;
  }
  await end(state, job);
  state.platform.log({ stage: 'sync', decision: 'done', job: job.id });
}

/** All of its lists are over. */
export async function end(state: SyncState, job: Job): Promise<void> {
  await state.kindNamed(job.request.kind)?.ended?.(worldOf(state));
  state.finish(job);
}

type Asked = { readonly job: Job; readonly list: ListProgress };

/** `sent`: its objects, where somebody else has asked for them. A fault of ours or of a shard is tried again like every other. */
export async function pageOf(
  state: SyncState,
  { job, list }: Asked,
  sent?: SentPage,
): Promise<PageResult> {
  const kind = state.kindNamed(job.request.kind);
  if (kind === undefined) return { kind: 'fail', problem: 'kind_unknown' };
  const { id, request, startedAt, report } = job;
  const asked = { id, request, startedAt, report, list: list.name, cursor: list.cursor };
  try {
    return await kind.page(worldOf(state), sent === undefined ? asked : { ...asked, sent });
  } catch (error) {
    state.platform.log({ stage: 'sync', decision: 'fault', fault: faultOf(error) });
    return { kind: 'retry', reason: 'fault', retryAfterMs: FAULT_AGAIN_MS };
  }
}

/** After a fault in a page, and after an alarm run that met one. */
export const FAULT_AGAIN_MS = 10_000;

/** Whoever asked for the page may be stopped, and another one may have brought it: then it counts for nothing. */
export function settlePage(state: SyncState, { job, list }: Asked, result: PageResult): void {
  const { platform } = state;
  const now = platform.now();
  if (result.kind !== 'page') {
    const reason = result.kind === 'retry' ? result.reason : result.problem;
    platform.log({ stage: 'sync', decision: result.kind, list: list.name, reason });
  }
  const day = dayOf(now);
  const about = { list, now, random: platform.random(), rows: { day, written: 0 } };
  const providerOf = state.kindNamed(job.request.kind)?.providerOf;
  state.update(job, (newest) => {
    const there = newest.lists.find(({ name }) => name === list.name);
    if (!isOpen(newest) || there?.cursor !== list.cursor || there.isOver) return newest;
    const written = writtenOn(state, day) + state.takeRows();
    return settle(newest, { ...about, providerOf, rows: { day, written } }, result);
  });
}
