// The outbox shard, over whatever platform it is given: its storage, its alarm and a list of capabilities. When the alarm
// rings each of them does its work; it is set again for whatever is due next. It knows none of them by name.

import { BACKOFF_MS_MAX, retryDelayMs } from '../apis/backoff.ts';
import type { ConfigResult } from '../config/config.ts';
import { openAlarm } from '../platform/alarm.ts';
import type { Alarm } from '../platform/alarm.ts';
import { faultOf } from '../platform/log.ts';
import type { Platform } from '../platform/platform.ts';
import { CAPABILITIES } from './capabilities.ts';
import { nextRunAt } from './capability.ts';
import type { Capability, Elsewhere, ShardWorld, Trouble } from './capability.ts';
import { openStorage } from './storage.ts';

export type Shard = ShardWorld & {
  readonly alarm: Alarm;
  readonly troubles: Map<Capability, Trouble>;
};

export type ShardOptions = Elsewhere & {
  readonly platform: Platform;
  readonly configured: ConfigResult;
};

export function openShard(options: ShardOptions): Shard {
  const { platform } = options;
  const storage = openStorage(platform);
  return { ...options, storage, alarm: openAlarm(platform), troubles: new Map() };
}

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
  shard.storage.transaction(() => {
    for (const { sweep } of CAPABILITIES) sweep?.(shard, now);
  });
}

/** The alarm handler: every capability works in turn, and it is armed again whenever work remains. */
export async function ringShard(shard: Shard): Promise<void> {
  await shard.alarm.run(async () => {
    for (const capability of CAPABILITIES) await runOne(shard, capability);
  });
  armIfDue(shard);
}

/** The platform would retry a failed handler six times and then forget it, so a fault ends here, and is its owner's. */
async function runOne(shard: Shard, capability: Capability): Promise<void> {
  const { platform, troubles } = shard;
  const { attempt, notBefore } = troubles.get(capability) ?? { attempt: 0, notBefore: 0 };
  if (platform.now() < notBefore) return;
  try {
    await capability.run?.(shard);
    troubles.delete(capability);
  } catch (error) {
    const delayMs = retryDelayMs(attempt + 1, platform.random(), null);
    troubles.set(capability, { attempt: attempt + 1, notBefore: platform.now() + delayMs });
    const fault = faultOf(error);
    const { name: shardName } = platform;
    platform.log({
      stage: 'outbox',
      decision: 'fault',
      of: capability.name,
      shard: shardName,
      fault,
    });
  }
}

/** Makes sure that what is pending will be done, after the first message has waited for company. */
export function armIfDue(shard: Shard): void {
  const { configured } = shard;
  arm(shard, configured.ok ? configured.config.outbox.lingerMs : BACKOFF_MS_MAX);
}

/**
 * For a message that has just come: where nothing was sent for as long as one would wait for company, it goes at once.
 * Only here: what is left over after a run never rings again at once, whatever it is that cannot be done.
 */
export function armForNews(shard: Shard): void {
  const { configured, platform, storage } = shard;
  if (!configured.ok) return armIfDue(shard);
  const { lingerMs } = configured.config.outbox;
  const sinceMs = platform.now() - storage.delivery().lastSentAt;
  arm(shard, sinceMs >= lingerMs ? 0 : lingerMs);
}

function arm(shard: Shard, lingerMs: number): void {
  const { alarm, platform } = shard;
  const due = CAPABILITIES.map((each) => nextRunAt(shard, each)).filter((at) => at !== null);
  if (due.length === 0) return;
  alarm.arm(Math.max(platform.now() + lingerMs, Math.min(...due)));
}
