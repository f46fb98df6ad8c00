// GET /admin/status: why delivery is late, when something landed last, and who is held.

import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { expect, it } from 'vitest';

import { checkout, newCustomer } from '../support/person-events.ts';
import { byContract } from './by-contract.ts';
import { app } from './relay-app.ts';
import { collectSent } from './sent.ts';

const ADMIN_TOKEN = 'an-operator-token-of-length';
const shard = () => env.OUTBOX.getByName('s0');

const sent = collectSent();

async function status(): Promise<unknown> {
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
  const response = await app.request('/admin/status', { headers }, { ...env, ADMIN_TOKEN });
  const { shards } = await byContract({ method: 'GET', path: '/status' }, response);
  return (shards as readonly unknown[])[0];
}

it('says why delivery waits, and when something landed last', async () => {
  sent.answer = () => Response.json({}, { status: 503 });
  await shard().accept('user_status', checkout(newCustomer(), 'a'));
  await runDurableObjectAlarm(shard());
  expect(await status()).toMatchObject({ delay: 'upstream_unavailable', lastLandedAt: 0, held: 0 });
  sent.answer = () => Response.json({});
  await runInDurableObject(shard(), (_, state) => {
    state.storage.sql.exec(
      `UPDATE state SET value = json_set(value, '$.notBefore', 0) WHERE name = 'delivery'`,
    );
  });
  await evictDurableObject(shard());
  await runDurableObjectAlarm(shard());
  expect(await status()).toMatchObject({ delay: null, lastLandedAt: expect.any(Number) });
  expect((await shard().health()).lastLandedAt).toBeGreaterThan(0);
});

it('names who is held, those who are held longest first', async () => {
  await shard().health();
  await runInDurableObject(shard(), (_, state) => {
    for (const [person, at, userId] of [
      ['hash_b', 2, 'user_b'],
      ['hash_a', 1, 'user_a'],
    ] as const) {
      state.storage.sql.exec(
        `INSERT INTO holds (person, at, next_at, attempt, failures, failed_at, slice)
          VALUES (?, ?, 4102444800000, 1, 1, 1, 1)`,
        person,
        at,
      );
      const message = JSON.stringify({ type: 'identify', userId, traits: {} });
      state.storage.sql.exec(
        'INSERT INTO held (person, seq, part, message) VALUES (?, 1, 0, ?)',
        person,
        message,
      );
    }
  });
  await evictDurableObject(shard());
  expect(await status()).toMatchObject({
    held: 2,
    heldPeople: [
      { userId: 'user_a', since: 1 },
      { userId: 'user_b', since: 2 },
    ],
  });
});
