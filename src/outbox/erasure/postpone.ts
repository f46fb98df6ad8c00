// A step of an erasure that fails is tried again later, by itself: it keeps no other deletion waiting.

import { retryDelayMs } from '../../apis/backoff.ts';
import type { ShardWorld } from '../capability.ts';
import type { Erasure } from './table.ts';

/** Throws what the step throws: this run is over, and the next one begins with the others. */
export async function orLater(
  { storage, platform }: Pick<ShardWorld, 'storage' | 'platform'>,
  group: readonly Erasure[],
  step: () => void | Promise<void>,
): Promise<void> {
  try {
    await step();
  } catch (error) {
    storage.transaction(({ erasures }) => {
      for (const { person, attempt } of group) {
        const delayMs = retryDelayMs(attempt + 1, platform.random(), null);
        erasures.postpone(person, attempt + 1, platform.now() + delayMs);
      }
    });
    throw error;
  }
}
