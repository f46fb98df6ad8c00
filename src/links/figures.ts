// What health and the operator see of a links shard. Reads only.

import { shareOf } from '../platform/platform.ts';
import type { LinkCounters } from './look-up-budget.ts';
import type { LinksState } from './state.ts';
import type { QueueView } from './tables/queues.ts';

/** A hand-over that is older is stuck. */
const STUCK_MS = 600_000;

/** And so is a queue after so many tries: with their waits about as long. */
const STUCK_ATTEMPTS = 12;

/** What health and the operator see of one shard. */
export type LinksHealth = {
  readonly waiting: number;
  /** Customers whose events these are, and those whose person is known. */
  readonly waitingCustomers: number;
  readonly links: number;
  /** Hand-overs and releases that have not got through for minutes: an outbox does not answer. */
  readonly stuck: number;
  readonly rowsWritten: number;
  readonly storedBytes: number;
  readonly storedShare: number;
  readonly counters: LinkCounters;
};

/** `nextAt` is null where no look-up will be made. */
type WaitingView = Omit<QueueView, 'nextAt'> & { readonly nextAt: number | null };

export function healthOf(state: LinksState): LinksHealth {
  const { tables, handOvers, now, rowsWritten, disk, budget } = state;
  return {
    waiting: tables.waiting.count(),
    waitingCustomers: tables.queues.count(),
    links: tables.links.count(),
    stuck: handOvers.olderThan(now() - STUCK_MS) + tables.queues.stuck(STUCK_ATTEMPTS),
    rowsWritten: rowsWritten(),
    storedBytes: disk.bytes(),
    storedShare: shareOf(disk),
    counters: budget().counters,
  };
}

/** Nobody has said whose it is. */
const NOBODY_FOUND = ['not_looked_up', 'customer_without_id', 'email_unknown'];

/** The queues that have waited longest, or the one of this customer. */
export function waitingViews(
  { tables, lookUp }: LinksState,
  limit: number,
  customerId?: string,
): WaitingView[] {
  const isAskedAbout = (key: string) => lookUp !== null || tables.hints.find(key) !== null;
  return tables.queues.list(limit, customerId).map((each) => ({
    ...each,
    why: each.detail !== null && NOBODY_FOUND.includes(each.why) ? 'id_almost_right' : each.why,
    nextAt: isAskedAbout(each.key) ? each.nextAt : null,
  }));
}
