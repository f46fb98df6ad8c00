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
  for (const { name, sweep } of CAPABILITIES) {
    try {
      shard.storage.transaction(() => sweep?.(shard, now));
    } catch (error) {
      // The cron comes again, and the others have dropped what is over.
      tellFault(shard, name, error);
    }
  }
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

/** Makes sure that what is pending will be done. */
export function armIfDue(shard: Shard): void {
  const { alarm, platform, configured } = shard;
  const due = CAPABILITIES.map((each) => dueAt(shard, each)).filter((at) => at !== null);
  if (due.length === 0) return;
  const lingerMs = configured.ok ? configured.config.outbox.lingerMs : BACKOFF_MS_MAX;
  alarm.arm(Math.max(platform.now() + lingerMs, Math.min(...due)));
}

/** One that cannot even say when it is due keeps no other from being done, nor a webhook from being answered. */
function dueAt(shard: Shard, capability: Capability): number | null {
  try {
    return nextRunAt(shard, capability);
  } catch (error) {
    const { notBefore = 0 } = shard.troubles.get(capability) ?? {};
    return notBefore > shard.platform.now() ? notBefore : later(shard, capability, error);
  }
}
