// The state of the sync shard: its one table, its alarm, and what it sees of the world. Rebuilt when the shard starts.

import { ConfigError } from '../config/config.ts';
import type { ConfigResult } from '../config/config.ts';
import type { Provider } from '../intake/provider.ts';
import { openAlarm } from '../platform/alarm.ts';
import { migrate } from '../platform/migrations.ts';
import type { Platform } from '../platform/platform.ts';
import { openRecord, recordsMigrations } from '../platform/records.ts';
import { countingRun } from '../platform/sql.ts';
import { isOpen } from './job.ts';
import type { Job } from './job.ts';
import type { JobKind, JobWorld } from './kind.ts';
import { MISSING, openMissing } from './missing.ts';
import type { SyncShards } from './shards.ts';
import { JOBS, openJobs } from './table.ts';
import { untilOf } from './until.ts';

export type SyncOptions = {
  readonly platform: Platform;
  readonly configured: ConfigResult;
  readonly providers: readonly Provider[];
  readonly shards: SyncShards;
  readonly kinds: readonly JobKind[];
};

export type SyncState = ReturnType<typeof openState>;

export function openState(options: SyncOptions) {
  const { platform } = options;
  const execute = countingRun(platform.sql, () => undefined);
  migrate(execute, platform.transaction, [JOBS, MISSING, recordsMigrations('state')]);
  const jobs = openJobs(execute);
  const missing = openMissing(execute);
  const alarm = openAlarm(platform);
  const healedUntil = openRecord<number>(execute, 'state', 'healed_until');
  const heard = openRecord<Readonly<Record<string, number>>>(execute, 'state', 'heard');

  /** The newest job becomes what `change` makes of it. Nothing is written where nothing changes. */
  function update(change: (job: Job) => Job): void {
    const job = jobs.newest();
    const next = job === null || !isOpen(job) ? job : change(job);
    if (next !== null && next !== job) jobs.save(next);
  }

  /** It ended well. By itself the next one begins where this one has ended. */
  function finish({ request, startedAt }: Job): void {
    platform.transaction(() => {
      const finishedAt = platform.now();
      update((job) => ({ ...job, state: 'done', problem: null, finishedAt }));
      if (request.byCron === true) healedUntil.save(untilOf({ request, startedAt }));
    });
  }

  function armIfDue(): void {
    const job = jobs.newest();
    if (job !== null && isOpen(job)) alarm.arm(Math.max(platform.now(), job.notBefore));
  }

  const pace = new Map<string, number>();
  return { ...options, jobs, missing, heard, healedUntil, alarm, pace, update, finish, armIfDue };
}

export function worldOf(state: SyncState): JobWorld {
  const { platform, configured, providers, shards, pace, missing, heard } = state;
  if (!configured.ok) throw new ConfigError(configured.problems);
  const { now, random, wait, fetch, after, log } = platform;
  const ours = { providers, shards, pace, missing, heard: heard.read() ?? {} };
  return { now, random, wait, fetch, after, log, config: configured.config, ...ours };
}
