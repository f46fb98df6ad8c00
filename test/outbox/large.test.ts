// A shard with a million undelivered entries: it wakes, accepts, drains and answers health as if it had ten, because no
// table that grows is looked through: SQLite's own plan of every statement says so. `npm run bench` has the milliseconds.

import { beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { readConfig } from '../../src/config/config.ts';
import { openOutbox } from '../../src/outbox/calls.ts';
import type { OutboxCalls } from '../../src/outbox/calls.ts';
import { createObject } from '../simulation/durable-object.ts';
import type { SimulatedObject } from '../simulation/durable-object.ts';
import { notingPlans } from '../simulation/plans.ts';
import { createReceiver } from '../simulation/receiver.ts';
import { createWorld } from '../simulation/world.ts';
import { nobodyTold } from '../support/nobody-told.ts';
import { checkout } from '../support/person-events.ts';

const ENTRIES = 1_000_000;

const world = createWorld(1);
const receiver = createReceiver(world);
const plans: string[] = [];
const object: SimulatedObject<OutboxCalls> = createObject(world, {
  name: 's0',
  network: receiver.network,
  open: (platform) => {
    const vars = { CUSTOMERIO_TRACK_TOKEN: 'key-1', CUSTOMERIO_PIPELINES_URL: 'https://p.test/v1' };
    const configured = readConfig({ ...vars, SHARDS: 1, RATE_LIMIT: 10_000 });
    return openOutbox({
      platform: notingPlans(platform, plans, () => object.db),
      configured,
      eraseLinks: async () => [],
      forgetParked: async () => null,
      acceptMany: nobodyTold,
    });
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

beforeEach(() => {
  plans.length = 0;
});

/** Looks through a table that grows by itself. What is parked is counted at each start: an operator keeps it small. */
function scans(): string[] {
  return [...new Set(plans)].filter((step) => /^SCAN (journal|people|seen)/.test(step));
}

describe('a shard with a million entries pending', () => {
  it('wakes and answers health without looking through a table', async () => {
    const health = await world.answered(object.call(async (code) => code.health()));
    expect(health.pending).toBe(ENTRIES);
    expect(health.lagMs).toBeGreaterThanOrEqual(60_000);
    expect(plans).not.toEqual([]);
    expect(scans()).toEqual([]);
  });

  it('accepts an event and is swept without looking through a table', async () => {
    const accepted = await world.answered(
      object.call((code) => code.accept('user_1', checkout('cus_1', 'cs_1'))),
    );
    expect(accepted.outcome).toBe('accepted');
    await world.answered(object.call((code) => code.sweep()));
    expect(plans).not.toEqual([]);
    expect(scans()).toEqual([]);
  });

  it('drains in full batches, and looks up the next one by its number', async () => {
    const before = { landed: receiver.landed.size, requests: receiver.books.requests };
    while (receiver.landed.size < before.landed + 20_000) await world.step();
    expect(receiver.books.requests - before.requests).toBeLessThanOrEqual(50);
    expect(plans).not.toEqual([]);
    expect(scans()).toEqual([]);
  });

  it('answers what the console asks without looking through a table', async () => {
    const seq = ENTRIES + 1;
    const looked = await world.answered(
      object.call(async (code) => ({
        ...code.look({ course: true, newest: 100, entry: seq, timeline: 'user_1' }),
        ...code.look({ known: { by: 'nobody@example.test', after: '' } }),
      })),
    );
    expect(looked.newest).toHaveLength(100);
    expect(looked.entry?.userId).toBe('user_1');
    expect(looked.timeline).toMatchObject({ kind: 'person', entries: [{ seq }] });
    expect(looked.known).toEqual({ found: [], next: null });
    expect(plans).not.toEqual([]);
    expect(scans()).toEqual([]);
  });
});
