// The rate limit holds over all shards, whatever their number: at the receiver no sliding second has more requests than
// the limit and one a shard, and the limit is used.

import { describe, expect, it } from 'vitest';

import { checkout, eventOf } from './events.ts';
import { createReceiver } from './receiver.ts';
import { outboxIn } from './set-up.ts';
import { createWorld } from './world.ts';

const SECONDS = 4;

/** Messages so large that a request holds 16 of them: then every shard has more requests to send than it may. */
function fill(db: { exec: (sql: string) => void }, day: number, requests: number): void {
  db.exec(`CREATE TABLE journal_${day}
    (seq INTEGER PRIMARY KEY, at INTEGER, person TEXT, removal INTEGER, messages TEXT)`);
  db.exec(`INSERT INTO journal_${day}
    WITH RECURSIVE number (n) AS
      (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < ${requests * 16})
    SELECT n, 0, 'p' || n, 0, '[{"type":"track","userId":"u","event":"e","messageId":"' ||
      hex(randomblob(13)) || '","timestamp":"2026-11-24T12:00:00.000Z","properties":{"a":"' ||
      printf('%030000d', n) || '"}}]' FROM number`);
}

async function busiestSecond(shards: number, rateLimit: number) {
  const world = createWorld(shards);
  const receiver = createReceiver(world);
  const arrivals: number[] = [];
  receiver.books.onArrival = ({ at }) => arrivals.push(at);
  const vars = { SHARDS: shards, RATE_LIMIT: rateLimit, LINGER_MS: 0 };
  const day = Math.floor(world.now() / 86_400_000);
  for (let index = 0; index < shards; index += 1) {
    const network = receiver.network;
    const object = outboxIn(world, { name: `s${index}`, network, vars: () => vars });
    await object.call(async () => undefined);
    fill(object.db, day, Math.ceil((rateLimit / shards) * SECONDS) + 1);
    // Started again, all at different moments, as shards are.
    object.die();
    world.after(world.random.between(0, 1000), () => void object.call(async () => undefined));
  }
  while (world.now() < world.startAt + SECONDS * 1000) await world.step();
  const within = (from: number) => arrivals.filter((at) => at >= from && at < from + 1000).length;
  return { most: Math.max(...arrivals.map(within)), all: arrivals.length };
}

describe('pacing', () => {
  it.each([
    [1, 20],
    [4, 100],
    [7, 50],
    [64, 100],
  ])(
    'keeps the limit with %i shards at %i requests a second, and uses it',
    async (shards, limit) => {
      const { most, all } = await busiestSecond(shards, limit);
      expect(most).toBeLessThanOrEqual(limit + shards);
      expect(all).toBeGreaterThan(limit * (SECONDS - 1.5) * 0.8);
    },
  );
});

it('sends at once what wakes a shard that had nothing left', async () => {
  const world = createWorld(1);
  const arrivals: number[] = [];
  const network = async () => {
    arrivals.push(world.now());
    return new Response('{}');
  };
  // A request in 160 ms is this shard's share.
  const vars = () => ({ SHARDS: 16, LINGER_MS: 250 });
  const object = outboxIn(world, { name: 's0', network, vars });
  const buy = (name: string) => {
    const news = { kind: 'moment', moment: checkout(name, world.now()) } as const;
    const event = eventOf(arrivals.length, news);
    return world.answered(object.call(async (code) => code.accept('user_1', event)));
  };
  await buy('first');
  await world.pass(60_000);
  object.die();
  await world.pass(60_000);
  await buy('second');
  const answeredAt = world.now();
  await world.pass(60_000);
  expect(arrivals.at(-1)).toBe(answeredAt);
});
