// So many in a while are told each, the rest are counted: what a stranger may cause must not fill a log that is paid for by
// the line. No I/O; the clock is the caller's.

export function toldAtMost({
  count,
  everyMs,
}: {
  readonly count: number;
  readonly everyMs: number;
}) {
  let windowAt = -Infinity;
  let told = 0;
  let untold = 0;

  /** One more; true: it is to be told. `now` in Unix milliseconds. */
  function note(now: number): boolean {
    if (now - windowAt >= everyMs || now < windowAt) [windowAt, told] = [now, 0];
    const isTold = told < count;
    if (isTold) told += 1;
    else untold += 1;
    return isTold;
  }

  /** How many were only counted; for whoever tells it now, because it begins at nought again. */
  function takeUntold(): number {
    const taken = untold;
    untold = 0;
    return taken;
  }

  return { note, takeUntold };
}
