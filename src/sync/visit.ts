// The cron's visit: a lost alarm is armed again, and every hour what webhooks have not brought is looked for, at those
// providers whose webhooks have come before. What happened before the first of them is nobody's news.

import { HOUR_MS } from '../platform/time.ts';
import { begin } from './begin.ts';
import { healedBy, isOpen, troubleOf } from './job.ts';
import { atWorkFirst } from './run.ts';
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
    const providers = Object.keys(state.heard.read() ?? {});
    const healed = Object.fromEntries(providers.map((name) => [name, state.healed.until(name)]));
    begin(state, { kind: 'reconcile', healed, byCron: true });
  }
  state.armIfDue();
  const last = roundsOf(state).find((job) => !isOpen(job));
  const [newest] = atWorkFirst(state, 1);
  return {
    problem: newest === undefined ? null : troubleOf(newest),
    healed: last === undefined ? 0 : healedBy(last),
  };
}

/** As far as the last round is looked for. */
const JOBS_SEEN = 5;

function roundsOf({ jobs }: SyncState) {
  return jobs.list(JOBS_SEEN).filter(({ request }) => request.byCron === true);
}

/** Since when: the newest webhook of the visit that first saw one, so never before the first. */
function noteHeard({ heard }: SyncState, lastEventAt: Readonly<Record<string, number>>): void {
  const known = heard.read() ?? {};
  const all = { ...lastEventAt, ...known };
  if (Object.keys(all).length > Object.keys(known).length) heard.save(all);
}

/** Every hour, whatever else is at work; an hour after the first webhook there is an hour to look at. */
function isDue(state: SyncState): boolean {
  const heard = Object.entries(state.heard.read() ?? {});
  const [last] = roundsOf(state);
  if (last !== undefined && isOpen(last)) return false;
  const known = last === undefined ? heard.map(([name]) => state.healed.until(name)) : [];
  const first = Math.min(...heard.map(([, at]) => at));
  const lastAt = Math.max(first, last?.startedAt ?? 0, ...known);
  return state.platform.now() - lastAt >= HOUR_MS;
}
