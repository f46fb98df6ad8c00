// A capability: one folder of the outbox shard, with its tables, its work and what it offers to the shard, which composes
// a list of them (capabilities.ts) and knows none by name. How a table lets go of a deleted person is its own `forget`
// (tables.ts).

import type { Config, ConfigResult } from '../config/config.ts';
import { ConfigError } from '../config/config.ts';
import type { Platform } from '../platform/platform.ts';
import type { ErasedId, ParkedPlace } from './erased.ts';
import type { Arrival, Taken } from './people/arrival.ts';
import type { Requests } from './requests.ts';
import type { Storage } from './storage.ts';

/** What is asked of the other shards. All of it may be repeated. */
export type Elsewhere = {
  /** Every links shard forgets who was deleted, one call for all of them; answers of each which customers were theirs. */
  readonly eraseLinks: (erased: readonly ErasedId[]) => Promise<readonly (readonly string[])[]>;
  /**
   * An outbox shard throws away what it could not read and what names one of these ids or addresses: one call, which answers behind
   * which number of that shard's it has to go on; null at the end.
   */
  readonly forgetParked: (ids: readonly string[], place: ParkedPlace) => Promise<number | null>;
  /** What organizations and people tell each other, each to its shard. */
  readonly acceptMany: (arrivals: readonly Arrival[]) => Promise<Taken>;
};

/** What the capabilities of one shard work with. */
export type ShardWorld = Elsewhere & {
  readonly platform: Platform;
  readonly configured: ConfigResult;
  readonly storage: Storage;
  readonly troubles: ReadonlyMap<Capability, Trouble>;
  /** Those of this alarm run. */
  readonly requests: Requests;
};

/** After a fault of its own: how many in a row, and when it runs again. In memory only. */
export type Trouble = { readonly attempt: number; readonly notBefore: number };

/** It leaves out what it has not. Times in Unix milliseconds. */
export type Capability = {
  readonly name: string;
  /** At the start of a shard, before any call. */
  readonly start?: (world: ShardWorld) => void;
  /** When it has something to do next, maybe in the past; null: it has nothing to do. */
  readonly dueAt?: (world: ShardWorld) => number | null;
  /** What it waits for: while it works the others go on, and it holds up nobody but those who wait for the same. Absent: it works in turn. */
  readonly waitsFor?: 'interfaces' | 'shards';
  /** Its work, in the alarm. What it throws is logged, and it runs again after a while; the others run all the same. */
  readonly run?: (world: ShardWorld) => Promise<void>;
  /** The cron's visit: what is over is dropped. In a transaction of its own. */
  readonly sweep?: (world: ShardWorld, now: number) => void;
};

/** When it runs next: what it has to do waits for the end of its trouble. Null: it has nothing to do. */
export function nextRunAt(world: ShardWorld, capability: Capability): number | null {
  const at = capability.dueAt?.(world) ?? null;
  return at === null ? null : Math.max(at, world.troubles.get(capability)?.notBefore ?? 0);
}

/** Throws what is wrong with the configuration. */
export function configIn({ configured }: Pick<ShardWorld, 'configured'>): Config {
  if (configured.ok) return configured.config;
  throw new ConfigError(configured.problems);
}

/** How messages are named now, for what is told by itself and not for a webhook. */
export function contextIn(world: Pick<ShardWorld, 'configured' | 'platform'>) {
  return { options: configIn(world).messages, now: world.platform.now() };
}
