// Oldest first through a list of Stripe, which only ever answers the newest first and cannot be asked in the other order: by
// windows of the time in which things were made, so narrow that one page holds all of a window. So nothing shifts when
// something is made or deleted meanwhile, and no page rests on an object that may be gone. Pure.

import { STRIPE_PAGE_MAX } from '../../apis/stripe-lists.ts';

/** Where the walk is, Unix seconds: all before `from` is read. `after`: within one second that more than a page was made in. */
export type Window = {
  readonly from: number;
  readonly width: number;
  readonly after: string | null;
};

/** What a page has shown. `created` in its own order, the newest first. */
type Shown = {
  readonly ids: readonly string[];
  readonly created: readonly number[];
  readonly hasMore: boolean;
};

type Turn =
  /** The page is whole: what is in it is to be taken, and this comes next; null: the walk is over. */
  | { readonly isTaken: true; readonly next: Window | null }
  /** The window holds more than a page: it is asked again, narrower. */
  | { readonly isTaken: false; readonly next: Window };

/** Wished for: near a whole page, so that few are asked, and rarely more. */
const FILL = 0.7;

/** A window never grows by more than this, because what comes may be denser than what was. */
const GROWTH_MAX = 8;

export function firstWindow(from: number, until: number): Window {
  return { from, width: Math.max(1, until - from), after: null };
}

/** `until` in Unix seconds: where the walk ends. */
export function nextWindow(window: Window, shown: Shown, until: number): Turn {
  const { from, width } = window;
  if (shown.hasMore && width > 1) return { isTaken: false, next: narrower(window, shown) };
  if (shown.hasMore) {
    const last = shown.ids.at(-1) ?? null;
    return { isTaken: true, next: { ...window, after: last } };
  }
  const to = from + width;
  if (to >= until) return { isTaken: true, next: null };
  const growth = Math.min(GROWTH_MAX, (FILL * STRIPE_PAGE_MAX) / Math.max(1, shown.ids.length));
  const wished = Math.max(1, Math.floor(width * growth));
  return { isTaken: true, next: { from: to, width: Math.min(wished, until - to), after: null } };
}

/** By how dense the newest of it are; at the least it is halved. */
function narrower({ from, width }: Window, { created }: Shown): Window {
  const to = from + width;
  const oldest = created.at(-1) ?? from;
  const guess = Math.floor((to - oldest) * FILL);
  return { from, width: Math.max(1, Math.min(guess, Math.floor(width / 2))), after: null };
}
