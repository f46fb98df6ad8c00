// Outlived: a shard that died may have left a request under way, which lands after the shard has begun anew. Of most messages the
// older one loses by its time; what ends something has none to lose by, so it waits until no such request can land any more.

import { REQUEST_TIMEOUT_MS } from '../../apis/exchange.ts';
import type { Platform } from '../../platform/platform.ts';
import type { Storage } from '../storage.ts';

type Waiting = Pick<Platform, 'now' | 'wait'> & { readonly storage: Storage };

/** 0 where the shard began with nothing left to send, or long ago. */
export function outlivedMs({ storage, now }: Pick<Waiting, 'storage' | 'now'>): number {
  const { startedAt } = storage.delivery();
  const waitMs = startedAt === 0 ? 0 : startedAt + REQUEST_TIMEOUT_MS - now();
  // A clock that was set back must not make it wait for longer.
  return Math.max(0, Math.min(waitMs, REQUEST_TIMEOUT_MS));
}

async function outlived(world: Waiting): Promise<void> {
  const waitMs = outlivedMs(world);
  if (waitMs > 0) await world.wait(waitMs);
}

/**
 * For delivery, which sends nothing meanwhile: that is written down, so that a shard that dies again and again before the time is up
 * does not begin it anew.
 */
export async function outlivedQuietly(world: Waiting): Promise<void> {
  const { storage } = world;
  const delivery = storage.delivery();
  if (outlivedMs(world) > 0 && !delivery.isQuiet) storage.save({ ...delivery, isQuiet: true });
  await outlived(world);
}

/** Nor one of this life: none that is under way now lands later than what begins then. */
export async function allLanded(shard: {
  readonly storage: Storage;
  readonly platform: Platform;
  readonly requests: { readonly settled: () => Promise<void> };
}): Promise<void> {
  await shard.requests.settled();
  await outlived({ ...shard.platform, storage: shard.storage });
}
