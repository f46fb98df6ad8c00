// Hand-overs that are not done: links that moved and subscriptions that left. Each waits for itself after it has failed.

import type { LeavingRow } from './tables/leavings.ts';
import type { Move } from './tables/moves.ts';
import type { LinksTables } from './tables/tables.ts';

/** So many of each kind are looked at by one run; the next one goes on. */
const AT_ONCE_MAX = 200;

/** Counted up to here: it is enough to know that something is stuck. */
const COUNTED_MAX = 1000;

export type HandOver =
  | { readonly kind: 'link'; readonly row: Move }
  | { readonly kind: 'subscription'; readonly row: LeavingRow };

export function openHandOvers({ moves, leavings }: LinksTables) {
  const tableOf = ({ kind }: HandOver) => (kind === 'link' ? moves : leavings);

  function first(most: number): HandOver[] {
    return [
      ...moves.first(most).map((row): HandOver => ({ kind: 'link', row })),
      ...leavings.first(most).map((row): HandOver => ({ kind: 'subscription', row })),
    ].toSorted((one, other) => one.row.nextAt - other.row.nextAt);
  }

  /** Whatever has not failed comes first, oldest first; then what has waited longest. */
  function due(now: number): HandOver[] {
    return first(AT_ONCE_MAX).filter(({ row }) => row.nextAt <= now);
  }

  return {
    due,
    /** Null: there are none. */
    nextAt: (): number | null => first(1)[0]?.row.nextAt ?? null,
    /** It has failed once more. */
    postpone: (each: HandOver, at: number): void => {
      if (each.kind === 'link') moves.postpone(each.row, at);
      else leavings.postpone(each.row, at);
    },
    done: (each: HandOver) => tableOf(each).remove(each.row.seq),
    /** How many were due before `at`, up to some. */
    olderThan: (at: number) =>
      moves.countBefore(at, COUNTED_MAX) + leavings.countBefore(at, COUNTED_MAX),
  };
}
