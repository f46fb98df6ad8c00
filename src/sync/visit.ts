// The cron's visit: a lost alarm is armed again, and every hour what webhooks have not brought is looked for, at those
// providers whose webhooks have come before. What happened before the first of them is nobody's news.

import { HOUR_MS } from '../platform/time.ts';
import { begin } from './begin.ts';
import { healedBy, isOpen, troubleOf } from './job.ts';
import type { SyncState } from './state.ts';

/** What the cron tells of: a code of what is wrong, and how much the last round has healed. */
export type SyncSight = { readonly problem: string | null; readonly healed: number };

/** `lastEventAt`: when the newest webhook of each provider was taken, Unix milliseconds. */
export async function visit(
  state: SyncState,
  lastEventAt: Readonly<Record<string, number>>,
): Promise<SyncSight> {
  await state.alarm.load();
  noteHeard(state, lastEventAt);
  if (isDue(state)) {
    const since = state.healedUntil.read() ?? 0;
    begin(state, { kind: 'reconcile', since, byCron: true });
  }
  state.armIfDue();
  const jobs = state.jobs.list(JOBS_SEEN);
  const last = jobs.find(({ request, state: at }) => request.byCron === true && at === 'done');
  const [newest] = jobs;
  return {
    problem: newest === undefined ? null : troubleOf(newest),
    healed: last === undefined ? 0 : healedBy(last),
  };
}

/** As far as the last round is looked for. */
const JOBS_SEEN = 5;

/** Since when: the newest webhook of the visit that first saw one, so never before the first. */
function noteHeard({ heard }: SyncState, lastEventAt: Readonly<Record<string, number>>): void {
  const known = heard.read() ?? {};
  const all = { ...lastEventAt, ...known };
  if (Object.keys(all).length > Object.keys(known).length) heard.save(all);
}

/** Every hour, unless a job is at work; an hour after the first webhook there is an hour to look at. */
function isDue({ jobs, heard, healedUntil, platform }: SyncState): boolean {
  const newest = jobs.newest();
  if (newest !== null && isOpen(newest)) return false;
  const first = Math.min(...Object.values(heard.read() ?? {}));
  const now = platform.now();
  const last = jobs.list(JOBS_SEEN).find(({ request }) => request.byCron === true);
  const lastAt = Math.max(first, last?.startedAt ?? healedUntil.read() ?? 0);
  return now - lastAt >= HOUR_MS;
}
