// Until when a job looks. Pure.

import { HOUR_MS } from '../platform/time.ts';
import type { JobRequest } from './job.ts';

/** By itself it leaves the newest hour alone: webhooks of it are still on their way. Unix milliseconds. */
export function untilOf(job: { readonly request: JobRequest; readonly startedAt: number }): number {
  return job.request.byCron === true ? job.startedAt - HOUR_MS : job.startedAt;
}
