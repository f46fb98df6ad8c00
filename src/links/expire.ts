// Expire: what waits for a person nobody knows goes in the end, and sooner where the disk is filling: how long it is kept is a wish,
// accepting is a promise. Links and what waits for somebody known stay.

import type { Decision } from '../platform/log.ts';
import { shareOf } from '../platform/platform.ts';
import type { Platform } from '../platform/platform.ts';
import { isFull } from '../platform/sql.ts';
import type { LinkCounters } from './look-up-budget.ts';
import type { LinksTables } from './tables/tables.ts';

/** From the first share of the disk on it is kept for less long, from the second on not at all. */
const DROP_SHARE = 0.8;
const FULL_SHARE = 0.95;

/** Of what waits one visit takes out no more than this, from no more queues. */
const VISIT = { events: 5000, queues: 500 };

/** A write that finds the disk full: enough for what is to be written. */
const ROOM = { events: 100, queues: 100 };

/** Of its time, from 0 to 1. */
export function keptShare(disk: Platform['disk']): number {
  const left = (FULL_SHARE - shareOf(disk)) / (FULL_SHARE - DROP_SHARE);
  return Math.min(1, Math.max(0, left));
}

/** What has waited since before `at`, oldest first; says how many events that were. */
export function expire({ waiting, queues }: LinksTables, at: number, most = VISIT): number {
  let expired = 0;
  for (const key of queues.unknownSince(at, most.queues)) {
    expired += waiting.expire(key, at, most.events - expired);
    queues.ageAgain(key);
    if (expired >= most.events) break;
  }
  return expired;
}

type Books = {
  readonly tables: LinksTables;
  readonly count: (changes: Partial<LinkCounters>) => void;
  readonly log: (decision: Decision) => void;
};

export function noteExpired({ count, log }: Omit<Books, 'tables'>, events: number): void {
  if (events === 0) return;
  count({ expired: events });
  log({ decision: 'expired', events });
}

/** Writes, and where the disk is full makes room and writes again. */
export function roomy(
  { transaction, now }: Pick<Platform, 'transaction' | 'now'>,
  books: Books,
): Platform['transaction'] {
  return (write) => {
    for (;;) {
      try {
        return transaction(write);
      } catch (error) {
        const expired = isFull(error) ? transaction(() => expire(books.tables, now(), ROOM)) : 0;
        // Each time there is less that waits, so it ends.
        if (expired === 0) throw error;
        noteExpired(books, expired);
      }
    }
  };
}
