// The time a job looks at, in Unix milliseconds, and how its pages join. Pure.

import { HOUR_MS } from '../platform/time.ts';
import type { JobRequest } from './job.ts';

/** Rows of a list without a cursor that are read twice, because what is deleted meanwhile moves others over the border. */
export const OVERLAP = 20;

/** By itself it leaves the newest hour alone: webhooks of it are still on their way. */
export function untilOf(job: { readonly request: JobRequest; readonly startedAt: number }): number {
  return job.request.byCron === true ? job.startedAt - HOUR_MS : job.startedAt;
}

/** Everybody, as they are; whoever sends the pages. */
export function isBackfill({ kind }: JobRequest): boolean {
  return kind === 'backfill' || kind === 'push';
}

/**
 * A backfill looks at all there is. What else is looked for did not happen before the provider's first webhook, unless the
 * operator says since when. `heard`: since when there are any. Infinity: nobody can say yet.
 */
export function sinceOf(
  request: JobRequest,
  provider: string,
  heard: Readonly<Record<string, number>>,
): number {
  if (isBackfill(request)) return 0;
  const { since, healed = {}, byCron = false } = request;
  const first = heard[provider] ?? Infinity;
  return byCron ? Math.max(healed[provider] ?? since ?? 0, first) : (since ?? first);
}
