// What waiting for company costs and saves: requests per 1,000 webhooks and how soon they land, one shard, on the simulated
// clock. Webhooks come by chance; the figures are the same on every machine.

import Table from 'cli-table3';

import { checkout, eventOf } from '../simulation/events.ts';
import { outboxIn } from '../simulation/set-up.ts';
import { createWorld } from '../simulation/world.ts';

type Stream = {
  readonly upstreamMs: number;
  readonly perSecond: number;
  readonly webhooks: number;
  /** Its share of the rate is one of so many. */
  readonly shards: number;
  /** Rarer than an object is kept in memory: each wakes it. */
  readonly isAsleep?: true;
};

/** 100 a second over four shards are 25 for one. */
const STREAMS: readonly Stream[] = [
  { upstreamMs: 20, perSecond: 25, webhooks: 5000, shards: 4 },
  { upstreamMs: 50, perSecond: 25, webhooks: 5000, shards: 4 },
  { upstreamMs: 200, perSecond: 25, webhooks: 5000, shards: 4 },
  { upstreamMs: 20, perSecond: 0.5, webhooks: 300, shards: 4 },
  { upstreamMs: 20, perSecond: 0.02, webhooks: 300, shards: 16, isAsleep: true },
];

/** Prints one row for each stream. */
export async function linger(): Promise<void> {
  const head = ['upstream', 'webhooks a second', 'requests per 1,000', 'landed p50', 'p95', 'p99'];
  const table = new Table({ head, style: { head: [], border: [] } });
  for (const stream of STREAMS) {
    const { requests, landedMs } = await streamed(stream);
    const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => percentile(landedMs, share));
    const { upstreamMs, perSecond, webhooks } = stream;
    const per1000 = Math.round((requests * 1000) / webhooks);
    table.push([
      `${upstreamMs} ms`,
      `${perSecond}${stream.isAsleep ? ', evicted between' : ''}`,
      per1000,
      `${p50} ms`,
      `${p95} ms`,
      `${p99} ms`,
    ]);
  }
  console.log(`one shard, LINGER_MS 250\n${table.toString()}`);
}

export async function streamed({ upstreamMs, perSecond, webhooks, shards, isAsleep }: Stream) {
  const world = createWorld(3);
  const sentAt = new Map<string, number>();
  const landedMs: number[] = [];
  let requests = 0;
  const object = outboxIn(world, {
    name: 's0',
    network: async (_, __, init) => {
      requests += 1;
      await world.wait(upstreamMs / 2);
      for (const name of namesIn(String(init.body))) {
        landedMs.push(world.now() - (sentAt.get(name) ?? 0));
      }
      await world.wait(upstreamMs / 2);
      return new Response('{}');
    },
    vars: () => ({ SHARDS: shards }),
  });
  let ms = 1000;
  for (let index = 0; index < webhooks; index += 1) {
    ms -= (Math.log(1 - world.random.next()) * 1000) / perSecond;
    world.after(ms, () => {
      const name = `visit-${index}`;
      sentAt.set(name, world.now());
      if (isAsleep === true) object.die();
      const event = eventOf(index, { kind: 'moment', moment: checkout(name, world.now()) });
      void object.call((code) => code.accept(`user_${index}`, event));
    });
  }
  while (landedMs.length < webhooks) await world.step();
  return { requests, landedMs };
}

export function percentile(all: readonly number[], share: number): number {
  const sorted = all.toSorted((a, b) => a - b);
  return Math.round(sorted[Math.floor(sorted.length * share)] ?? 0);
}

type Sent = { readonly properties?: { readonly webhook?: string } };

/** What the messages of one request say of themselves. */
export function namesIn(body: string): readonly string[] {
  const json = JSON.parse(body) as Sent & { readonly batch?: readonly Sent[] };
  return (json.batch ?? [json]).flatMap(({ properties }) => properties?.webhook ?? []);
}
