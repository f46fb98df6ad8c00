// Links and outboxes under fire, a thousand seeds of it. Any number: npm run simulate -- --links --seeds N

import { expect, it } from 'vitest';

import { simulateLinks } from './links.ts';

const SEEDS = 1000;

it(
  `keeps every event, once, on its person, in order, over ${SEEDS} seeds`,
  { timeout: 240_000 },
  async () => {
    const failed: string[] = [];
    let waited = 0;
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const report = await simulateLinks(seed);
      waited += report.waited;
      if (report.violation === null) continue;
      failed.push(
        `seed ${seed}: ${report.violation}\n  npm run simulate -- --links --seed ${seed}`,
      );
    }
    expect(failed).toEqual([]);
    // It would prove little if nothing ever waited.
    expect(waited).toBeGreaterThan(SEEDS);
  },
);
