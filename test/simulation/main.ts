// npm run simulate -- --seeds 10000 [--from 1] runs many seeds of everything: outboxes by themselves, where nothing hides what
// delivery does, and the whole relay. --outboxes or --links runs one of them; with --seed 7 it replays that seed and tells all
// that happened in it.

import { parseArgs } from 'node:util';

import { simulateLinks } from './links.ts';
import { simulateOutboxes } from './outboxes.ts';
import { EDITION } from './seeds.ts';

const { values } = parseArgs({
  options: {
    outboxes: { type: 'boolean', default: false },
    links: { type: 'boolean', default: false },
    seeds: { type: 'string', default: '2000' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
  },
});

const RUNS = { outboxes: simulateOutboxes, links: simulateLinks };

for (const name of ['outboxes', 'links'] as const) {
  if ((values.outboxes || values.links) && !values[name]) continue;
  if (values.seed === undefined) await runMany(name, Number(values.from), Number(values.seeds));
  else await replay(name, Number(values.seed));
}

async function runMany(name: keyof typeof RUNS, from: number, count: number): Promise<void> {
  const startedAt = performance.now();
  const sums: Record<string, number> = {};
  let failed = 0;
  for (let seed = from; seed < from + count; seed += 1) {
    const { trace: _trace, seed: _seed, violation, ...figures } = await RUNS[name](seed);
    for (const [of, figure] of Object.entries(figures)) {
      if (typeof figure === 'number') sums[of] = (sums[of] ?? 0) + figure;
    }
    if (violation === null) continue;
    failed += 1;
    console.log(`seed ${seed}: ${violation}\n  npm run simulate -- --${name} --seed ${seed}`);
  }
  const seconds = Math.round((performance.now() - startedAt) / 100) / 10;
  console.log(
    `${name}: ${count} seeds from ${from} of edition ${EDITION} in ${seconds} s, ${failed} failed; ${JSON.stringify(sums)}`,
  );
  if (failed > 0) process.exitCode = 1;
}

async function replay(name: keyof typeof RUNS, seed: number): Promise<void> {
  const { trace, violation, ...figures } = await RUNS[name](seed);
  for (const line of trace) console.log(line);
  console.log(`${name}: ${JSON.stringify(figures)}`);
  console.log(violation ?? 'every check held');
  if (violation !== null) process.exitCode = 1;
}
