// The outbox under fire, in thousands of runs: nothing lost, doubled, overtaken or hurried, whatever fails when.

import { describe, expect, it } from 'vitest';

import { simulateOutboxes } from './outboxes.ts';

const SEEDS = 2000;

describe('simulation', () => {
  it(`holds every check after every step of ${SEEDS} seeds`, async () => {
    const failures: string[] = [];
    let deaths = 0;
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const report = await simulateOutboxes(seed);
      deaths += report.deaths;
      if (report.violation === null) continue;
      failures.push(`${report.violation}: npm run simulate -- --seed ${seed}`);
    }
    expect(failures).toEqual([]);
    // Runs without trouble would prove nothing.
    expect(deaths).toBeGreaterThan(SEEDS);
  });

  it('gives the same run for the same seed', async () => {
    expect(await simulateOutboxes(7)).toEqual(await simulateOutboxes(7));
  });
});
