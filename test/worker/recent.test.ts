// GET /admin/recent, through the door: what came in, what became of it, and when it has landed.

import { evictDurableObject, runDurableObjectAlarm } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { expect, it } from 'vitest';

import { clerkEvent, clerkUser } from '../../src/samples/clerk.ts';
import { signClerk } from '../../src/samples/sign-clerk.ts';
import { byContract } from './by-contract.ts';
import { app } from './relay-app.ts';
import { collectSent } from './sent.ts';

const ADMIN_TOKEN = 'an-operator-token-of-length';
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const shard = () => env.OUTBOX.getByName('s0');

collectSent(async () => void (await runDurableObjectAlarm(shard())));

type Recent = {
  webhooks: { event: string; outcome: string; landing: string; landedAt: number | null }[];
  next: string;
  unanswered: string[];
};

async function recent(query = ''): Promise<Recent> {
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
  const path = `/recent${query}`;
  const response = await app.request(`/admin${path}`, { headers }, { ...env, ADMIN_TOKEN });
  expect(response.status).toBe(200);
  return (await byContract({ method: 'GET', path }, response)) as Recent;
}

async function send(id: string, type: string, object: object): Promise<void> {
  const body = JSON.stringify(clerkEvent(type, { ...object }));
  const headers = signClerk(body, { secret: SECRET, id });
  const response = await app.request('/webhooks/clerk', { method: 'POST', body, headers }, env);
  expect(response.status).toBe(200);
}

it('tells every outcome once, and then only what is new or has landed', async () => {
  const user = clerkUser();
  await send('msg_a', 'user.created', user);
  const first = await recent();
  expect(first.webhooks).toMatchObject([
    {
      provider: 'clerk',
      event: 'msg_a',
      type: 'user.created',
      outcome: 'accepted',
      userId: user.id,
      told: ['identify', 'user_created'],
      landing: 'pending',
    },
  ]);
  await send('msg_a', 'user.created', user);
  await send('msg_b', 'user.created', { id: 7 });
  await send('msg_c', 'nothing.wants_this', {});
  await runDurableObjectAlarm(shard());
  const second = await recent(`?after=${first.next}`);
  expect(second.webhooks).toMatchObject([
    { event: 'msg_a', outcome: 'accepted', landing: 'landed', landedAt: expect.any(Number) },
    { event: 'msg_a', outcome: 'duplicate', landing: 'none' },
    { event: 'msg_b', outcome: 'parked', reason: 'object_unexpected', userId: null },
    { event: 'msg_c', outcome: 'ignored', reason: 'event_type_unmapped' },
  ]);
  expect((await recent(`?after=${second.next}`)).webhooks).toEqual([]);
  expect((await recent('?limit=1')).webhooks).toMatchObject([{ event: 'msg_c' }]);
});

it('writes nothing, and begins anew with the shard', async () => {
  await send('msg_d', 'user.updated', clerkUser());
  await runDurableObjectAlarm(shard());
  const { counters } = await shard().health();
  const before = await recent();
  await send('msg_e', 'nothing.wants_this', {});
  await recent(`?after=${before.next}`);
  expect((await shard().health()).counters.rowsWritten).toBe(counters.rowsWritten);
  await evictDurableObject(shard());
  expect((await recent(`?after=${before.next}`)).webhooks).toEqual([]);
  await send('msg_f', 'nothing.wants_this', {});
  expect((await recent(`?after=${before.next}`)).webhooks).toMatchObject([{ event: 'msg_f' }]);
});

it('tells what there is where a shard does not answer, and where to go on', async () => {
  await send('msg_g', 'nothing.wants_this', {});
  const { next } = await recent();
  const before = {
    getByName: () => ({ recent: () => Promise.reject(new Error('no such method')) }),
  };
  const OUTBOX = new Proxy(env.OUTBOX, {
    get: (target, name) =>
      name === 'getByName'
        ? (shardName: string) =>
            shardName === 's0' ? before.getByName() : target.getByName(shardName)
        : Reflect.get(target, name),
  });
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
  const response = await app.request(
    `/admin/recent?after=${next}`,
    { headers },
    { ...env, OUTBOX, ADMIN_TOKEN },
  );
  expect(await response.json()).toEqual({ webhooks: [], next, unanswered: ['s0'] });
});
