// npm run simulate -- --seeds 10000 [--from 1] runs many seeds of the outbox; --links runs links and outboxes together.
// npm run simulate -- [--links] --seed 7 replays one and tells all that happened in it.

import { parseArgs } from 'node:util';

import { simulateLinks } from './links.ts';
import { simulateOutboxes } from './outboxes.ts';
import { EDITION } from './seeds.ts';

const { values } = parseArgs({
  options: {
    links: { type: 'boolean', default: false },
    seeds: { type: 'string', default: '2000' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
  },
});

const simulate = values.links ? simulateLinks : simulateOutboxes;

if (values.seed === undefined) await runMany(Number(values.from), Number(values.seeds));
else await replay(Number(values.seed));

async function runMany(from: number, count: number): Promise<void> {
  const startedAt = performance.now();
  const sums: Record<string, number> = {};
  let failed = 0;
  for (let seed = from; seed < from + count; seed += 1) {
    const { trace: _trace, seed: _seed, violation, ...figures } = await simulate(seed);
    for (const [name, figure] of Object.entries(figures)) {
      if (typeof figure === 'number') sums[name] = (sums[name] ?? 0) + figure;
    }
    if (violation === null) continue;
    failed += 1;
    console.log(`seed ${seed}: ${violation}\n  ${replayCommand(seed)}`);
  }
  const seconds = Math.round((performance.now() - startedAt) / 100) / 10;
  console.log(
    `${count} seeds from ${from} of edition ${EDITION} in ${seconds} s, ${failed} failed; ${JSON.stringify(sums)}`,
  );
  if (failed > 0) process.exitCode = 1;
}

async function replay(seed: number): Promise<void> {
  const { trace, violation, ...figures } = await simulate(seed);
  for (const line of trace) console.log(line);
  console.log(JSON.stringify(figures));
  console.log(violation ?? 'every check held');
  if (violation !== null) process.exitCode = 1;
}

function replayCommand(seed: number): string {
  return `npm run simulate -- ${values.links ? '--links ' : ''}--seed ${seed}`;
}
