// How many requests one alarm run has made. The platform allows so many for each run (subrequests: 50 on the Free plan,
// 10,000 on the Paid one) and fails the next without sending it, which looks like a connection that was lost: a mail would
// be parked as one that may have been sent. So a run ends before, and the next begins at once.
// https://developers.cloudflare.com/workers/platform/limits/#subrequests

import type { Platform } from '../platform/platform.ts';

/** Two keys of a rotation make two requests of one, and calls of other shards may count: so some are left. */
export const REQUESTS_MAX = 40;

/** What may be spent on deletions, so that messages have their share of every run. */
const ERASURE_MAX = 20;

export type Requests = ReturnType<typeof countRequests>;

export function countRequests({ fetch }: Pick<Platform, 'fetch'>) {
  let made = 0;
  let runs = 0;
  const underWay = new Set<Promise<unknown>>();
  const areSpent = () => made >= REQUESTS_MAX;
  return {
    fetch: ((url, init) => {
      made += 1;
      const answer = fetch(url, init);
      const end = () => void underWay.delete(answer);
      underWay.add(answer);
      answer.then(end, end);
      return answer;
    }) satisfies Platform['fetch'],
    /** Until each that is under way now is answered or given up: none of them lands later than what begins then. */
    async settled(): Promise<void> {
      await Promise.allSettled(underWay);
    },
    /** Calls of `shards` other shards, for a deletion. However many there are, messages have their share. */
    addForErasure(shards: number): void {
      made += Math.min(shards, ERASURE_MAX);
    },
    /** A run begins. */
    restart(): void {
      made = 0;
      runs += 1;
    },
    areSpent,
    /** Calls of other shards. */
    add(calls: number): void {
      made += calls;
    },
    /** For what may still be at work when the next run begins: whether this one's are spent, or it is over. */
    ofThisRun() {
      const run = runs;
      return () => run !== runs || areSpent();
    },
    areSpentOnErasures: () => made >= ERASURE_MAX,
  };
}
