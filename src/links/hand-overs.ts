// Hand-overs that are not done: links that moved and subscriptions that left. Each waits for itself after it has failed, in
// memory only: a shard that starts again tries at once.

import type { LeavingRow } from './tables/leavings.ts';
import type { Move } from './tables/moves.ts';
import type { LinksTables } from './tables/tables.ts';

/** What failed is tried again after so long, each time. */
export const HAND_OVER_AGAIN_MS = 10_000;

export type HandOver =
  | { readonly kind: 'link'; readonly row: Move }
  | { readonly kind: 'subscription'; readonly row: LeavingRow };

export function openHandOvers({ moves, leavings }: LinksTables) {
  let waits: ReadonlyMap<string, number> = new Map();

  function all(): HandOver[] {
    return [
      ...moves.list().map((row): HandOver => ({ kind: 'link', row })),
      ...leavings.list().map((row): HandOver => ({ kind: 'subscription', row })),
    ];
  }

  function dueAt(each: HandOver): number {
    return waits.get(nameOf(each)) ?? 0;
  }

  /** Whatever has not failed comes first, oldest first; then what has waited longest. */
  function due(now: number): HandOver[] {
    return all()
      .filter((each) => dueAt(each) <= now)
      .toSorted((one, other) => dueAt(one) - dueAt(other));
  }

  /** Null: there are none. */
  function nextAt(): number | null {
    const times = all().map(dueAt);
    return times.length === 0 ? null : Math.min(...times);
  }

  function postpone(each: HandOver, at: number): void {
    // Those that are over are forgotten: they may have gone with a deleted person.
    const left = new Set(all().map(nameOf));
    const kept = [...waits].filter(([name]) => left.has(name));
    waits = new Map([...kept, [nameOf(each), at]]);
  }

  function done({ kind, row }: HandOver): void {
    if (kind === 'link') moves.remove(row.seq);
    else leavings.remove(row.seq);
  }

  /** How many were due before `at`: a version is the time of its move. */
  function olderThan(at: number): number {
    return all().filter(({ row }) => row.version < at).length;
  }

  return { due, nextAt, postpone, done, olderThan };
}

function nameOf({ kind, row }: HandOver): string {
  return `${kind} ${row.seq}`;
}
