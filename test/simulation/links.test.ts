// A whole relay under fire, 500 seeds of it. Any number: npm run simulate -- --links --seeds N

import { describe, expect, it } from 'vitest';

import { simulateLinks } from './links.ts';
import { PART_LIMIT_MS, partsOf, runSeeds } from './seeds.ts';

describe('a relay under fire', () => {
  it.each(partsOf(500))(
    'keeps every event, once, on its person, in order, and tells the company: $seeds seeds from $from',
    async ({ from, seeds }) => {
      const { failures, sum: waited } = await runSeeds(simulateLinks, {
        from,
        seeds,
        replay: '--links --seed',
        figure: (run) => run.waited,
      });
      expect(failures).toEqual([]);
      // It would prove little if nothing ever waited.
      expect(waited).toBeGreaterThan(seeds);
    },
    PART_LIMIT_MS,
  );
});
