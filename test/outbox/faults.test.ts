// A fault of one capability is its own: the others work on, and the alarm rings no more often than there is something to do.

import { describe, expect, it } from 'vitest';

import { readConfig } from '../../src/config/config.ts';
import { openOutbox } from '../../src/outbox/calls.ts';
import type { PersonEvent } from '../../src/person/news.ts';
import type { Platform } from '../../src/platform/platform.ts';
import { createObject } from '../simulation/durable-object.ts';
import { createWorld } from '../simulation/world.ts';
import { nobodyTold } from '../support/nobody-told.ts';
import { checkout, deletion } from '../support/person-events.ts';

const MINUTE = 60_000;
const VARS = {
  SHARDS: 1,
  LINGER_MS: 100,
  CUSTOMERIO_PIPELINES_URL: 'https://pipelines.test/v1',
  CUSTOMERIO_APP_TOKEN: 'app-key',
  CUSTOMERIO_APP_URL: 'https://app.test/v1',
  EMAILS: '{"checkout_completed":{"id":13,"every_hours":0}}',
};

/** How the one key comes that Customer.io does not take. */
const REFUSED = `Basic ${btoa('key-0:')}`;

const ADA: PersonEvent = {
  provider: 'clerk',
  id: 'msg_1',
  type: 'user.updated',
  customerId: null,
  news: [
    {
      kind: 'user',
      facet: { asOf: 1, rank: 2, traits: { email: 'ada@example.test' } },
      created: false,
      createdAt: 1,
    },
  ],
};

/** A shard on the simulated clock. Statements fail that match `broken`, and so do the links while `areLinksDown`. */
function open() {
  const world = createWorld(1);
  const state = { broken: /^$/, areLinksDown: false, areMailsLimited: false, key: 'key-1' };
  const sent = { tracks: 0, mails: 0 };
  const faults: string[] = [];
  const rings: number[] = [];
  const asked: number[] = [];

  const watched = (platform: Platform): Platform => ({
    ...platform,
    sql: {
      exec: (query, ...values) => {
        if (state.broken.test(query)) throw new Error('broken');
        return platform.sql.exec(query, ...values);
      },
    },
    log: (decision) => {
      if (decision['decision'] === 'fault') faults.push(String(decision['of']));
    },
  });

  const object = createObject(world, {
    name: 's0',
    network: async (_, url, init) => {
      const authorization = new Headers(init.headers).get('authorization');
      if (authorization === REFUSED) return new Response('{}', { status: 401 });
      const isMail = url.includes('app.test');
      if (isMail && state.areMailsLimited) {
        return new Response('{}', { status: 429, headers: { 'Retry-After': '60' } });
      }
      sent[isMail ? 'mails' : 'tracks'] += 1;
      return new Response(isMail ? '{"delivery_id":"d"}' : '{}');
    },
    open: (platform) => {
      const code = openOutbox({
        platform: watched(platform),
        configured: readConfig({ ...VARS, CUSTOMERIO_TRACK_TOKEN: state.key }),
        eraseLinks: async () => {
          asked.push(world.now());
          if (state.areLinksDown) throw new Error('unreachable');
          return [];
        },
        forgetParked: async () => null,
        acceptMany: nobodyTold,
      });
      const alarm = async () => {
        rings.push(world.now());
        await code.alarm();
      };
      return { ...code, alarm };
    },
  });

  async function accept(event: PersonEvent, userId = 'user_1'): Promise<void> {
    await world.answered(object.call((code) => code.accept(userId, event)));
  }

  return { state, sent, faults, rings, asked, object, pass: world.pass, accept };
}

/** Whatever is asked of it starts it. */
async function wake(object: ReturnType<typeof open>['object']): Promise<void> {
  await object.call(async (code) => code.health());
}

describe('a shard with many messages that are too large', () => {
  it('puts each aside and goes on: Customer.io has refused none of them', async () => {
    const { sent, object, pass, accept } = open();
    const long = 'x'.repeat(33_000);
    for (let count = 0; count < 25; count += 1) await accept(ADA, `user_${long}${count}`);
    await accept(ADA);
    await pass(MINUTE);
    expect(await object.call(async (code) => code.health())).toMatchObject({
      pending: 0,
      parked: 25,
      pause: null,
    });
    expect(sent.tracks).toBe(1);
  });
});

