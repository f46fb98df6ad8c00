// The state of the sync shard: its one table, its alarm, and what it sees of the world. Rebuilt when the shard starts.

import type { ConfigResult } from '../config/config.ts';
import type { Provider } from '../intake/provider.ts';
import { openAlarm } from '../platform/alarm.ts';
import { migrate } from '../platform/migrations.ts';
import type { Platform } from '../platform/platform.ts';
import { countingRun } from '../platform/sql.ts';
import { isOpen } from './job.ts';
import type { Job } from './job.ts';
import type { JobKind, JobWorld } from './kind.ts';
import type { SyncShards } from './shards.ts';
import { JOBS, openJobs } from './table.ts';

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
  migrate(execute, platform.transaction, [JOBS]);
  const jobs = openJobs(execute);
  const alarm = openAlarm(platform);

  /** The newest job becomes what `change` makes of it. Nothing is written where nothing changes. */
  function update(change: (job: Job) => Job): void {
    platform.transaction(() => {
      const job = jobs.newest();
      const next = job === null || !isOpen(job) ? job : change(job);
      if (next !== null && next !== job) jobs.save(next);
    });
  }

  function armIfDue(): void {
    const job = jobs.newest();
    if (job !== null && isOpen(job)) alarm.arm(Math.max(platform.now(), job.notBefore));
  }

  return { ...options, jobs, alarm, update, armIfDue };
}

export function worldOf({ platform, configured, providers, shards }: SyncState): JobWorld {
  if (!configured.ok) throw new TypeError('not configured');
  const { now, random, wait, fetch, after, log } = platform;
  return { now, random, wait, fetch, after, log, config: configured.config, providers, shards };
}
