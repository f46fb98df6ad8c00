// The one alarm of a shard, kept honest: it is set only where none is due in time, never while the handler runs (the
// handler sees to it when it ends), and one that the platform has lost is set again.

import type { Platform } from './platform.ts';

/** An alarm this far in the past was lost by the platform: it will not fire by itself. */
const LOST_AFTER_MS = 60_000;

export type Alarm = ReturnType<typeof openAlarm>;

export function openAlarm({
  getAlarm,
  setAlarm,
  now,
}: Pick<Platform, 'getAlarm' | 'setAlarm' | 'now'>) {
  /** Null: none armed. The platform's own answer is null while the handler runs, so we keep ours. */
  let armedAt: number | null = null;
  let isRunning = false;

  /** Asks the platform: at the start of a shard, and when the cron looks for lost alarms. */
  async function load(): Promise<void> {
    armedAt = await getAlarm();
  }

  /** Does it ring at `at` or sooner? */
  function isArmedBy(at: number): boolean {
    return armedAt !== null && armedAt > now() - LOST_AFTER_MS && armedAt <= at;
  }

  /** Makes sure that the handler runs at `at` or sooner. */
  function arm(at: number): void {
    if (isArmedBy(at) || isRunning) return;
    armedAt = at;
    setAlarm(at);
  }

  /** The handler: nothing is armed while `work` runs. */
  async function run(work: () => Promise<void>): Promise<void> {
    armedAt = null;
    isRunning = true;
    try {
      await work();
    } finally {
      isRunning = false;
    }
  }

  return { load, isArmedBy, arm, run };
}
