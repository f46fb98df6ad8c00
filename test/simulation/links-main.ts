// node test/simulation/links-main.ts --seeds 10000 [--from 1] runs many seeds; --seed 7 replays one and tells all that
// happened in it.

import { parseArgs } from 'node:util';

import { simulateLinks } from './links.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
  },
});

if (values.seed === undefined) await runMany(Number(values.from), Number(values.seeds));
else await replay(Number(values.seed));

async function runMany(from: number, count: number): Promise<void> {
  const startedAt = performance.now();
  const sums = { webhooks: 0, waited: 0, moved: 0, deaths: 0, steps: 0 };
  const names = Object.keys(sums) as (keyof typeof sums)[];
  let failed = 0;
  for (let seed = from; seed < from + count; seed += 1) {
    const report = await simulateLinks(seed);
    for (const name of names) sums[name] += report[name];
    if (report.violation === null) continue;
    failed += 1;
    console.log(`seed ${seed}: ${report.violation}\n  ${replayCommand(seed)}`);
  }
  const seconds = Math.round((performance.now() - startedAt) / 100) / 10;
  console.log(
    `${count} seeds from ${from} in ${seconds} s, ${failed} failed; ${JSON.stringify(sums)}`,
  );
  if (failed > 0) process.exitCode = 1;
}

async function replay(seed: number): Promise<void> {
  const { trace, violation, ...figures } = await simulateLinks(seed);
  for (const line of trace) console.log(line);
  console.log(JSON.stringify(figures));
  console.log(violation ?? 'every check held');
  if (violation !== null) process.exitCode = 1;
}

function replayCommand(seed: number): string {
  return `npm run simulate:links -- --seed ${seed}`;
}
