// The state of the sync shard: its tables, its alarm, and what it sees of the world. Rebuilt when the shard starts.

import { ConfigError } from '../config/config.ts';
import type { ConfigResult } from '../config/config.ts';
import type { Provider } from '../intake/provider.ts';
import { openAlarm } from '../platform/alarm.ts';
import { migrate } from '../platform/migrations.ts';
import type { Platform } from '../platform/platform.ts';
import { openRecord, recordsMigrations } from '../platform/records.ts';
import { countingRun } from '../platform/sql.ts';
import { isSameJob, problemOf } from './job.ts';
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
  const { platform, kinds } = options;
  let rowsWritten = 0;
  const execute = countingRun(platform.sql, (rows) => {
    rowsWritten += rows;
  });
  migrate(execute, platform.transaction, [JOBS, ...MISSING, recordsMigrations('state')]);
  const jobs = openJobs(execute);
  const missing = openMissing(execute);
  const alarm = openAlarm(platform);
  const healed = openHealed(execute);
  const heard = openRecord<Readonly<Record<string, number>>>(execute, 'state', 'heard');

  /** The job becomes what `change` makes of it, unless it is over. Nothing is written where nothing changes. */
  function update(asked: Job, change: (job: Job) => Job): void {
    const job = jobs.open().find((each) => isSameJob(each, asked));
    const next = job === undefined ? job : change(job);
    if (next !== undefined && next !== job) jobs.save(next);
  }

  /** By itself the next one begins where this one has ended, at each provider whose time it has seen whole. */
  function finish(asked: Job): void {
    platform.transaction(() => {
      const finishedAt = platform.now();
      update(asked, (job) => ({ ...job, state: 'done', problem: problemOf(job), finishedAt }));
      if (asked.request.byCron === true) healed.note(seenBy(asked), untilOf(asked));
    });
  }

  function seenBy({ request, lists }: Job): string[] {
    const kind = kindNamed(request.kind);
    const of = (name: string) => kind?.providerOf?.(name) ?? null;
    const seen = lists.flatMap(({ name }) => of(name) ?? []);
    const unseen = lists.flatMap(({ name, problem }) => (problem === undefined ? [] : [of(name)]));
    return seen.filter((provider) => !unseen.includes(provider));
  }

  function kindNamed(name: string): JobKind | undefined {
    return kinds.find((kind) => kind.name === name);
  }

  /** One whose pages are sent needs no alarm. */
  function armIfDue(): void {
    const times = jobs
      .open()
      .filter(({ request }) => kindNamed(request.kind)?.isSent !== true)
      .map(({ notBefore }) => notBefore);
    if (times.length > 0) alarm.arm(Math.max(platform.now(), Math.min(...times)));
  }

  /** Rows that this shard itself has written since it was last asked. */
  function takeRows(): number {
    const rows = rowsWritten;
    rowsWritten = 0;
    return rows;
  }

  const pace = new Map<string, number>();
  const ours = { jobs, missing, heard, healed, alarm, pace };
  return { ...options, ...ours, update, finish, kindNamed, armIfDue, takeRows };
}

/** Until when each provider was healed, Unix milliseconds. A release before knew one time for all of them. */
function openHealed(execute: Parameters<typeof openRecord>[0]) {
  const byProvider = openRecord<Readonly<Record<string, number>>>(execute, 'state', 'healed');
  const ofAll = openRecord<number>(execute, 'state', 'healed_until');
  return {
    until: (provider: string) => byProvider.read()?.[provider] ?? ofAll.read() ?? 0,
    note: (providers: readonly string[], until: number) => {
      const now = Object.fromEntries(providers.map((provider) => [provider, until]));
      if (providers.length > 0) byProvider.save({ ...byProvider.read(), ...now });
    },
  };
}

export function worldOf(state: SyncState): JobWorld {
  const { platform, configured, providers, shards, pace, missing, heard } = state;
  if (!configured.ok) throw new ConfigError(configured.problems);
  const { now, random, wait, fetch, after, log } = platform;
  const ours = { providers, shards, pace, missing, heard: heard.read() ?? {} };
  return { now, random, wait, fetch, after, log, config: configured.config, ...ours };
}
