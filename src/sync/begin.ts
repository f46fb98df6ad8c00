// A job begins, unless one is at work. The cron's goes in front of the operator's, which may stand or take days: what
// was lost meanwhile would be lost for the provider, too.

import { newList } from './job.ts';
import type { JobRequest } from './job.ts';
import { worldOf } from './state.ts';
import type { SyncState } from './state.ts';

/** `busy`: one is at work; `refused`: this one cannot be met, and why. */
export type Beginning =
  | { readonly kind: 'begun'; readonly id: string }
  | { readonly kind: 'busy'; readonly id: string }
  | { readonly kind: 'refused'; readonly reason: string };

export function begin(state: SyncState, request: JobRequest): Beginning {
  const { platform, jobs } = state;
  const world = worldOf(state);
  const kind = state.kindNamed(request.kind);
  if (kind === undefined) return { kind: 'refused', reason: 'kind_unknown' };
  const lists = kind.lists(world, request);
  if ('refused' in lists) return { kind: 'refused', reason: lists.refused };
  const startedAt = timeOfItsOwn(state);
  const id = `${kind.name}-${new Date(startedAt).toISOString().replace(/\.\d+Z$/, 'Z')}`;
  return platform.transaction(() => {
    const before = jobs.open().find((job) => !(request.byCron && job.request.byCron !== true));
    if (before !== undefined) return { kind: 'busy', id: before.id };
    jobs.add({
      id,
      request,
      state: 'running',
      problem: null,
      startedAt,
      finishedAt: null,
      lists: lists.map(newList),
      attempt: 0,
      notBefore: 0,
      rows: { day: 0, written: 0 },
      report: null,
    });
    state.armIfDue();
    return { kind: 'begun', id };
  });
}

/** Two open jobs are told apart by when they began, also where the cron comes in the millisecond of the operator. */
function timeOfItsOwn({ platform, jobs }: SyncState): number {
  const taken = jobs.open().map(({ startedAt }) => startedAt);
  let at = platform.now();
  while (taken.includes(at)) at += 1;
  return at;
}
