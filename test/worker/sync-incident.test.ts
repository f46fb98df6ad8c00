// A provider that answers 500 for ever, in workerd: the job says that it stands, the cron's visit tells it once, and that it is
// over when the provider is back.

import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeEach, expect, it, vi } from 'vitest';

import { Sync } from '../../src/sync/sync.ts';
import { sweep } from '../../src/watch/sweep.ts';
import { collectSent } from './sent.ts';
import { stillClock } from './still-clock.ts';

const ALERTS = 'https://alerts.test/secret-path';
const CLERK = 'https://clerk.test';
const KEYS = { CLERK_SECRET_KEY: 'sk_test_of_clerk', CLERK_API_URL: CLERK };

/** The longest that the backoff waits, or a pause. */
const WAIT_MS = 301_000;

const sent = collectSent();
stillClock();
let isDown = true;

beforeEach(async () => {
  await env.OUTBOX.getByName('layout').layout({ shards: 1, jurisdiction: null });
  isDown = true;
  sent.answer = ({ url }) => {
    if (url.origin !== CLERK) return Response.json({});
    if (isDown) return Response.json({ errors: [] }, { status: 500 });
    if (url.pathname === '/v1/instance') return Response.json({ id: 'ins_1' });
    if (url.pathname === '/v1/users') return Response.json([]);
    return Response.json({ data: [], total_count: 0 });
  };
});

const shard = () => env.SYNC.getByName('sync');
const questions = () => sent.requests.filter(({ url }) => url.origin === CLERK).length;

function alerts(): unknown[] {
  return sent.requests.filter(({ url }) => url.href === ALERTS).map(({ body }) => body['text']);
}

/** The shard as it is with a key of Clerk's, over the same storage. */
function withKeys(work: (sync: Sync) => Promise<unknown>): Promise<unknown> {
  return runInDurableObject(shard(), async (_, state) =>
    work(new Sync(state, { ...env, ...KEYS })),
  );
}

async function ring(times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    vi.mocked(Date.now).mockReturnValue(Date.now() + WAIT_MS);
    await withKeys((sync) => sync.alarm());
  }
}

function visit(): Promise<void> {
  return sweep({ ...env, ALERT_WEBHOOK_URL: ALERTS } as Cloudflare.Env, Date.now());
}

it('is told once as an incident, from the twelfth try in a row on, and once that it is over', async () => {
  await withKeys((sync) => sync.begin({ kind: 'backfill', only: 'clerk' }));
  await ring(11);
  await visit();
  expect([questions(), alerts()]).toEqual([11, []]);
  await ring(1);
  await visit();
  await visit();
  expect(alerts()).toEqual([expect.stringContaining('Lifecycle Relay: ')]);
  expect((await shard().jobs(1))[0]).toMatchObject({ state: 'paused', problem: 'sync_unanswered' });
  isDown = false;
  await ring(3);
  await visit();
  await visit();
  expect((await shard().jobs(1))[0]).toMatchObject({ state: 'done', problem: null });
  expect(alerts()).toEqual([expect.any(String), 'Lifecycle Relay: over: sync_unanswered']);
});
