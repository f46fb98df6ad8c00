// The time a job looks at. Unix milliseconds. Pure.

import { HOUR_MS } from '../platform/time.ts';
import type { JobRequest } from './job.ts';

/** By itself it leaves the newest hour alone: webhooks of it are still on their way. */
export function untilOf(job: { readonly request: JobRequest; readonly startedAt: number }): number {
  return job.request.byCron === true ? job.startedAt - HOUR_MS : job.startedAt;
}

/** By itself never before the provider's first webhook. `heard`: since when there are any. */
export function sinceOf(
  { since = 0, byCron = false }: JobRequest,
  heard: number | undefined,
): number {
  return byCron ? Math.max(since, heard ?? Infinity) : since;
}
