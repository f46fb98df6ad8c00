// The core of one links shard: its tables, its alarm, and what it has counted. Everything here is rebuilt from the
// tables when the object starts anew.

import { openAlarm } from '../platform/alarm.ts';
import type { Decision } from '../platform/log.ts';
import type { Platform } from '../platform/platform.ts';
import { countingRun } from '../platform/sql.ts';
import type { LinksShell, LookUp } from './shell.ts';
import { openLinks } from './tables/tables.ts';
import { lookUpAllowedAt, tallied } from './tally.ts';
import type { LinkCounters, Tally } from './tally.ts';

export type CoreOptions = {
  readonly platform: Platform;
  readonly outbox: LinksShell['outbox'];
  readonly links: LinksShell['links'];
  /** Null: no keys are configured, nothing is looked up. */
  readonly lookUp: LookUp | null;
  readonly waitingDays: number;
  readonly log: (decision: Decision) => void;
};

export type Core = ReturnType<typeof openCore>;

export function openCore(options: CoreOptions) {
  const { platform, lookUp } = options;
  const { now, random, transaction } = platform;
  let rowsWritten = 0;
  const store = openLinks(
    countingRun(platform.sql, (rows) => {
      rowsWritten += rows;
    }),
  );
  const alarm = openAlarm(platform);
  let tally = store.tally();
  let movesNotBefore = 0;

  function count(changes: Partial<Record<keyof LinkCounters, number>>): void {
    tally = tallied(tally, changes);
  }

  /** Moves and releases are due at once, look-ups within what may be asked. Looks at every queue. */
  function armIfDue(): void {
    const { releaseAt, lookUpAt } = store.queues.nextDue();
    const moveAt = store.moves.first() === null ? null : movesNotBefore;
    const askAt =
      lookUp === null || lookUpAt === null
        ? null
        : Math.max(lookUpAt, lookUpAllowedAt(tally, now()));
    const times = [moveAt, releaseAt, askAt].filter((at) => at !== null);
    if (times.length > 0) alarm.arm(Math.max(now(), Math.min(...times)));
  }

  /** For what has just begun to wait: whatever else waits has its alarm already. Looks at one queue only. */
  function armFor(key: string): void {
    const queue = store.queues.find(key);
    if (queue === null || lookUp === null) return;
    alarm.arm(Math.max(queue.nextAt, lookUpAllowedAt(tally, now())));
  }

  return {
    options,
    shell: { ...options, store, transaction, now, random, count } satisfies LinksShell,
    store,
    transaction,
    now,
    alarm,
    count,
    armIfDue,
    armFor,
    rowsWritten: () => rowsWritten,
    tally: () => tally,
    note: (next: Tally) => {
      tally = next;
    },
    saveTally: () => {
      if (JSON.stringify(tally) !== JSON.stringify(store.tally())) store.saveTally(tally);
    },
    movesNotBefore: () => movesNotBefore,
    postponeMoves: (at: number) => {
      movesNotBefore = at;
    },
  };
}
