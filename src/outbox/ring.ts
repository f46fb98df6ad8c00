// What a shard does when the platform calls. When the alarm rings every capability works in turn, and one that waits for an
// interface of its own works beside them. A fault is its owner's, and so is a wait.

import { BACKOFF_MS_MAX, retryDelayMs } from '../apis/backoff.ts';
import { faultOf } from '../platform/log.ts';
import { CAPABILITIES } from './capabilities.ts';
import { nextRunAt } from './capability.ts';
import type { Capability } from './capability.ts';
import type { Shard } from './shard.ts';

/** What works in turn, then what waits for interfaces of its own, and for other shards: each has a lane to itself. */
const LANES: readonly (readonly Capability[])[] = [undefined, 'interfaces', 'shards'].map((lane) =>
  CAPABILITIES.filter(({ waitsFor }) => waitsFor === lane),
);

/** After this no lane begins anew; each ends within a minute of its own. The platform's limit is 15 minutes. */
const RING_MS_MAX = 60_000;

/** At the start, before any call: work that was left goes on. */
export async function startShard(shard: Shard): Promise<void> {
  await shard.alarm.load();
  for (const { start } of CAPABILITIES) start?.(shard);
  armIfDue(shard);
}

/** The cron's visit: a lost alarm is armed again, what is over is dropped. */
export async function sweepShard(shard: Shard): Promise<void> {
  await shard.alarm.load();
  armIfDue(shard);
  const now = shard.platform.now();
  for (const { name, sweep } of CAPABILITIES) {
    try {
      shard.storage.transaction(() => sweep?.(shard, now));
    } catch (error) {
      // The cron comes again, and the others have dropped what is over.
      tellFault(shard, name, error);
    }
  }
}

/** The alarm handler. It is armed again whenever work remains. */
export async function ringShard(shard: Shard): Promise<void> {
  shard.requests.restart();
  const ring = openRing(shard);
  await shard.alarm.run(async () => {
    const [inTurn] = LANES.map((lane) => workIn(shard, lane, ring));
    // Not for a mail that is under way when the run has to end: the next one finds it so.
    await inTurn;
  });
  armIfDue(shard);
}

/** Makes sure that what is pending will be done, after the first message has waited for company. */
export function armIfDue(shard: Shard): void {
  arm(shard, lingerOf(shard));
}

/**
 * For a message that has just come: where nothing was sent for as long as one would wait for company, it goes at once.
 * Only here: what is left over after a run never rings again at once, whatever it is that cannot be done.
 */
export function armForNews(shard: Shard): void {
  arm(shard, shard.configured.ok && isIdle(shard) ? 0 : lingerOf(shard));
}

/** Who joins a message that lingers already does not end its wait, or a busy shard would send more requests. */
function isIdle(shard: Shard): boolean {
  const { alarm, platform, storage } = shard;
  const lingerMs = lingerOf(shard);
  const now = platform.now();
  return now - storage.delivery().lastSentAt >= lingerMs && !alarm.isArmedBy(now + lingerMs);
}

function arm(shard: Shard, lingerMs: number): void {
  const due = LANES.map((lane) => nextAt(shard, lane, lingerMs)).filter((at) => at !== null);
  if (due.length > 0) shard.alarm.arm(Math.min(...due));
}

/** How long messages wait for company; what a run has left has waited. */
function lingerOf({ configured, requests }: Shard): number {
  if (requests.areSpent()) return 0;
  return configured.ok ? configured.config.outbox.lingerMs : BACKOFF_MS_MAX;
}

/** Null: the lane has nothing to do. Mails wait for no company, deletions do. */
function nextAt(shard: Shard, lane: readonly Capability[], lingerMs: number): number | null {
  const due = lane.map((each) => dueOf(shard, each)).filter((at) => at !== null);
  if (due.length === 0) return null;
  const soonest = shard.platform.now() + (lane === LANES[1] ? 0 : lingerMs);
  return Math.max(soonest, Math.min(...due));
}

