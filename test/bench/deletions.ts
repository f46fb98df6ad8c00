// npm run bench -- --deletions: how soon live webhooks land while ten thousand people are deleted, and without that. One shard of
// sixteen, on the simulated clock, so that the figures are the same on every machine: what is measured is who waits for whom.

import Table from 'cli-table3';

import { checkout, eventOf } from '../simulation/events.ts';
import { outboxIn } from '../simulation/set-up.ts';
import { createWorld } from '../simulation/world.ts';
import { namesIn, percentile } from './linger.ts';

const PEOPLE = 10_000;
const MINUTE_MS = 60_000;
const LIVE_PER_SECOND = 6;
/** Of Customer.io, of a links shard that forgets a hundred, of an outbox shard that looks through a page. */
const [UPSTREAM_MS, LINKS_MS, PAGE_MS] = [50, 30, 10];

export async function deletions(): Promise<void> {
  const head = ['deletions within a minute', 'live landed p50', 'p95', 'slowest', 'all done after'];
  const table = new Table({ head, style: { head: [], border: [] } });
  for (const deleted of [0, 1000, PEOPLE]) {
    const { landedMs, doneMs } = await live(deleted);
    const [p50, p95] = [0.5, 0.95].map((share) => percentile(landedMs, share));
    table.push([
      deleted,
      `${p50} ms`,
      `${p95} ms`,
      `${Math.round(Math.max(...landedMs))} ms`,
      deleted === 0 ? '' : `${doneMs / 1000} s`,
    ]);
  }
  const live6 = `${LIVE_PER_SECOND} live webhooks a second`;
  console.log(`one shard of sixteen, ${live6}, LINGER_MS 250\n${table.toString()}`);
}

async function live(deleted: number) {
  const world = createWorld(1);
  const sentAt = new Map<string, number>();
  const landedMs: number[] = [];
  const object = outboxIn(world, {
    name: 's0',
    vars: () => ({ SHARDS: 16, LINGER_MS: 250 }),
    network: async (_, __, init) => {
      await world.wait(UPSTREAM_MS);
      for (const name of namesIn(String(init.body))) {
        const at = sentAt.get(name);
        if (at !== undefined) landedMs.push(world.now() - at);
      }
      return new Response('{}');
    },
    eraseLinks: async (erased) => {
      await world.wait(LINKS_MS);
      return erased.map(({ userId }) => [`cus_${userId}`]);
    },
    forgetParked: async () => {
      await world.wait(PAGE_MS);
      return null;
    },
  });
  const tell = (userId: string, name: string) => {
    const event = eventOf(0, { kind: 'moment', moment: checkout(name, world.now()) });
    return object.call((code) => code.accept(userId, { ...event, id: name }));
  };
  const people = Array.from({ length: PEOPLE }, (_, index) =>
    tell(`user_${index}`, `before-${index}`),
  );
  await world.answered(Promise.all(people));
  await world.pass(5 * MINUTE_MS);
  const begunAt = world.now();
  for (let index = 0; index < deleted; index += 1) {
    world.after((index * MINUTE_MS) / deleted, () => {
      const event = eventOf(index, { kind: 'deleted', occurredAt: world.now() });
      void object.call((code) => code.accept(`user_${index}`, event));
    });
  }
  for (let index = 0; index < LIVE_PER_SECOND * 60; index += 1) {
    world.after((index * 1000) / LIVE_PER_SECOND, () => {
      sentAt.set(`live-${index}`, world.now());
      void tell(`live_${index}`, `live-${index}`);
    });
  }
  await world.pass(MINUTE_MS);
  const left = () => Number(object.db.prepare('SELECT COUNT(*) AS n FROM erasures').get()?.['n']);
  while (left() > 0) await world.pass(1000);
  return { landedMs, doneMs: world.now() - begunAt };
}
