// P12 against the real Worker: nothing unsigned changes stored state, and nothing is told to who has no token.

import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { afterAll, beforeAll, expect, it } from 'vitest';

import { clerkEvent, clerkUser } from '../../src/samples/clerk.ts';
import { ADMIN_TOKEN, post, startRelay, STRIPE_SECRET } from '../support/relay.ts';
import type { Relay } from '../support/relay.ts';

/** No URL of this leads anywhere: what is accepted is kept. */
const KEPT = { CUSTOMERIO_PIPELINES_URL: 'http://127.0.0.1:9/v1', CUSTOMERIO_TRACK_TOKEN: 'key' };

let relay: Relay;

beforeAll(async () => {
  relay = await startRelay({ ...KEPT, SHARDS: '2' });
});

afterAll(() => relay.close());

/** The same state under other variables, as after a deploy. */
async function redeploy(vars: Readonly<Record<string, string>>): Promise<void> {
  await relay.kill();
  relay = await startRelay({ ...KEPT, ...vars }, relay.folder);
}

function asStranger(at: string, init: RequestInit = {}): Promise<number> {
  return fetch(`${relay.url}${at}`, init).then(async (response) => {
    await response.arrayBuffer();
    return response.status;
  });
}

async function health(token?: string): Promise<{ status: number; json: Record<string, unknown> }> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const response = await fetch(`${relay.url}/healthz`, { headers });
  return { status: response.status, json: (await response.json()) as Record<string, unknown> };
}

function signUp(id: string) {
  return post(relay, 'clerk', clerkEvent('user.created', clerkUser({ id })));
}

/** Every table of ours that any Durable Object has on disk. */
function storedTables(): string[] {
  const disk = path.join(relay.folder, 'disk');
  return readdirSync(disk, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.sqlite'))
    .flatMap((file) => {
      const database = new DatabaseSync(path.join(disk, file), { readOnly: true });
      const rows = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
      database.close();
      return rows.map((row) => `${file}: ${String(row['name'])}`);
    })
    .filter((table) => !table.includes('_cf_'));
}

it('stores nothing for strangers, so that the first signed webhook finds any layout free', async () => {
  const body = JSON.stringify(clerkEvent('user.created', clerkUser()));
  const forged = { 'svix-id': 'a', 'svix-timestamp': '1', 'svix-signature': 'v1,AAAA' };
  const huge = { 'stripe-signature': `t=1${',v1=00'.repeat(1500)}` };
  const answers = await Promise.all([
    ...Array.from({ length: 200 }, () => asStranger('/healthz')),
    asStranger('/webhooks/clerk', { method: 'POST', body }),
    asStranger('/webhooks/clerk', { method: 'POST', body, headers: forged }),
    asStranger('/webhooks/stripe', { method: 'POST', body, headers: huge }),
    asStranger('/webhooks/nobody', { method: 'POST', body }),
    asStranger('/admin/status'),
    asStranger('/admin/links', {
      method: 'POST',
      body: '{"customerId":"cus_1","userId":"user_1"}',
    }),
    asStranger('/metrics'),
  ]);
  expect(answers.slice(200)).toEqual([401, 401, 401, 404, 401, 401, 401]);
  expect(new Set(answers.slice(0, 200))).toEqual(new Set([200]));
  expect((await health(ADMIN_TOKEN)).json['layout']).toBeNull();
  expect(existsSync(path.join(relay.folder, 'disk'))).toBe(true);
  expect(storedTables()).toEqual([]);

  await redeploy({ SHARDS: '3' });
  expect((await signUp('user_first')).json).toEqual({ outcome: 'accepted' });
  expect(storedTables()).not.toEqual([]);

  await redeploy({ SHARDS: '2' });
  expect(await signUp('user_second')).toMatchObject({
    status: 503,
    json: { error: 'layout_mismatch' },
  });
  expect((await health()).json).toEqual({ status: 'failing', problems: ['layout_mismatch'] });

  // Neither is set: what is stored is followed, and the same person is found.
  await redeploy({});
  const again = await signUp('user_first');
  expect({ status: again.status, ...again.json }).toEqual({ status: 200, outcome: 'duplicate' });
  expect((await health(ADMIN_TOKEN)).json['layout']).toEqual({ shards: 3, jurisdiction: null });
});

it('tells strangers codes, and what they are about only to the operator', async () => {
  await redeploy({ PLANS: '{"price_of_a_secret_plan":""}', RATE_LIMIT: 'a-secret' });
  const { json } = await health();
  expect(json).toEqual({ status: 'failing', problems: ['config_invalid'] });
  expect((await health('a-wrong-token-of-24-characters')).json).toEqual(json);
  expect((await health(ADMIN_TOKEN)).json['details']).toEqual([
    'RATE_LIMIT: expected a whole number from 1 to 10000',
    'PLANS.price_of_a_secret_plan: expected the name of a plan',
  ]);
});

it('closes a provider whose secret is too short to be one, and no other', async () => {
  await redeploy({ STRIPE_WEBHOOK_SECRET: `${STRIPE_SECRET},whsec_` });
  const stripe = await post(relay, 'stripe', { id: 'evt_1', object: 'event' });
  expect(stripe).toMatchObject({ status: 503, json: { error: 'config_invalid' } });
  expect((await signUp('user_third')).status).toBe(200);
  expect((await health()).json).toMatchObject({ problems: ['config_invalid'] });
});

it('lets the operator in with either of two tokens, and no page of another site act for them', async () => {
  const tokens = ['the-older-token-of-24-characters', 'the-newer-token-of-24-characters'];
  await redeploy({ ADMIN_TOKEN: tokens.join(', ') });
  const status = async (authorization: string, origin?: string) =>
    asStranger('/admin/parked/replay', {
      method: 'POST',
      headers: { authorization, ...(origin === undefined ? {} : { origin }) },
    });
  for (const token of tokens) expect(await status(`Bearer ${token}`)).toBe(200);
  expect(await status(`Bearer ${tokens.join(', ')}`)).toBe(401);
  for (const origin of [
    'https://elsewhere.example',
    'null',
    relay.url.replace('http:', 'https:'),
  ]) {
    expect(await status(`Bearer ${tokens[0]}`, origin)).toBe(403);
  }
  expect(await status(`Bearer ${tokens[0]}`, relay.url)).toBe(200);
});
