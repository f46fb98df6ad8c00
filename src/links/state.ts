// The state of one links shard: its tables, its alarm, what it may still look up, and what it sees of the world.
// Everything here is rebuilt from the tables when the shard starts.

import { countRequests } from '../outbox/requests.ts';
import { openAlarm } from '../platform/alarm.ts';
import type { Decision } from '../platform/log.ts';
import { migrate } from '../platform/migrations.ts';
import type { Platform } from '../platform/platform.ts';
import { countingRun } from '../platform/sql.ts';
import type { FindUser, LookUp } from './ask.ts';
import { roomy } from './expire.ts';
import { openHandOvers } from './hand-overs.ts';
import { lookUpAllowedAt, withLinkCounts } from './look-up-budget.ts';
import type { LinkCounters, LookUpBudget } from './look-up-budget.ts';
import { patientShards } from './patient.ts';
import type { Shards } from './shards.ts';
import { LINKS_MIGRATIONS, openLinksTables } from './tables/tables.ts';

export type LinksOptions = {
  readonly platform: Platform;
  readonly shards: Omit<
    Shards,
    | 'noteUnusable'
    | 'parkEvent'
    | 'placeCharge'
    | 'learnCharge'
    | 'learn'
    | 'learnExternal'
    | 'meant'
    | 'leave'
  >;
  /** Null: no keys are configured, nothing is looked up. */
  readonly lookUp: LookUp | null;
  /** Null: Clerk cannot be asked whether there is a user. */
  readonly findUser: FindUser | null;
  readonly waitingDays: number;
  readonly areOrganizationsOn?: boolean;
  /** How many shards the outbox has. */
  readonly shardCount: number;
};

export type LinksState = ReturnType<typeof openState>;

export function openState({ platform, ...options }: LinksOptions) {
  const { now, random, disk } = platform;
  let rowsWritten = 0;
  const run = countingRun(platform.sql, (rows) => {
    rowsWritten += rows;
  });
  migrate(run, platform.transaction, LINKS_MIGRATIONS);
  const tables = openLinksTables(run, options);
  const alarm = openAlarm(platform);
  let budget = tables.budget();
  const handOvers = openHandOvers(tables);
  const calls = countRequests(platform);
  const shards = patientShards(options.shards, { ...platform, ...options, calls });

  function log(decision: Decision): void {
    platform.log({ stage: 'links', shard: platform.name, ...decision });
  }

  function count(changes: Partial<LinkCounters>): void {
    budget = withLinkCounts(budget, changes);
  }

  /** Moves, releases and hints are due when they say, look-ups within what may be asked. Looks at every queue. */
  function armIfDue(): void {
    const { releaseAt, lookUpAt } = tables.queues.nextDue();
    const askAt =
      options.lookUp === null || lookUpAt === null
        ? null
        : Math.max(lookUpAt, lookUpAllowedAt(budget, now()));
    const times = [handOvers.nextAt(), releaseAt, askAt].filter((at) => at !== null);
    if (times.length > 0) alarm.arm(Math.max(now(), Math.min(...times)));
  }

  /** For what has just begun to wait: whatever else waits has its alarm already. Looks at one queue only. */
  function armFor(key: string): void {
    const queue = tables.queues.find(key);
    const isHinted = tables.hints.find(key) !== null;
    if (queue === null || (options.lookUp === null && !isHinted)) return;
    alarm.arm(isHinted ? queue.nextAt : Math.max(queue.nextAt, lookUpAllowedAt(budget, now())));
  }

  function saveBudget(): void {
    if (JSON.stringify(budget) !== JSON.stringify(tables.budget())) tables.saveBudget(budget);
  }

  return {
    now,
    random,
    transaction: roomy(platform, { tables, count, log }),
    disk,
    log,
    tables,
    ...options,
    shards,
    calls,
    handOvers,
    alarm,
    armIfDue,
    armFor,
    count,
    rowsWritten: () => rowsWritten,
    budget: () => budget,
    note: (next: LookUpBudget) => {
      budget = next;
    },
    saveBudget,
  };
}