/** One that cannot even say when it is due keeps no other from being done, nor a webhook from being answered. */
function dueOf(shard: Shard, capability: Capability): number | null {
  try {
    return nextRunAt(shard, capability);
  } catch (error) {
    const { notBefore = 0 } = shard.troubles.get(capability) ?? {};
    return notBefore > shard.platform.now() ? notBefore : later(shard, capability, error);
  }
}

/** One that is still at work from an earlier run is not begun twice. */
async function runOnce(shard: Shard, capability: Capability): Promise<void> {
  const { atWork } = shard;
  const begun = atWork.get(capability) ?? runOne(shard, capability);
  atWork.set(capability, begun);
  await begun;
  atWork.delete(capability);
}

/** The platform would retry a failed handler six times and then forget it, so a fault ends here. */
async function runOne(shard: Shard, capability: Capability): Promise<void> {
  const { platform, troubles } = shard;
  if (platform.now() < (troubles.get(capability)?.notBefore ?? 0)) return;
  try {
    await capability.run?.(shard);
    troubles.delete(capability);
  } catch (error) {
    later(shard, capability, error);
  }
}

/** It is in trouble, one time more; answers when it runs again. */
function later(shard: Shard, capability: Capability, error: unknown): number {
  const { platform, troubles } = shard;
  const attempt = (troubles.get(capability)?.attempt ?? 0) + 1;
  const notBefore = platform.now() + retryDelayMs(attempt, platform.random(), null);
  troubles.set(capability, { attempt, notBefore });
  tellFault(shard, capability.name, error);
  return notBefore;
}

function tellFault({ platform }: Shard, of: string, error: unknown): void {
  const { name: shard } = platform;
  platform.log({ stage: 'outbox', decision: 'fault', of, shard, fault: faultOf(error) });
}

type Ring = ReturnType<typeof openRing>;

/** One run of the alarm: it is over when no lane is at work any more, or when its time or its requests are up. */
function openRing({ platform, requests }: Shard) {
  const { now } = platform;
  const startedAt = now();
  let atWork = LANES.length;
  let end: () => void = () => undefined;
  const isOver = () =>
    atWork === 0 || requests.areSpent() || Math.abs(now() - startedAt) >= RING_MS_MAX;
  return {
    ended: new Promise<void>((resolve) => {
      end = resolve;
    }),
    isOver,
    begin(): void {
      atWork += 1;
    },
    rest(): void {
      atWork -= 1;
      if (isOver()) end();
    },
  };
}

/** A lane that has nothing to do waits for work as long as another one is busy. */
async function workIn(shard: Shard, lane: readonly Capability[], ring: Ring): Promise<void> {
  for (;;) {
    for (const capability of lane) await runOnce(shard, capability);
    ring.rest();
    const due = whenDue(shard, lane);
    await Promise.race([ring.ended, due.promise]);
    due.forget();
    if (ring.isOver()) return;
    ring.begin();
  }
}

/** Resolves when one of the lane's capabilities has something to do. */
function whenDue(shard: Shard, lane: readonly Capability[]) {
  const { storage, platform } = shard;
  let dueAt = Infinity;
  let stopTimer: () => void = () => undefined;
  let stopWatching: () => void = () => undefined;
  const promise = new Promise<void>((resolve) => {
    const look = (): void => {
      const at = nextAt(shard, lane, lingerOf(shard));
      // Whoever comes later does not put off whoever lingers already.
      if (at === null || at >= dueAt) return;
      stopTimer();
      dueAt = at;
      const waitMs = at - platform.now();
      if (waitMs <= 0) resolve();
      else stopTimer = platform.after(waitMs, resolve);
    };
    stopWatching = storage.whenChanged(look);
    look();
  });
  return {
    promise,
    /** No timer outlives its use: it would keep the object in memory, and on the bill. */
    forget(): void {
      stopTimer();
      stopWatching();
    },
  };
}
