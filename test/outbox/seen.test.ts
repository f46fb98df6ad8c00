// Seen keys are twelve bytes of a hash: what is new must never be taken for something that was told.

import { DatabaseSync } from 'node:sqlite';

import { expect, it } from 'vitest';

import { platformOver } from '../../src/cli/node-sqlite.ts';
import { momentKey, openSeen, SEEN } from '../../src/outbox/people/seen.ts';
import { migrate } from '../../src/platform/migrations.ts';
import { countingRun } from '../../src/platform/sql.ts';

const NOW = Date.UTC(2026, 10, 24);
const KEYS = 5000;

it('takes no new moment for one that was told, and keeps twelve bytes of each', () => {
  const db = new DatabaseSync(':memory:');
  const platform = platformOver(db);
  const run = countingRun(platform.sql, () => undefined);
  migrate(run, platform.transaction, [SEEN]);
  const seen = openSeen(run);
  for (let index = 0; index < KEYS; index += 1) {
    const key = momentKey(['checkout_completed', `cs_${index}`]);
    expect([index, seen.has(key, NOW)]).toEqual([index, false]);
    seen.remember(key, NOW);
    expect(seen.has(key, NOW)).toBe(true);
  }
  const [name] = db.prepare(`SELECT name FROM sqlite_master WHERE name GLOB 'seen_*'`).all();
  const query = `SELECT COUNT(*) AS keys, MIN(LENGTH(key)) AS least, MAX(LENGTH(key)) AS most FROM ${String(name?.['name'])}`;
  expect({ ...db.prepare(query).get() }).toEqual({ keys: KEYS, least: 12, most: 12 });
});
