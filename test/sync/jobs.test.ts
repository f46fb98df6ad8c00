// One job at a time, page by page, through deaths: the sync shard on a simulated clock, with a kind of the test's own.

import { describe, expect, it } from 'vitest';

import { readConfig } from '../../src/config/config.ts';
import { openSync } from '../../src/sync/calls.ts';
import type { JobKind, PageResult } from '../../src/sync/kind.ts';
import { createObject } from '../simulation/durable-object.ts';
import { createWorld } from '../simulation/world.ts';
import { UNUSED_SHARDS } from './unused-shards.ts';

const PAGES = 7;

async function unused(): Promise<never> {
  throw new Error('not part of this test');
}

/** Counts to seven; what it answers in the place of a page may be scripted. */
function counting(script: PageResult[] = []) {
  const asked: (string | null)[] = [];
  const kind: JobKind = {
    name: 'counting',
    lists: (_, { only }) => (only === 'stripe' ? { refused: 'key_missing' } : ['numbers']),
    page: async ({ wait }, { cursor }) => {
      asked.push(cursor);
      await wait(10);
      const scripted = script.shift();
      if (scripted !== undefined) return scripted;
      const next = Number(cursor ?? 0) + 1;
      return {
        kind: 'page',
        cursor: next === PAGES ? null : String(next),
        counts: { seen: 2, total: 2 * PAGES },
      };
    },
  };
  return { kind, asked };
}

function shardWith(kind: JobKind, seed = 1, crowd = { pending: 0 }) {
  const world = createWorld(seed);
  const shards = { ...UNUSED_SHARDS, pending: async () => crowd.pending };
  const shard = createObject(world, {
    name: 'sync',
    network: unused,
    open: (platform) =>
      openSync({ platform, configured: readConfig({}), providers: [], shards, kinds: [kind] }),
  });
  const job = async () => (await shard.call(async (sync) => sync.jobs(1)))[0];
  return { world, shard, job };
}

type Shard = ReturnType<typeof shardWith>['shard'];

const begin = (shard: Shard, more = {}) =>
  shard.call(async (sync) => sync.begin({ kind: 'counting', ...more }));

/** Whoever sends a page says how long it takes. */
const SENT: JobKind = {
  name: 'counting',
  isSent: true,
  lists: () => ['numbers'],
  page: async ({ wait }, { sent }) => {
    await wait(Number(sent?.objects[0]?.['ms']));
    return { kind: 'page', cursor: sent?.cursor ?? null, counts: { seen: 1 } };
  },
};

describe('a job whose pages are sent', () => {
  it('takes nothing of a page that another sender has brought meanwhile', async () => {
    const { world, shard, job } = shardWith(SENT);
    const begun = await begin(shard);
    const { id } = begun.kind === 'begun' ? begun : { id: '' };
    const send = (from: string | null, cursor: string | null, ms: number) => {
      const page = { list: 'numbers', from, cursor, ageMs: 0, objects: [{ ms }] };
      return shard.call(async (sync) => sync.push({ id, page }));
    };
    const slow = send(null, 'a', 1000);
    const slower = send(null, 'a', 2000);
    await world.answered(send(null, 'a', 10));
    await world.answered(send('a', 'b', 10));
    // The list would begin again behind the first page.
    expect(await world.answered(slow)).toMatchObject({ cursor: 'b' });
    expect(await job()).toMatchObject({ lists: [{ seen: 2, cursor: 'b' }] });
    await world.answered(send('b', null, 10));
    expect(await job()).toMatchObject({ state: 'done' });
    // Nor is a job that is over begun again.
    await world.answered(slower);
    expect(await job()).toMatchObject({ state: 'done', lists: [{ seen: 3, isOver: true }] });
  });
});

