// What a queue is known by, and that it goes with its last event, is kept by triggers: after any statement about any table it is what
// looking would say. And the sweep takes what is past in slices.

import { describe, expect, it } from 'vitest';

import { openLinksTables } from '../../src/links/tables/tables.ts';
import type { LinksTables } from '../../src/links/tables/tables.ts';
import { createWorld } from '../simulation/world.ts';
import { checkout, claim } from '../support/person-events.ts';
import { simulatedShard } from './simulated-shard.ts';

const DAY = 86_400_000;

/** What is noted of each queue, beside what looking says. */
const LOOKED = `SELECT key, known, (key IN (SELECT customer FROM links) OR key IN (SELECT charge FROM charges)
  OR key IN (SELECT customer FROM hints)
  OR (SELECT user_id FROM waiting WHERE waiting.key = queues.key ORDER BY seq LIMIT 1) IS NOT NULL) AS looked,
  key IN (SELECT key FROM waiting) AS held FROM queues`;

const link = (customerId: string) => ({
  customerId,
  userId: 'u',
  erased: null,
  asOf: 1,
  version: 1,
  source: 'operator',
});
function keep({ waiting, queues }: LinksTables, key: string, turn: number): void {
  const event = { ...checkout('cus', String(turn)), id: `e${turn}`, named: 'n' };
  waiting.keep({ key, at: turn, userId: turn % 2 === 0 ? 'u' : null, event });
  if (queues.find(key) === null) queues.save({ key, nextAt: turn, attempt: 0, why: 'w' });
}

const ACTS: readonly ((tables: LinksTables, key: string, turn: number) => void)[] = [
  ({ links }, each) => links.save(link(each)),
  ({ links }, each) => links.remove(each),
  ({ hints }, each) =>
    hints.save({ customerId: each, userId: 'u', email: null, asOf: 1, source: 'typed' }),
  ({ hints }, each) => hints.remove(each),
  ({ hints }) => hints.removeNaming('u'),
  ({ charges }, each) => charges.save(each, 'cus', 1),
  keep,
  ({ waiting }, each) => {
    const first = waiting.first(each);
    if (first !== null) waiting.remove(first);
  },
  ({ waiting }) => void waiting.name('n', 'u'),
  ({ waiting }, each) => void waiting.purge(each),
  ({ waiting }) => void waiting.purgeNaming('u'),
  ({ waiting }, each, turn) => void waiting.expire(each, turn, 1),
  ({ queues }, each) => queues.ageAgain(each),
];

/** Every three of them, by their numbers. */
function threeActs(): number[][] {
  const all = [...ACTS.keys()];
  return all.flatMap((a) => all.flatMap((b) => all.map((c) => [a, b, c])));
}

function open() {
  const world = createWorld(3);
  const object = simulatedShard(world, { lookUp: null, findUser: null });
  const tables = openLinksTables(
    (query, ...bindings) => object.db.prepare(query).all(...bindings),
    {
      shardCount: 1,
    },
  );
  return { world, object, tables };
}

describe('the queues of the waiting room', () => {
  it('know what looking would say, after any three statements, and hold something', async () => {
    const { object, tables } = open();
    await object.call(async () => undefined);
    const wrong: string[] = [];
    for (const acts of threeActs()) {
      for (const table of ['waiting', 'queues', 'links', 'hints', 'charges']) {
        object.db.exec(`DELETE FROM ${table}`);
      }
      keep(tables, 'a', 1);
      for (const [turn, index] of acts.entries()) ACTS[index]?.(tables, 'a', turn);
      const rows = object.db.prepare(LOOKED).all();
      const isTrue = rows.every(({ known, looked, held }) => known === looked && held === 1);
      if (!isTrue || tables.queues.count() !== rows.length) wrong.push(acts.join(' '));
    }
    expect(wrong).toEqual([]);
  });

  it("count no customer whose last event was a deleted person's", async () => {
    const { object } = open();
    const event = checkout('cus_2', 'a');
    await object.call(async (shard) =>
      shard.place({ customerId: 'cus_2', userId: null, claims: [], event: checkout('cus_2', 'b') }),
    );
    await object.call(async (shard) => shard.learn([claim('cus_1', 'user_1', { asOf: 1 })]));
    await object.call(async (shard) =>
      shard.place({ customerId: 'cus_2', userId: 'user_1', claims: [], event }),
    );
    const waiting = () => object.call(async (shard) => shard.health());
    expect(await waiting()).toMatchObject({ waiting: 2, waitingCustomers: 1 });
    await object.call(async (shard) => shard.erase('user_1', 1));
    expect(await waiting()).toMatchObject({ waiting: 1, waitingCustomers: 1 });
  });

  it('are told of one alone, however many have waited longer', async () => {
    const { world, object } = open();
    await object.call(async () => undefined);
    object.db.exec(`INSERT INTO waiting (key, seq, id, at, user_id, event)
      WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 6000)
      SELECT 'cus_' || (n / 2), n, 'e' || n, ${world.now()} + n, NULL, '{}' FROM number`);
    object.db.exec(`INSERT INTO queues (key, next_at, attempt, why)
      SELECT DISTINCT key, ${world.now()}, 0, 'not_looked_up' FROM waiting`);
    const waiting = (limit: number, key?: string) =>
      object.call(async (shard) =>
        shard.waiting(limit, key).map((each) => [each.key, each.events]),
      );
    expect(await waiting(1)).toEqual([['cus_0', 1]]);
    expect(await waiting(1, 'cus_2999')).toEqual([['cus_2999', 2]]);
    expect(await waiting(9, 'cus_nobody')).toEqual([]);
  });

  it('lose what has waited too long, some thousand events at a visit, oldest first', async () => {
    const { world, object } = open();
    await object.call(async () => undefined);
    const at = world.now();
    object.db.exec(`INSERT INTO waiting (key, seq, id, at, user_id, event)
      WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 12000)
      SELECT 'cus_' || (n % 2), n, 'e' || n, ${at} + n, NULL, '{}' FROM number`);
    object.db.exec(`INSERT INTO queues (key, next_at, attempt, why)
      SELECT DISTINCT key, ${at}, 0, 'not_looked_up' FROM waiting`);
    const health = () => object.call(async (shard) => shard.health());
    expect(await health()).toMatchObject({ waiting: 12_000, waitingCustomers: 2 });
    await world.pass(30 * DAY + 6000);
    const left: number[] = [];
    for (let visit = 0; visit < 3; visit += 1) {
      await object.call(async (shard) => shard.sweep());
      left.push((await health()).waiting);
    }
    // Half of them are too old by now; no visit takes more than five thousand.
    expect(left).toEqual([7000, 6001, 6001]);
    expect(await health()).toMatchObject({ waitingCustomers: 2 });
  });
});

// A link that says no more than that some organization pays knew nobody, and nothing of it ever went: what waited for the
// organization was kept, and asked about every day, for ever.
it('what waits for an organization that nobody names goes like all that has waited too long', async () => {
  const world = createWorld(1);
  const object = simulatedShard(world, { lookUp: null, areOrganizationsOn: true });
  const waiting = () => object.call(async (shard) => shard.health().waiting);
  await object.call(async (shard) => {
    shard.leave({ customerId: 'cus_1', asOf: 1, of: null });
    const event = checkout('cus_1', 'a');
    shard.place({ customerId: 'cus_1', userId: null, claims: [], event });
  });
  expect(await waiting()).toBe(1);
  await object.call(async (shard) => shard.sweep());
  expect(await waiting()).toBe(1);
  world.leap(31 * DAY);
  await object.call(async (shard) => shard.sweep());
  expect(await waiting()).toBe(0);
});
