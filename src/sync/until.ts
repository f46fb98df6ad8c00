// The time a job looks at. Unix milliseconds. Pure.

import { HOUR_MS } from '../platform/time.ts';
import type { JobRequest } from './job.ts';

/** By itself it leaves the newest hour alone: webhooks of it are still on their way. */
export function untilOf(job: { readonly request: JobRequest; readonly startedAt: number }): number {
  return job.request.byCron === true ? job.startedAt - HOUR_MS : job.startedAt;
}

/**
 * A backfill looks at all there is. What else is looked for did not happen before the provider's first webhook, unless the
 * operator says since when. `heard`: since when there are any. Infinity: nobody can say yet.
 */
export function sinceOf(
  { kind, since, byCron = false }: JobRequest,
  heard: number = Infinity,
): number {
  if (kind === 'backfill') return 0;
  return byCron ? Math.max(since ?? 0, heard) : (since ?? heard);
}