describe('a shard whose delivery meets a fault', () => {
  it('goes on with the mails that are due, and rings no oftener than it backs off', async () => {
    const { state, sent, faults, rings, pass, accept } = open();
    await accept(ADA);
    await pass(MINUTE);
    state.areMailsLimited = true;
    await accept(checkout('cus_1', 'a'));
    await pass(1000);
    expect(sent).toEqual({ tracks: 2, mails: 0 });
    state.areMailsLimited = false;
    state.broken = /SELECT seq, .* FROM journal_/;
    await accept(checkout('cus_1', 'b'));
    rings.length = 0;
    await pass(5 * MINUTE);
    expect(sent).toEqual({ tracks: 2, mails: 1 });
    expect(new Set(faults)).toEqual(new Set(['delivery']));
    expect(rings.length).toBeLessThan(30);
    state.broken = /^$/;
    await pass(10 * MINUTE);
    expect(sent).toEqual({ tracks: 3, mails: 2 });
  });
});

describe('a shard whose links shards do not answer', () => {
  it('delivers all the same, asks them again less and less often, and finishes the erasure', async () => {
    const { state, sent, faults, asked, rings, object, pass, accept } = open();
    state.areLinksDown = true;
    await accept(deletion());
    await accept(ADA, 'user_2');
    await pass(10 * MINUTE);
    // The removal and somebody else's identify, in one request.
    expect(sent.tracks).toBe(1);
    expect(new Set(faults)).toEqual(new Set(['erasure']));
    expect(asked.length).toBeGreaterThan(3);
    expect(rings.length).toBeLessThan(30);
    state.areLinksDown = false;
    await pass(6 * MINUTE);
    expect(object.db.prepare('SELECT * FROM erasures').all()).toEqual([]);
  });
});

describe('a shard whose key is refused', () => {
  it('waits with the same key after a restart, and sends at once with another', async () => {
    const { state, sent, object, pass, accept } = open();
    state.key = 'key-0';
    await accept(ADA);
    await pass(1000);
    expect(await object.call(async (code) => code.health())).toMatchObject({
      pending: 1,
      pause: 'credentials_invalid',
    });
    object.die();
    await wake(object);
    await pass(1000);
    expect(sent.tracks).toBe(0);
    object.die();
    state.key = 'key-1';
    await wake(object);
    await pass(1000);
    expect(sent.tracks).toBe(1);
  });
});

describe('a shard of which one part cannot say when it is due', () => {
  it('accepts and delivers all the same, and goes on with that part once it can', async () => {
    const { state, sent, faults, rings, pass, accept } = open();
    await accept(ADA);
    await pass(MINUTE);
    state.broken = /SELECT \* FROM emails/;
    await accept(checkout('cus_1', 'a'));
    await accept(checkout('cus_1', 'b'));
    rings.length = 0;
    await pass(5 * MINUTE);
    // The first of the two goes at once, the other waits for company.
    expect(sent).toEqual({ tracks: 3, mails: 0 });
    expect(new Set(faults)).toEqual(new Set(['mail']));
    expect(rings.length).toBeLessThan(30);
    state.broken = /^$/;
    await pass(10 * MINUTE);
    expect(sent).toEqual({ tracks: 3, mails: 2 });
  });
});

describe('the sweep of a shard', () => {
  it('drops what is over also where one part of it fails', async () => {
    const { state, faults, object, pass, accept } = open();
    await accept(ADA);
    await pass(10 * 24 * 60 * MINUTE);
    await accept(ADA, 'user_2');
    await pass(MINUTE);
    const days = () =>
      object.db
        .prepare(`SELECT COUNT(*) AS days FROM sqlite_master WHERE name GLOB 'journal_*'`)
        .get()?.['days'];
    expect(days()).toBe(2);
    for (const broken of [/DELETE FROM parked/, /DELETE FROM email/]) {
      state.broken = broken;
      await object.call((code) => code.sweep());
    }
    expect(days()).toBe(1);
    expect(faults).toEqual(['parked', 'mail']);
  });
});
