// npm run bench [-- --seconds 4]: one table from one run on one machine; `-- --catch-up` the simulated tables alone,
// `-- --deletions` live webhooks beside ten thousand deletions, `-- --storage` what is stored, `-- --stripe` Stripe beside two inserts, `-- --landing` how soon webhooks land (`--beside FILE`: and
// those of another built Worker, in turns), `-- --stages` where a webhook's CPU goes, `-- --backfill` what it costs to pull
// everybody. Everything runs on `workerd serve`; what ours is
// measured beside stands in workers/. On a machine with few cores the loader, the upstream and workerd share them.

import { availableParallelism, cpus } from 'node:os';
import { parseArgs } from 'node:util';

import Table from 'cli-table3';

import { pulled } from './backfill.ts';
import { catchUp } from './catch-up.ts';
import { dollarsPerMillion, PRICES } from './cost.ts';
import { deletions } from './deletions.ts';
import { median } from './figures.ts';
import { linger } from './linger.ts';
import type { Kind } from './load.ts';
import {
  answers,
  bundleKb,
  drained,
  landing,
  landingAlone,
  millionPending,
  rateLimited,
  startUpMs,
  throughput,
} from './measures.ts';
import { startUpstream } from './stage.ts';
import type { WorkerName } from './stage.ts';
import { stages } from './stages.ts';
import { storage } from './storage.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '4' },
    'catch-up': { type: 'boolean', default: false },
    deletions: { type: 'boolean', default: false },
    storage: { type: 'boolean', default: false },
    landing: { type: 'boolean', default: false },
    beside: { type: 'string' },
    stripe: { type: 'boolean', default: false },
    stages: { type: 'boolean', default: false },
    backfill: { type: 'boolean', default: false },
  },
});
if (values['catch-up']) {
  await catchUp();
  await linger();
  process.exit();
}
if (values.deletions) {
  await deletions();
  process.exit();
}
if (values.storage) {
  await storage();
  process.exit();
}
if (values.stages) {
  await stages();
  process.exit();
}
if (values.backfill) {
  await pulled();
  process.exit();
}
const seconds = Number(values.seconds);

const table = new Table({ head: ['measure', 'value', 'target'], style: { head: [], border: [] } });
const row = (measure: string, value: string | number, target = '') => {
  table.push([measure, String(value), target]);
  console.log(`${measure}: ${value}${target === '' ? '' : `   (${target})`}`);
};
const ratio = (ours: number, theirs: number) =>
  `${Math.round((ours / Math.max(1, theirs)) * 100) / 100}x`;

const upstream = await startUpstream();
console.log(
  `${cpus()[0]?.model ?? 'unknown'} x ${availableParallelism()}, Node ${process.version}\n`,
);

/** How soon webhooks land, under load and alone; answers what was counted with the default LINGER_MS. */
async function benchLanding() {
  const slow = await landing(upstream, { lingerMs: 250, seconds });
  row('landing at 100/s, LINGER_MS=250', timesOf(slow), 'p95 < 300 ms');
  const quick = await landing(upstream, { lingerMs: 50, seconds });
  row('landing at 100/s, LINGER_MS=50', timesOf(quick), 'p95 < 100 ms');
  row('upstream requests per 1,000 webhooks at 100/s', slow.requestsPer1000);
  row(
    'rows billed per webhook at 100/s, shards warm',
    `${slow.rowsPerWebhook} and ${slow.requestsPer1000 / 1000} for alarms, one a request`,
    '3 and the batch',
  );
  row(ALONE, timesOf(await landingAlone(upstream)), 'p50 < 40 ms');
  return slow;
}

const ALONE = 'landing alone, one a second, LINGER_MS=250';

function timesOf({ p50, p95, p99 }: { p50: number; p95: number; p99: number }): string {
  return `p50 ${p50} p95 ${p95} p99 ${p99} ms`;
}

/** This checkout's Worker and another one, in turns: what is compared meets the same machine. */
async function landingBeside(other: string) {
  for (let turn = 1; turn <= TURNS; turn += 1) {
    for (const [name, script] of [
      ['this checkout', undefined],
      [other, other],
    ] as const) {
      const loaded = await landing(upstream, { lingerMs: 250, seconds, script });
      const alone = await landingAlone(upstream, script);
      row(`${ALONE}: ${name}, turn ${turn}`, timesOf(alone), 'p50 < 40 ms');
      row(
        `requests per 1,000 at 100/s: ${name}, turn ${turn}`,
        `${loaded.requestsPer1000}; landed ${timesOf(loaded)}; rows ${loaded.rowsPerWebhook}`,
      );
    }
  }
}

/** What is compared is run in turns, and the median counts: a disk that stalls for a second stalls one turn of one. */
const TURNS = 3;

if (values.landing) {
  if (values.beside === undefined) await benchLanding();
  else await landingBeside(values.beside);
  upstream.close();
  process.exit();
}

type Turn = Awaited<ReturnType<typeof throughput>>;

const measured = new Map<string, Turn[]>();

async function run(name: WorkerName, connections: number, about: At) {
  const load = await throughput(upstream, name, { connections, ...about, seconds });
  const key = keyOf(name, connections, about);
  measured.set(key, [...(measured.get(key) ?? []), load]);
}

/** `latencyMs` of the upstream, null: it is down. */
type At = { readonly latencyMs: number | null; readonly kind?: Kind };

