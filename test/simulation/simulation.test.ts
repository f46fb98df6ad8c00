// The outbox under fire, in thousands of runs: nothing lost, doubled, overtaken or hurried, whatever fails when.

import { describe, expect, it } from 'vitest';

import { simulateOutboxes } from './outboxes.ts';
import { PART_LIMIT_MS, partsOf, runSeeds } from './seeds.ts';

describe('simulation', () => {
  it.each(partsOf(2000))(
    'holds every check after every step of $seeds seeds from $from',
    async ({ from, seeds }) => {
      const { failures, sum: deaths } = await runSeeds(simulateOutboxes, {
        from,
        seeds,
        replay: '--outboxes --seed',
        figure: (run) => run.deaths,
      });
      expect(failures).toEqual([]);
      // Runs without trouble would prove nothing.
      expect(deaths).toBeGreaterThan(seeds);
    },
    PART_LIMIT_MS,
  );

  it('gives the same run for the same seed', async () => {
    expect(await simulateOutboxes(7)).toEqual(await simulateOutboxes(7));
  });
});
