// Slice: how many messages are tried at once. Pure.

import { BATCH_MESSAGES_MAX } from './plan-batch.ts';

/** After a failure of so many. */
export function halved(size: number): number {
  return Math.max(1, Math.floor(size / 2));
}

/** After a landing. */
export function doubled(slice: number): number {
  return Math.min(BATCH_MESSAGES_MAX, slice * 2);
}