function keyOf(name: WorkerName, connections: number, { latencyMs, kind = 'clerk' }: At) {
  const upstreamText = latencyMs === null ? 'down' : `${latencyMs} ms`;
  return `${name}, ${kind}, ${connections} connections, upstream ${upstreamText}`;
}

const STRIPE: readonly Kind[] = ['stripe new', 'stripe known'];

for (let turn = 0; turn < TURNS; turn += 1) {
  for (const connections of [16, 64]) {
    await run('floor', connections, { latencyMs: 0, kind: 'stripe new' });
    for (const kind of STRIPE) await run('relay', connections, { latencyMs: 0, kind });
    if (values.stripe) continue;
    await run('verify-only', connections, { latencyMs: 0 });
    await run('floor', connections, { latencyMs: 0 });
    for (const latencyMs of [0, 50, 500, null]) {
      await run('docs-style', connections, { latencyMs });
      await run('relay', connections, { latencyMs });
    }
  }
}

function medianOf(key: string, figure: 'perSecond' | 'p50' | 'p95' | 'p99' | 'cpuMsPerWebhook') {
  return median((measured.get(key) ?? []).map((load) => load[figure]));
}

for (const [key, loads] of measured) {
  const rates = loads.map((load) => load.perSecond);
  const times = (['p50', 'p95', 'p99'] as const).map((name) => `${name} ${medianOf(key, name)}`);
  const failed = loads.reduce((sum, load) => sum + load.failed, 0);
  const rateText = `${median(rates)}/s (${Math.min(...rates)} to ${Math.max(...rates)})`;
  const cpuText = `CPU ${medianOf(key, 'cpuMsPerWebhook')} ms`;
  row(key, `${rateText}, ${times.join(' ')} ms, ${cpuText}, not 2xx ${failed}`);
}

const rate = (name: WorkerName, connections: number, about: At) =>
  medianOf(keyOf(name, connections, about), 'perSecond');

for (const connections of [16, 64]) {
  const two = rate('floor', connections, { latencyMs: 0, kind: 'stripe new' });
  for (const kind of STRIPE) {
    const ours = rate('relay', connections, { latencyMs: 0, kind });
    row(
      `ours / an insert in each of two objects, ${kind}, ${connections}`,
      ratio(ours, two),
      '>= 0.85x',
    );
  }
}
if (values.stripe) {
  upstream.close();
  await stages();
  process.exit();
}
for (const [connections, target] of [
  [16, '>= 8x'],
  [64, '>= 3x'],
] as const) {
  const at = { latencyMs: 50 };
  row(
    `ours / docs-style at ${connections} connections, 50 ms`,
    ratio(rate('relay', connections, at), rate('docs-style', connections, at)),
    target,
  );
  const fine = { latencyMs: 0 };
  row(
    `ours / one insert, Clerk, ${connections}`,
    ratio(rate('relay', connections, fine), rate('floor', connections, fine)),
    '>= 0.9x',
  );
}

for (const name of ['docs-style', 'relay'] as const) {
  const { sent, refusedByUs, notLanded } = await rateLimited(upstream, name, seconds);
  const figures = `of ${sent}: ${refusedByUs} not 2xx, ${notLanded} not landed`;
  row(
    `${name}: 300 webhooks/s, upstream takes 100 requests/s`,
    figures,
    name === 'relay' ? '0, 0' : '',
  );
}

const down = await answers(upstream, true, seconds);
row(
  'answer at 100/s, upstream down',
  `p50 ${down.p50} p95 ${down.p95} p99 ${down.p99} ms`,
  'p95 < 50 ms',
);
const up = await answers(upstream, false, seconds);
row('answer at 100/s, upstream up', `p50 ${up.p50} p95 ${up.p95} p99 ${up.p99} ms`);

const slow = await benchLanding();

const backlog = await drained(upstream, 20_000);
row(
  'drained under RATE_LIMIT=100',
  `${backlog.perSecond} messages/s, ${backlog.messages} in ${backlog.requests} requests, busiest second ${backlog.busiestSecond}, CPU ${backlog.cpuUs} us each`,
  '>= 10000/s, <= 104',
);

const million = await millionPending(upstream);
row(
  'a shard with 1,000,000 pending',
  `${million.memoryMb} MB (an empty workerd ${million.idleMb} MB), answers p95 ${million.p95} ms, health ${million.health}`,
);

row('bundle', `${bundleKb()} kB gzip`, '< 120 kB');
row('start-up, CPU beyond an empty Worker', `${await startUpMs(upstream)} ms`, '< 50 ms');

// A sign-up: the door calls one shard; alarms come on top, one for each upstream request.
const objectRequests = 1 + slow.requestsPer1000 / 1000;
const usage = {
  cpuMs: medianOf(keyOf('relay', 16, { latencyMs: 0 }), 'cpuMsPerWebhook'),
  objectRequests,
  // And the alarms, which SQLite does not count: one a request.
  rowsWritten: slow.rowsPerWebhook + slow.requestsPer1000 / 1000,
  objectWallMs: 10,
};
row('Durable Object requests per webhook (Clerk), alarms included', objectRequests);
row(
  'dollars per million webhooks (Clerk)',
  `$${dollarsPerMillion(usage)} = ${PRICES.workerRequest} request + ${usage.cpuMs} ms x ${PRICES.cpuMs} + ${objectRequests} x ${PRICES.objectRequest} + ${usage.rowsWritten} rows x ${PRICES.rowWritten} + 10 ms of an object at 128 MB`,
);

upstream.close();
console.log(`\n${table.toString()}\n`);
await stages();
await catchUp();
await linger();
await storage();
