// npm run bench -- --catch-up: 6,000 webhooks pending on one shard, and a Customer.io that is not well: how many people's
// messages have landed after ten minutes and after an hour. The real code on the simulated clock, so it takes seconds.

import Table from 'cli-table3';

import { checkout, eventOf } from '../simulation/events.ts';
import { outboxIn } from '../simulation/set-up.ts';
import { createWorld } from '../simulation/world.ts';
import type { World } from '../simulation/world.ts';
import { namesIn } from './linger.ts';

const PENDING = 6000;
const MINUTE_MS = 60_000;

type Names = readonly string[];

/** What becomes of one request; `number` counts requests from 1. */
type Behaviour = (about: {
  readonly world: World;
  readonly names: Names;
  readonly number: number;
}) => Promise<Response>;

const said = (status: number, headers: Readonly<Record<string, string>> = {}) =>
  new Response('{}', { status, headers });

const BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  'well, 50 ms': async ({ world }) => {
    await world.wait(50);
    return said(200);
  },
  'over 100 messages time out': async ({ world, names }) => {
    await world.wait(names.length > 100 ? 60_000 : 200);
    return said(200);
  },
  '1 poison in 300': async ({ world, names }) => {
    await world.wait(50);
    return said(names.some((name) => name.startsWith('poison')) ? 500 : 200);
  },
  '20 % errors': async ({ world }) => {
    await world.wait(50);
    return said(world.random.chance(0.2) ? 503 : 200);
  },
  '2 s answers': async ({ world }) => {
    await world.wait(2000);
    return said(200);
  },
  'every third a 429': async ({ world, number }) => {
    await world.wait(50);
    return number % 3 === 0 ? said(429, { 'retry-after': '1' }) : said(200);
  },
};

type Row = { readonly after10: number; readonly after60: number; readonly requests: number };

/** Prints one row for each behaviour. */
export async function catchUp(): Promise<void> {
  const head = [
    'Customer.io',
    'landed after 10 min',
    'after 1 h',
    'healthy',
    'requests',
    'per 1,000 landed',
  ];
  const table = new Table({ head, style: { head: [], border: [] } });
  for (const [name, behaviour] of Object.entries(BEHAVIOURS)) {
    const { after10, after60, requests } = await caughtUp(behaviour);
    const healthy = name.includes('poison') ? PENDING - PENDING / 300 : PENDING;
    const per1000 = Math.round((requests * 1000) / after60);
    table.push([name, after10, after60, healthy, requests, per1000]);
  }
  console.log(`${PENDING} pending on one shard of sixteen, RATE_LIMIT 100\n${table.toString()}`);
}

async function caughtUp(behaviour: Behaviour): Promise<Row> {
  const world = createWorld(1);
  const landed = new Set<string>();
  const state = { requests: 0, isDown: true };
  const object = outboxIn(world, {
    name: 's0',
    network: async (_, __, init) => {
      if (state.isDown) throw new Error('down');
      state.requests += 1;
      const names = namesIn(String(init.body));
      const answer = await inTime(behaviour({ world, names, number: state.requests }), init);
      if (answer.ok) for (const name of names) landed.add(name);
      return answer;
    },
    vars: () => ({}),
  });
  // They come while it is down, and it begins to answer when all are there.
  for (let index = 0; index < PENDING; index += 1) {
    const name = `${index % 300 === 150 ? 'poison' : 'visit'}-${index}`;
    const event = eventOf(index, { kind: 'moment', moment: checkout(name, world.now()) });
    void object.call((code) => code.accept(`user_${index}`, event));
  }
  await world.pass(MINUTE_MS);
  state.isDown = false;
  await world.pass(10 * MINUTE_MS);
  const after10 = landed.size;
  await world.pass(50 * MINUTE_MS);
  return { after10, after60: landed.size, requests: state.requests };
}

/** A request that is given up is not taken either. */
function inTime(answer: Promise<Response>, { signal }: RequestInit): Promise<Response> {
  return new Promise((resolve, reject) => {
    signal?.addEventListener('abort', () => reject(new Error('aborted')));
    answer.then(resolve, reject);
  });
}
