// Oldest first by windows of time: everything is taken once, in order, whatever is made, deleted or crowded into one second.

import * as fc from 'fast-check';
import { expect, it } from 'vitest';

import { firstWindow, nextWindow } from '../../src/sync/stripe/window.ts';

const UNTIL = 100_000;

/** What a list shows of a window: the newest first, 100 at most. */
function shown(created: readonly number[], from: number, to: number, after: string | null) {
  const all = created.map((at, index) => ({ id: `o${index}`, at }));
  const within = all.filter(({ at }) => at >= from && at < to).toSorted((a, b) => b.at - a.at);
  const behind = after === null ? 0 : within.findIndex(({ id }) => id === after) + 1;
  const page = within.slice(behind, behind + 100);
  const hasMore = behind + page.length < within.length;
  return { ids: page.map(({ id }) => id), created: page.map(({ at }) => at), hasMore };
}

it('takes everything once, and no window before an older one', () => {
  const times = fc.array(fc.oneof(fc.nat(UNTIL - 1), fc.constantFrom(7, 500, 501)), {
    minLength: 250,
    maxLength: 1500,
    size: 'max',
  });
  fc.assert(
    fc.property(times, (created) => {
      const taken: number[] = [];
      let window: ReturnType<typeof firstWindow> | null = firstWindow(0, UNTIL);
      for (let asked = 0; window !== null; asked += 1) {
        if (asked > 20_000) throw new Error('never ends');
        const { from, width, after } = window;
        const page = shown(created, from, from + width, after);
        const turn = nextWindow(window, page, UNTIL);
        if (turn.isTaken) taken.push(...page.created.toReversed());
        window = turn.next;
      }
      expect(taken).toEqual(created.toSorted((a, b) => a - b));
    }),
    { numRuns: 20 },
  );
});
