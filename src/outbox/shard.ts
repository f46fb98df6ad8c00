// The outbox shard, over whatever platform it is given: its storage, its alarm and a list of capabilities. When the alarm
// rings (ring.ts) each of them does its work. It knows none of them by name.

import type { ConfigResult } from '../config/config.ts';
import { openAlarm } from '../platform/alarm.ts';
import type { Alarm } from '../platform/alarm.ts';
import type { Platform } from '../platform/platform.ts';
import type { Capability, Elsewhere, ShardWorld, Trouble } from './capability.ts';
import { countRequests } from './requests.ts';
import { openStorage } from './storage.ts';

export type Shard = ShardWorld & {
  readonly alarm: Alarm;
  readonly troubles: Map<Capability, Trouble>;
  /** What is at work now. */
  readonly atWork: Map<Capability, Promise<void>>;
};

export type ShardOptions = Elsewhere & {
  readonly platform: Platform;
  readonly configured: ConfigResult;
};

export function openShard(options: ShardOptions): Shard {
  const requests = countRequests(options.platform);
  const platform = { ...options.platform, fetch: requests.fetch };
  const storage = openStorage(platform);
  const alarm = openAlarm(platform);
  return { ...options, platform, storage, alarm, requests, troubles: new Map(), atWork: new Map() };
}
