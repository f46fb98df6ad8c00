// Links and outboxes under fire, a thousand seeds of it. Any number: npm run simulate -- --links --seeds N

import { expect, it } from 'vitest';

import { simulateLinks } from './links.ts';
import { runSeeds } from './seeds.ts';

const SEEDS = 1000;

it(`keeps every event, once, on its person, in order, over ${SEEDS} seeds`, async () => {
  const { failures, sum: waited } = await runSeeds(simulateLinks, {
    seeds: SEEDS,
    replay: '--links --seed',
    figure: (run) => run.waited,
  });
  expect(failures).toEqual([]);
  // It would prove little if nothing ever waited.
  expect(waited).toBeGreaterThan(SEEDS);
});
