// The outbox under fire, in thousands of runs: nothing lost, doubled, overtaken or hurried, whatever fails when.

import { describe, expect, it } from 'vitest';

import { simulateOutboxes } from './outboxes.ts';
import { runSeeds } from './seeds.ts';

const SEEDS = 2000;

describe('simulation', () => {
  it(`holds every check after every step of ${SEEDS} seeds`, async () => {
    const { failures, sum: deaths } = await runSeeds(simulateOutboxes, {
      seeds: SEEDS,
      replay: '--seed',
      figure: (run) => run.deaths,
    });
    expect(failures).toEqual([]);
    // Runs without trouble would prove nothing.
    expect(deaths).toBeGreaterThan(SEEDS);
  });

  it('gives the same run for the same seed', async () => {
    expect(await simulateOutboxes(7)).toEqual(await simulateOutboxes(7));
  });
});
