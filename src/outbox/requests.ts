// How many requests one alarm run has made. The platform allows so many for each run (subrequests: 50 on the Free plan,
// 10,000 on the Paid one) and fails the next without sending it, which looks like a connection that was lost: a mail would
// be parked as one that may have been sent. So a run ends before, and the next begins at once.
// https://developers.cloudflare.com/workers/platform/limits/#subrequests

import type { Platform } from '../platform/platform.ts';

/** Two keys of a rotation make two requests of one, and calls of other shards may count: so some are left. */
const REQUESTS_MAX = 40;

/** What may be spent on deletions, so that messages have their share of every run. */
const ERASURE_MAX = 20;

/** A relay of more shards than this needs the Paid plan, which allows far more: it is counted as one of so many. */
const AT_ONCE_MAX = 20;

export type Requests = ReturnType<typeof countRequests>;

export function countRequests({ fetch }: Pick<Platform, 'fetch'>) {
  let made = 0;
  let runs = 0;
  let erasing = 0;
  let isErasureOver = false;
  const underWay = new Set<Promise<unknown>>();
  /** Those of the run, or a share of them. */
  const areSpent = (share = 1) => made >= REQUESTS_MAX * share;
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
    /** So many calls of other shards for a deletion, counted from now on; false: they have to wait for the next run. */
    takeForErasure(calls: number): boolean {
      const counted = Math.min(calls, AT_ONCE_MAX);
      isErasureOver ||= erasing + counted > ERASURE_MAX || made + counted > REQUESTS_MAX;
      if (isErasureOver) return false;
      erasing += counted;
      made += counted;
      return true;
    },
    /** A run begins. */
    restart(): void {
      made = 0;
      erasing = 0;
      isErasureOver = false;
      runs += 1;
    },
    areSpent,
    /** Is there room for so many at once? Where not, the run is over, and they are among the first of the next. */
    areLeft(calls: number): boolean {
      const isRoom = made + Math.min(calls, AT_ONCE_MAX) <= REQUESTS_MAX;
      if (!isRoom) made = REQUESTS_MAX;
      return isRoom;
    },
    /** Calls of other shards, or what is asked by another way than `fetch`. */
    add(calls: number): void {
      made += Math.min(calls, AT_ONCE_MAX);
    },
    /** For what may still be at work when the next run begins: whether this one's are spent, or it is over. */
    ofThisRun() {
      const run = runs;
      return () => run !== runs || areSpent();
    },
    areSpentOnErasures: () => isErasureOver,
  };
}
