// A job that pulls, as pages show it: per list how far it is, how fast, and how long it will take. Pure.

import type { Job, ListProgress } from '../../sync/job.ts';

export function jobView(job: Job, now: number) {
  const { startedAt, finishedAt, lists } = job;
  const tookMs = Math.max(1, (finishedAt ?? now) - startedAt);
  return {
    ...job,
    isOpen: finishedAt === null,
    lists: lists.map((list) => listView(list, tookMs)),
  };
}

/** `rate`: seen in a second. One list is walked at a time, so its own time is not known: all of the job's is taken. */
function listView({ cursor, ...list }: ListProgress, tookMs: number) {
  const { seen, total, isOver } = list;
  const left = isOver || total === null || seen === 0 ? 0 : Math.max(0, total - seen);
  return {
    ...list,
    rate: isOver || cursor === null ? 0 : Number(((seen / tookMs) * 1000).toFixed(1)),
    leftMs: (left * tookMs) / Math.max(1, seen),
  };
}