describe('a job', () => {
  it('walks its list page by page and is done', async () => {
    const { kind, asked } = counting();
    const { world, shard, job } = shardWith(kind);
    expect((await begin(shard)).kind).toBe('begun');
    while (await world.step());
    expect(asked).toEqual([null, '1', '2', '3', '4', '5', '6']);
    expect(await job()).toMatchObject({
      state: 'done',
      problem: null,
      lists: [{ name: 'numbers', seen: 14, total: 14, isOver: true }],
    });
  });

  it('lets no second one begin beside it', async () => {
    const { shard, world } = shardWith(counting().kind);
    const first = await begin(shard);
    expect(await begin(shard)).toMatchObject({ kind: 'busy', id: 'id' in first && first.id });
    while (await world.step());
    expect((await begin(shard)).kind).toBe('begun');
  });

  it('of the cron and of the operator are two, also when they begin in one millisecond', async () => {
    // They were taken for each other, and neither was ever done.
    const { shard, world } = shardWith(counting().kind);
    await begin(shard);
    expect((await begin(shard, { byCron: true })).kind).toBe('begun');
    while (await world.step());
    const jobs = await shard.call(async (sync) => sync.jobs(9));
    expect(jobs.map(({ state, lists }) => `${state} ${lists[0]?.seen}`)).toEqual([
      'done 14',
      'done 14',
    ]);
  });

  it('is refused with the reason, and an unknown kind too', async () => {
    const { shard } = shardWith(counting().kind);
    expect(await begin(shard, { only: 'stripe' })).toEqual({
      kind: 'refused',
      reason: 'key_missing',
    });
    expect(await begin(shard, { kind: 'other' })).toEqual({
      kind: 'refused',
      reason: 'kind_unknown',
    });
  });

  it('ends by hand after the page in hand', async () => {
    const { kind, asked } = counting();
    const { world, shard, job } = shardWith(kind);
    await begin(shard);
    while (asked.length < 2) await world.step();
    await shard.call(async (sync) => sync.stop());
    while (await world.step());
    expect(asked).toHaveLength(2);
    expect(await job()).toMatchObject({ state: 'failed', problem: 'stopped' });
  });

  it('takes nothing of a page that the job before it had in hand', async () => {
    // The page of the stopped job moved the next one's cursor: it began behind people it had never read.
    const { kind, asked } = counting();
    const { world, shard, job } = shardWith(kind);
    await begin(shard);
    while (asked.length < 2) await world.step();
    await shard.call(async (sync) => sync.stop());
    expect((await begin(shard)).kind).toBe('begun');
    while (await world.step());
    expect(asked).toEqual([null, '1', null, '1', '2', '3', '4', '5', '6']);
    expect(await job()).toMatchObject({ state: 'done', lists: [{ seen: 14 }] });
  });

  it('asks for a page again until it has it, as late as it was asked to', async () => {
    const { kind, asked } = counting([
      { kind: 'retry', reason: 'rate_limited', retryAfterMs: 90_000 },
      { kind: 'retry', reason: 'unreachable', retryAfterMs: null },
    ]);
    const { world, shard, job } = shardWith(kind);
    const startedAt = world.now();
    await begin(shard);
    while (asked.length < 2) await world.step();
    expect(world.now() - startedAt).toBeGreaterThanOrEqual(90_000);
    while (await world.step());
    expect(asked.slice(0, 4)).toEqual([null, null, null, '1']);
    expect(await job()).toMatchObject({ state: 'done', attempt: 0 });
  });

  it('pauses with the reason, and goes on by itself when it is set right', async () => {
    const { kind, asked } = counting([{ kind: 'pause', problem: 'clerk_refused' }]);
    const { world, shard, job } = shardWith(kind);
    await begin(shard);
    while (asked.length < 1 || (await job())?.state === 'running') await world.step();
    expect(await job()).toMatchObject({ state: 'paused', problem: 'clerk_refused' });
    while (await world.step());
    expect(await job()).toMatchObject({ state: 'done', problem: null });
  });

  it('waits while the shards have too much to deliver', async () => {
    const full: PageResult = { kind: 'page', cursor: '1', counts: {}, pending: 1001 };
    const { kind, asked } = counting([full, { ...full, pending: 1000 }]);
    const { world, shard } = shardWith(kind);
    const startedAt = world.now();
    await begin(shard);
    while (asked.length < 2) await world.step();
    expect(world.now() - startedAt).toBeGreaterThanOrEqual(1000);
    while (asked.length < 3) await world.step();
    expect(world.now() - startedAt).toBeLessThan(2000);
  });

  it('puts nothing before a live webhook as long as they are not rid of it', async () => {
    // It only ever waited a second, so that while Customer.io was down a backfill went on by a page a second.
    const full: PageResult = { kind: 'page', cursor: '1', counts: {}, pending: 1001 };
    const { kind, asked } = counting([full]);
    const crowd = { pending: 1001 };
    const { world, shard, job } = shardWith(kind, 1, crowd);
    await begin(shard);
    const end = world.now() + 600_000;
    world.after(600_000, () => undefined);
    while (world.now() < end) await world.step();
    expect(asked).toHaveLength(1);
    expect(await job()).toMatchObject({ state: 'running' });
    crowd.pending = 1000;
    while (await world.step());
    expect(await job()).toMatchObject({ state: 'done', attempt: 0 });
  });

  it('repeats at most one page for each death, between whichever two statements', async () => {
    for (let seed = 1; seed <= 60; seed += 1) {
      const { kind, asked } = counting();
      const { world, shard, job } = shardWith(kind, seed);
      await begin(shard);
      let deaths = 0;
      while ((await job().catch(() => undefined))?.state !== 'done') {
        if (deaths < 4 && world.random.chance(0.1)) {
          deaths += 1;
          shard.dieIn(world.random.between(0, 8));
        }
        if (await world.step()) continue;
        await shard.call((sync) => sync.visit({})).catch(() => undefined);
      }
      expect(asked.length, `seed ${seed}`).toBeLessThanOrEqual(PAGES + deaths);
      expect(await job(), `seed ${seed}`).toMatchObject({ lists: [{ seen: 14 }] });
    }
  });
});
