// The Outbox shard in workerd: stored before accepted, delivered from the alarm alone, in order, once.

import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';

import type { News, PersonEvent } from '../../src/person/news.ts';
import { collectSent } from './sent.ts';
import { stillClock } from './still-clock.ts';

const sent = collectSent();
stillClock();

const NOW = Date.now();

function user(id: string, traits: Record<string, string>, asOf = NOW): PersonEvent {
  const news: News = {
    kind: 'user',
    facet: { asOf, rank: 0, traits },
    created: true,
    createdAt: NOW,
  };
  return { provider: 'clerk', id, type: 'user.created', customerId: null, news: [news] };
}

function gone(): PersonEvent {
  const news: News = { kind: 'deleted', occurredAt: NOW };
  return { provider: 'clerk', id: 'msg_x', type: 'user.deleted', customerId: null, news: [news] };
}

function checkout(session: string, occurredAt = NOW): PersonEvent {
  const moment = {
    name: 'checkout_completed',
    key: ['checkout_completed', session],
    keyAt: NOW,
    occurredAt,
    subscriptionId: null,
    properties: {},
    once: 'seen',
  } as const;
  const news: News[] = [{ kind: 'moment', moment }];
  return { provider: 'stripe', id: session, type: 'checkout', customerId: null, news };
}

function shard() {
  return env.OUTBOX.getByName(crypto.randomUUID());
}

async function rowsWritten(stub: ReturnType<typeof shard>): Promise<number> {
  const { counters } = await stub.health();
  return counters.rowsWritten;
}

describe('Outbox', () => {
  it('delivers one identify and one track, the identify first', async () => {
    const stub = shard();
    await stub.accept('user_1', user('msg_1', { email: 'a@example.test' }));
    expect(sent.requests).toEqual([]);
    expect(await runDurableObjectAlarm(stub)).toBe(true);
    expect(sent.requests.map(({ url }) => url.pathname)).toEqual(['/v1/batch']);
    expect(sent.messages.map(({ type }) => type)).toEqual(['identify', 'track']);
    expect((await stub.health()).pending).toBe(0);
  });

  it('accepts a replay as a duplicate and writes nothing for it', async () => {
    const stub = shard();
    await stub.accept('user_1', user('msg_1', { email: 'a@example.test' }));
    const before = await rowsWritten(stub);
    const replay = await stub.accept('user_1', user('msg_1', { email: 'a@example.test' }));
    expect(replay.outcome).toBe('duplicate');
    expect((await rowsWritten(stub)) - before).toBe(0);
  });

  it('writes three rows for a changed person, and one when only its time moves', async () => {
    const stub = shard();
    // The first accept creates the day and month tables, and arms the alarm; neither recurs.
    await stub.accept('user_0', user('msg_0', { email: 'z@example.test' }));
    const before = await rowsWritten(stub);
    await stub.accept('user_1', user('msg_1', { email: 'a@example.test' }));
    const changed = await rowsWritten(stub);
    await stub.accept('user_1', user('msg_2', { email: 'a@example.test' }, NOW + 1000));
    const unchanged = await rowsWritten(stub);
    expect(changed - before).toBe(3);
    expect(unchanged - changed).toBe(1);
  });

  it('writes two rows for a moment alone', async () => {
    const stub = shard();
    await stub.accept('user_1', checkout('cs_0'));
    const before = await rowsWritten(stub);
    await stub.accept('user_1', checkout('cs_1'));
    expect((await rowsWritten(stub)) - before).toBe(2);
  });

  it('keeps of what it has told a hash, which names nobody', async () => {
    const stub = shard();
    await stub.accept('user_1', user('msg_1', { email: 'a@example.test' }));
    const keys = await runInDurableObject(stub, (_, { storage }) => {
      const [table] = storage.sql
        .exec(`SELECT name FROM sqlite_master WHERE name GLOB 'seen_*'`)
        .toArray();
      return storage.sql.exec(`SELECT hex(key) AS key FROM ${String(table?.['name'])}`).toArray();
    });
    expect(keys).toEqual([{ key: expect.stringMatching(/^[0-9A-F]{24}$/) }]);
  });

  it('keeps accepted messages through an eviction', async () => {
    const stub = shard();
    await stub.accept('user_1', user('msg_1', { email: 'a@example.test' }));
    await evictDurableObject(stub);
    await runDurableObjectAlarm(stub);
    expect(sent.messages).toHaveLength(2);
  });

  it('waits as long as Retry-After asks, also after an eviction', async () => {
    const stub = shard();
    sent.script = [() => Response.json({}, { status: 429, headers: { 'retry-after': '120' } })];
    await stub.accept('user_1', user('msg_1', { email: 'a@example.test' }));
    await runDurableObjectAlarm(stub);
    await evictDurableObject(stub);
    await runDurableObjectAlarm(stub);
    expect(sent.requests).toHaveLength(1);
    const at = await runInDurableObject(stub, (_, state) => state.storage.getAlarm());
    expect((at ?? 0) - Date.now()).toBeGreaterThan(100_000);
    expect((await stub.health()).pending).toBe(1);
  });

  it('parks the one message that is refused, and delivers its neighbours in order', async () => {
    const stub = shard();
    await stub.accept('user_1', user('msg_1', { email: 'a@example.test' }));
    await stub.accept('user_2', user('msg_2', { email: 'b@example.test' }));
    const refused = () => Response.json({ meta: { error: 'no' } }, { status: 400 });
    // All four, the first two, then the first alone: that is the one at fault.
    sent.script = [refused, refused, refused];
    await runDurableObjectAlarm(stub);
    expect(sent.requests).toHaveLength(5);
    expect(sent.messages.map(({ userId, type }) => `${String(userId)} ${String(type)}`)).toEqual([
      'user_1 track',
      'user_2 identify',
      'user_2 track',
    ]);
    expect(await stub.health()).toMatchObject({ parked: 1, pending: 0 });
  });

  it('dates nothing after its receipt, however far a clock of the provider is ahead', async () => {
    const stub = shard();
    await stub.accept('user_1', checkout('cs_1', NOW + 365 * 86_400_000));
    await runDurableObjectAlarm(stub);
    const at = Date.parse(String(sent.messages[0]?.['timestamp']));
    expect(at).toBe(Date.now());
  });

  it('pauses for refused credentials and parks nothing', async () => {
    const stub = shard();
    sent.script = [() => Response.json({}, { status: 401 })];
    await stub.accept('user_1', user('msg_1', { email: 'a@example.test' }));
    await runDurableObjectAlarm(stub);
    expect(await stub.health()).toMatchObject({
      pause: 'credentials_invalid',
      parked: 0,
      pending: 1,
    });
  });

  it('sends nothing but the removal of a deleted person, and never brings them back', async () => {
    const stub = shard();
    await stub.accept('user_1', user('msg_1', { email: 'a@example.test' }));
    await stub.accept('user_1', gone());
    const late = await stub.accept(
      'user_1',
      user('msg_2', { email: 'b@example.test' }, NOW + 5000),
    );
    expect(late.outcome).toBe('erased');
    await runDurableObjectAlarm(stub);
    expect(sent.messages.map(({ event }) => event)).toEqual(['User Deleted']);
    const row = await runInDurableObject(stub, (_, state) =>
      state.storage.sql.exec('SELECT person FROM people').toArray(),
    );
    expect(row).toEqual([{ person: null }]);
  });
});
