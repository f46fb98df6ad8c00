// Pages that are sent by whoever has the keys, where they are kept from the Worker: taken by the same readers, as the same
// baselines, within the same rows and with the same patience as a page that the job has asked for itself. Where the walk is, the
// job keeps; so whoever sends them may stop and begin again.

import { isSameJob } from './job.ts';
import type { Job, JobRequest } from './job.ts';
import type { SentPage } from './kind.ts';
import { end, isSent, mayGoOn, pageOf, settlePage } from './run.ts';
import type { SyncState } from './state.ts';

/** `from`: the cursor that the page was asked with. `ageMs`: how long ago, by the sender's own clock. */
export type SentBy = Omit<SentPage, 'askedAt'> & {
  readonly list: string;
  readonly from: string | null;
  readonly ageMs: number;
};

/** Where the job is by now. `list` null: all is walked. `waitMs`: until then no page is taken. */
export type Pushed = {
  readonly isTaken: boolean;
  readonly request: JobRequest;
  /** Unix milliseconds. */
  readonly startedAt: number;
  readonly list: string | null;
  readonly cursor: string | null;
  readonly waitMs: number;
  readonly problem: string | null;
};

/** Null: no job of this id takes pages. Without a page it is only asked where it is. */
export async function push(
  state: SyncState,
  { id, page }: { readonly id: string; readonly page?: SentBy },
): Promise<Pushed | null> {
  const job = state.jobs.open().find((each) => each.id === id && isSent(state, each));
  if (job === undefined) return null;
  const list = job.lists.find(({ isOver }) => !isOver);
  const isNext = list !== undefined && page?.list === list.name && page.from === list.cursor;
  if (!isNext || waitMsOf(state, job) > 0 || !(await mayGoOn(state, job))) {
    return placeOf(state, job, false);
  }
  const askedAt = state.platform.now() - page.ageMs;
  const result = await pageOf(state, { job, list }, { ...page, askedAt });
  settlePage(state, { job, list }, result);
  return placeOf(state, job, result.kind === 'page');
}

function waitMsOf({ platform }: SyncState, { notBefore }: Job): number {
  return Math.max(0, notBefore - platform.now());
}

async function placeOf(state: SyncState, job: Job, isTaken: boolean): Promise<Pushed> {
  const newest = state.jobs.open().find((each) => isSameJob(each, job)) ?? job;
  const next = newest.lists.find(({ isOver }) => !isOver);
  if (next === undefined) await end(state, newest);
  const { request, startedAt, problem } = newest;
  return {
    isTaken,
    request,
    startedAt,
    list: next?.name ?? null,
    cursor: next?.cursor ?? null,
    waitMs: waitMsOf(state, newest),
    problem,
  };
}
