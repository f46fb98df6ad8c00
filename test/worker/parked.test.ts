// Parked things in workerd, over the admin API: looked at, replayed behind what is newer, discarded.

import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';

import type { News, PersonEvent } from '../../src/person/news.ts';
import { byContract } from './by-contract.ts';
import { app } from './relay-app.ts';
import { collectSent } from './sent.ts';

const ADMIN_TOKEN = 'an-operator-token-of-length';
const shard = () => env.OUTBOX.getByName('s0');

type Message = {
  type: string;
  event?: string;
  messageId: string;
  timestamp: string;
  traits?: object;
};

const sent = collectSent(async () => {
  takeAll();
  await runDurableObjectAlarm(shard());
  await admin('POST', '/parked/replay');
  await runDurableObjectAlarm(shard());
});

beforeEach(() => {
  sent.answer = () => Response.json({ meta: { error: 'no' } }, { status: 400 });
});

/** From now on nothing is refused. */
function takeAll(): void {
  sent.answer = () => Response.json({});
}

type Line = { id: string; reason: string; detail: string; about: string };

type Answer = {
  parked: [Line, ...Line[]];
  content: Message;
  outcome: string;
  outcomes: Record<string, number>;
};

async function admin(method: string, path: string): Promise<{ status: number; json: Answer }> {
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
  const bindings = { ...env, ADMIN_TOKEN };
  const response = await app.request(`/admin${path}`, { method, headers }, bindings);
  return {
    status: response.status,
    json: (await byContract({ method, path }, response)) as Answer,
  };
}

function event(news: News): PersonEvent {
  return { provider: 'test', id: 'msg_1', type: 'test', customerId: null, news: [news] };
}

function user(email: string, asOf: number): PersonEvent {
  const facet = { asOf, rank: 2, traits: { email } } as const;
  return event({ kind: 'user', facet, created: false, createdAt: asOf });
}

function checkout(session: string): PersonEvent {
  const moment = {
    name: 'checkout_completed',
    key: ['checkout_completed', session],
    keyAt: 1_700_000_000_000,
    occurredAt: 1_700_000_000_000,
    subscriptionId: null,
    properties: { session },
    once: 'seen',
  } as const;
  return event({ kind: 'moment', moment });
}

const newId = () => `user_${crypto.randomUUID().replaceAll('-', '')}`;

describe('parked', () => {
  it('lists what is parked without anything personal, and shows one on demand', async () => {
    const userId = newId();
    await shard().accept(userId, user('ada@example.test', 1));
    await runDurableObjectAlarm(shard());
    const { json } = await admin('GET', '/parked');
    expect(json.parked).toHaveLength(1);
    const [line] = json.parked;
    expect(line).toMatchObject({ reason: 'request_invalid', detail: 'no', about: 'identify' });
    expect(JSON.stringify(json)).not.toMatch(/example\.test|user_/);
    const one = await admin('GET', `/parked/${line.id}`);
    expect(one.json.content).toMatchObject({ userId, traits: { email: 'ada@example.test' } });
  });

  it('replays a track with its id and its time, behind what came later', async () => {
    const userId = newId();
    const session = crypto.randomUUID();
    await shard().accept(userId, checkout(session));
    await runDurableObjectAlarm(shard());
    const [{ id }] = (await admin('GET', '/parked')).json.parked;
    const parked = (await admin('GET', `/parked/${id}`)).json.content;
    takeAll();
    await shard().accept(userId, checkout(`${session}-later`));
    expect((await admin('POST', `/parked/${id}/replay`)).json).toEqual({ outcome: 'replayed' });
    await runDurableObjectAlarm(shard());
    expect(sent.messages.map((each) => each['messageId']).at(-1)).toBe(parked.messageId);
    expect(sent.messages.at(-1)).toEqual(parked);
    expect(sent.messages).toHaveLength(2);
    expect((await admin('POST', `/parked/${id}/replay`)).status).toBe(404);
  });

  it('makes a replayed identify from the facets as they are now', async () => {
    const userId = newId();
    await shard().accept(userId, user('old@example.test', 1));
    await runDurableObjectAlarm(shard());
    takeAll();
    await shard().accept(userId, user('new@example.test', 2));
    await runDurableObjectAlarm(shard());
    const [{ id }] = (await admin('GET', '/parked')).json.parked;
    await admin('POST', `/parked/${id}/replay`);
    await runDurableObjectAlarm(shard());
    expect(sent.messages.map(({ traits }) => traits)).toEqual([
      { email: 'new@example.test', plan: null },
      { email: 'new@example.test', plan: null },
    ]);
    const [first, second] = sent.messages.map(({ timestamp }) =>
      Math.floor(Date.parse(String(timestamp)) / 1000),
    );
    expect(second).toBeGreaterThan(first ?? 0);
  });

  it('sends nothing of a person who was deleted after the parking', async () => {
    const userId = newId();
    await shard().accept(userId, checkout(crypto.randomUUID()));
    await runDurableObjectAlarm(shard());
    const [{ id }] = (await admin('GET', '/parked')).json.parked;
    await shard().accept(userId, event({ kind: 'deleted', occurredAt: 3 }));
    expect((await admin('POST', `/parked/${id}/replay`)).status).toBe(404);
    takeAll();
    await runDurableObjectAlarm(shard());
    expect(sent.messages.map((each) => each['event'])).toEqual(['User Deleted']);
  });

  it('discards, and answers 404 for what is not there', async () => {
    await shard().accept(newId(), checkout(crypto.randomUUID()));
    await runDurableObjectAlarm(shard());
    const [{ id }] = (await admin('GET', '/parked')).json.parked;
    expect((await admin('DELETE', `/parked/${id}`)).json).toEqual({ outcome: 'discarded' });
    for (const wrong of [id, 's9-1', 's0-99999', 'nonsense']) {
      expect((await admin('DELETE', `/parked/${wrong}`)).status).toBe(404);
    }
    expect((await admin('GET', '/parked')).json.parked).toEqual([]);
  });

  it('keeps an event that nobody can read yet, and reads it again after a fix', async () => {
    const id = crypto.randomUUID();
    const problems = ['data.id: expected string'];
    const unreadable = { type: 'user.updated', data: { id: 7 } };
    const body = JSON.stringify(unreadable);
    await shard().parkEvent({ provider: 'clerk', id, type: 'user.updated', body, problems });
    const [{ id: parkedId }] = (await admin('GET', '/parked')).json.parked;
    expect((await admin('POST', `/parked/${parkedId}/replay`)).json.outcome).toBe('unreadable');
    // As if a fix had come: the same row, with a body that today's schema can read.
    const userId = newId();
    const readable = { type: 'user.deleted', object: 'event', data: { id: userId, deleted: true } };
    const content = JSON.stringify({
      provider: 'clerk',
      id,
      type: 'x',
      body: JSON.stringify(readable),
    });
    await runInDurableObject(shard(), (_, state) => {
      state.storage.sql.exec('UPDATE parked SET content = ?', content);
    });
    takeAll();
    expect((await admin('POST', `/parked/${parkedId}/replay`)).json.outcome).toBe('replayed');
    await runDurableObjectAlarm(shard());
    expect(sent.messages.map((each) => each['event'])).toEqual(['User Deleted']);
    expect((await admin('GET', '/parked')).json.parked).toEqual([]);
  });

  it('does not exist without a token', async () => {
    expect((await app.request('/admin/parked', {}, env)).status).toBe(404);
  });
});
