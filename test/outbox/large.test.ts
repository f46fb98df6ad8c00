// A shard with a million undelivered entries: it accepts, drains and answers health as if it had ten, because nothing
// is read whole. The bounds are generous; what they refuse is a scan, which takes seconds.

import { performance } from 'node:perf_hooks';

import { beforeAll, describe, expect, it } from 'vitest';

import { readConfig } from '../../src/config/config.ts';
import { openOutbox } from '../../src/outbox/calls.ts';
import type { PersonEvent } from '../../src/person/news.ts';
import { createObject } from '../simulation/durable-object.ts';
import { createReceiver } from '../simulation/receiver.ts';
import { createWorld } from '../simulation/world.ts';

const ENTRIES = 1_000_000;

const world = createWorld(1);
const receiver = createReceiver(world);
const object = createObject(world, {
  name: 's0',
  network: receiver.network,
  open: (platform) => {
    const vars = { CUSTOMERIO_TRACK_TOKEN: 'key-1', CUSTOMERIO_PIPELINES_URL: 'http://p.test/v1' };
    const configured = readConfig({ ...vars, SHARDS: 1, RATE_LIMIT: 10_000 });
    return openOutbox({ platform, configured, eraseLinks: async () => undefined });
  },
});

beforeAll(async () => {
  const day = Math.floor(world.now() / 86_400_000);
  await object.call(async () => undefined);
  object.db.exec(`CREATE TABLE journal_${day}
    (seq INTEGER PRIMARY KEY, at INTEGER, person TEXT, removal INTEGER, messages TEXT)`);
  object.db.exec(`
    INSERT INTO journal_${day}
    WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < ${ENTRIES})
    SELECT n, ${world.now() - 60_000}, 'person' || (n % 50000), 0,
      '[{"type":"track","userId":"user_' || (n % 50000) || '","event":"checkout_completed",' ||
      '"messageId":"' || printf('%026d', n) || '","timestamp":"2026-11-24T12:00:00.000Z",' ||
      '"properties":{"amount":49,"plan":"pro","subscription_id":"sub_1Siwm1QEUxc7vavP"}}]'
    FROM number`);
  // As after an eviction: everything in memory is read from the tables again.
  object.die();
});

function checkout(id: string): PersonEvent {
  const moment = {
    name: 'checkout_completed',
    key: ['checkout_completed', id],
    keyAt: 1000,
    occurredAt: 1000,
    subscriptionId: null,
    properties: {},
    once: 'seen',
  } as const;
  const news = [{ kind: 'moment', moment } as const];
  return { provider: 'stripe', id, type: 'checkout', customerId: null, news };
}

/** Drives the simulated clock until the work is done. */
async function timed<Value>(work: () => Promise<Value>): Promise<{ value: Value; ms: number }> {
  const startedAt = performance.now();
  const state = { isDone: false };
  const running = work().finally(() => {
    state.isDone = true;
  });
  while (!state.isDone && (await world.step())) {
    // Each step may be the last that the work was waiting for.
  }
  return { value: await running, ms: performance.now() - startedAt };
}

describe('a shard with a million entries pending', () => {
  it('wakes, accepts and answers health in no time', async () => {
    const woken = await timed(() => object.call(async (code) => code.health()));
    expect(woken.value.pending).toBe(ENTRIES);
    expect(woken.value.lagMs).toBeGreaterThanOrEqual(60_000);
    expect(woken.ms).toBeLessThan(250);
    const accepted = await timed(() =>
      object.call((code) => code.accept('user_1', checkout('cs_1'))),
    );
    expect(accepted.value.outcome).toBe('accepted');
    expect(accepted.ms).toBeLessThan(250);
    const swept = await timed(() => object.call((code) => code.sweep()));
    expect(swept.ms).toBeLessThan(250);
  });

  it('drains batch after batch at the same pace, holding one batch at a time', async () => {
    const before = receiver.landed.size;
    const startedAt = performance.now();
    while (receiver.landed.size < before + 20_000) await world.step();
    const seconds = (performance.now() - startedAt) / 1000;
    expect(seconds).toBeLessThan(10);
    expect(receiver.books.requests).toBeLessThanOrEqual(50);
  });

  it('plans no statement as a scan of a table that grows', () => {
    const day = Math.floor(world.startAt / 86_400_000);
    const statements = [
      `SELECT * FROM journal_${day} WHERE seq > 5 ORDER BY seq LIMIT 50`,
      `SELECT MAX(seq) AS newest FROM journal_${day}`,
      `SELECT person FROM people WHERE id = 'a'`,
      `SELECT * FROM parked WHERE seq > 5 ORDER BY seq LIMIT 50`,
    ];
    for (const statement of statements) {
      const plan = object.db.prepare(`EXPLAIN QUERY PLAN ${statement}`).all();
      const details = plan.map((row) => String(row['detail'])).join('; ');
      expect(`${statement}: ${details}`).toMatch(/: SEARCH/);
      expect(`${statement}: ${details}`).not.toMatch(/SCAN|TEMP B-TREE/);
    }
  });
});
