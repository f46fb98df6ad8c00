// After a deploy an old shard may run for minutes: what the door and the cron call on it must have been there before.

import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';

import { Outbox } from '../../src/outbox/outbox.ts';
import type { PersonEvent } from '../../src/person/news.ts';

/** Since the first release: their names, arguments and answers only ever grow. */
const FIRST_RELEASE = ['accept', 'parkEvent', 'health', 'sweep', 'layout'] as const;

describe('Outbox RPC', () => {
  it('has every method of the first release', () => {
    for (const name of FIRST_RELEASE) expect(typeof Outbox.prototype[name]).toBe('function');
  });

  it('takes the arguments and gives the answers of the first release', async () => {
    const stub = env.OUTBOX.getByName(crypto.randomUUID());
    const event: PersonEvent = {
      provider: 'clerk',
      id: 'msg_1',
      type: 'user.updated',
      customerId: null,
      news: [
        {
          kind: 'user',
          facet: { asOf: 1, rank: 2, traits: { email: 'a@example.test' } },
          created: false,
          createdAt: 1,
        },
      ],
    };
    expect(await stub.accept('user_rpc', event)).toEqual({ outcome: 'accepted', messages: 1 });
    const unreadable = { provider: 'clerk', id: 'x', type: 'x', body: '{}', problems: ['x'] };
    expect(await stub.parkEvent(unreadable)).toBe('parked');
    // The first release looks at no answer of it.
    expect(await stub.sweep()).toMatchObject({ pending: 1 });
    const health = await stub.health();
    expect(health).toMatchObject({ pending: 1, parked: 1, pause: null });
    expect(health.counters).toMatchObject({ accepted: 1, delivered: 0, requests: 0 });
    const layout = { shards: 4, jurisdiction: null };
    expect(await stub.layout(layout)).toEqual(layout);
  });

  it('reads a delivery record of the first release', async () => {
    const stub = env.OUTBOX.getByName(crypto.randomUUID());
    await stub.health();
    const { runInDurableObject, evictDurableObject } = await import('cloudflare:test');
    await runInDurableObject(stub, (_, state) => {
      const old = { cursor: { seq: 0, part: 0 }, notBefore: 0, attempt: 0, lastSentAt: 0 };
      const value = JSON.stringify({
        ...old,
        pause: null,
        parkedInARow: 0,
        counters: { parked: 2 },
      });
      state.storage.sql.exec(`INSERT INTO state (name, value) VALUES ('delivery', ?)`, value);
    });
    await evictDurableObject(stub);
    const { counters, lastEventAt } = await stub.health();
    expect({ parked: counters.parked, delivered: counters.delivered, lastEventAt }).toEqual({
      parked: 2,
      delivered: 0,
      lastEventAt: {},
    });
  });
});
