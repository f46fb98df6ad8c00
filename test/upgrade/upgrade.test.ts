// A relay that the first release left in the middle of its work goes on under this one: what was accepted lands, what
// waited is released, nothing is told twice and nobody comes back. README.md says what the stored files hold.

import { readFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { readConfig } from '../../src/config/config.ts';
import { openLinks } from '../../src/links/calls.ts';
import { openOutbox } from '../../src/outbox/calls.ts';
import { personKey } from '../../src/outbox/people/table.ts';
import type { PersonEvent } from '../../src/person/news.ts';
import { createObject } from '../simulation/durable-object.ts';
import { createWorld } from '../simulation/world.ts';
import { nobodyTold } from '../support/nobody-told.ts';
import { claim } from '../support/person-events.ts';

const HOUR = 3_600_000;
const VARS = {
  SHARDS: 1,
  LINGER_MS: 0,
  CUSTOMERIO_TRACK_TOKEN: 'key-1',
  CUSTOMERIO_PIPELINES_URL: 'https://pipelines.test/v1',
  CUSTOMERIO_APP_TOKEN: 'app-key',
  CUSTOMERIO_APP_URL: 'https://app.test/v1',
  EMAILS: '{"trial_started":12,"checkout_completed":13}',
};

const stored = (name: string) =>
  readFileSync(path.join(import.meta.dirname, 'release-0.1.0', name), 'utf8');

type Call = { readonly type: string; readonly userId: string; readonly event?: string };

/** `status` is what Customer.io answers a removal. */
function outbox(status = 200) {
  const world = createWorld(2);
  const landed: string[] = [];
  const mails: string[] = [];
  const erased: string[] = [];
  const object = createObject(world, {
    name: 's0',
    network: async (_, url, init) => {
      const json = JSON.parse(String(init.body)) as Call & { batch?: Call[]; to?: string };
      const isRemoval = String(init.body).includes('User Deleted');
      if (isRemoval && status !== 200) return new Response('{}', { status });
      if (url.includes('app.test')) mails.push(String(json.to));
      else for (const call of json.batch ?? [json]) landed.push(nameOf(call));
      return new Response(url.includes('app.test') ? '{"delivery_id":"d"}' : '{}');
    },
    open: (platform) =>
      openOutbox({
        platform,
        configured: readConfig(VARS),
        eraseLinks: async (gone) => {
          erased.push(...gone.map(({ userId }) => userId));
          return [];
        },
        forgetParked: async () => null,
        acceptMany: nobodyTold,
      }),
  });
  object.db.exec(stored('outbox.sql'));
  return { world, object, landed, mails, erased };
}

function nameOf({ type, userId, event }: Call): string {
  return `${userId} ${event ?? type}`;
}

function moment(name: 'checkout_completed', id: string): PersonEvent {
  const at = Date.UTC(2026, 10, 24, 23);
  const told = { name, key: [name, id], keyAt: at, occurredAt: at, subscriptionId: null } as const;
  const news = [{ kind: 'moment', moment: { ...told, properties: {}, once: 'seen' } } as const];
  return { provider: 'stripe', id: `evt_${id}`, type: name, customerId: null, news };
}

describe('an outbox shard of the first release', () => {
  it('delivers what was pending, once and in order, and nothing that had landed', async () => {
    const { world, object, landed } = outbox();
    await object.call(async () => undefined);
    await world.pass(HOUR);
    expect(landed).toEqual([
      'user_bob User Deleted',
      'user_ada payment_succeeded',
      'user_ada trial_converted',
      'user_ada identify',
      'user_ada cancellation_scheduled',
    ]);
    const health = await object.call(async (code) => code.health());
    expect(health).toMatchObject({ pending: 0, parked: 2, pause: null });
    expect(health.counters).toMatchObject({ accepted: 8, parked: 1 });
  });

  it('finishes the deletion it found: links, journal, and no late event brings anybody back', async () => {
    const { world, object, erased } = outbox();
    await object.call(async () => undefined);
    await world.pass(HOUR);
    expect(erased).toEqual(['user_bob']);
    expect(object.db.prepare('SELECT * FROM erasures').all()).toEqual([]);
    const late = object.call((code) => code.accept('user_bob', moment('checkout_completed', 'cs')));
    expect(await world.answered(late)).toEqual({ outcome: 'erased', messages: 0 });
  });

  it('knows what was told, and tells what is new', async () => {
    const { world, object } = outbox();
    const accept = (id: string) =>
      world.answered(
        object.call((code) => code.accept('user_ada', moment('checkout_completed', id))),
      );
    // An identify alone: what that release has said of them is not known.
    expect(await accept('cs_mailed')).toEqual({ outcome: 'accepted', messages: 1 });
    expect(await accept('cs_mailed')).toEqual({ outcome: 'duplicate', messages: 0 });
    expect(await accept('cs_new')).toEqual({ outcome: 'accepted', messages: 1 });
  });

  it('identifies nobody because of the upgrade, and everybody once with their next event', async () => {
    const { world, object, landed } = outbox();
    const identifies = () => landed.filter((each) => each === 'user_ada identify').length;
    await object.call(async () => undefined);
    await world.pass(25 * HOUR);
    expect(identifies()).toBe(1);
    const event = moment('checkout_completed', 'cs_mailed');
    for (let time = 0; time < 3; time += 1) {
      await world.answered(object.call((code) => code.accept('user_ada', event)));
      await world.pass(HOUR);
    }
    expect(identifies()).toBe(2);
  });

  it('sends the mail that is due once its wait is over, and none that was sent', async () => {
    const { world, object, mails } = outbox();
    await object.call(async () => undefined);
    await world.pass(HOUR);
    expect(mails).toEqual([]);
    await world.pass(24 * HOUR);
    expect(mails).toEqual(['ada@example.test']);
  });

  /** As that release parked a removal that Customer.io had refused: it tried none again. */
  function parkRemoval({ db }: ReturnType<typeof outbox>['object']): void {
    const message = { type: 'track', event: 'User Deleted', userId: 'user_zoe', properties: {} };
    const content = { ...message, messageId: 'm_zoe', timestamp: '2026-11-24T20:00:00.000Z' };
    db.prepare('INSERT INTO people (id, person) VALUES (?, NULL)').run(personKey('user_zoe'));
    db.prepare(
      `INSERT INTO parked (at, person, removal, reason, detail, content)
        VALUES (?, ?, 1, 'request_invalid', '400', ?)`,
    ).run(Date.UTC(2026, 10, 24, 20), personKey('user_zoe'), JSON.stringify(content));
  }

  it('takes over a removal that was parked: it is asked again, and then nothing holds the id', async () => {
    const { world, object, landed } = outbox();
    parkRemoval(object);
    await object.call(async () => undefined);
    await world.pass(HOUR);
    expect(landed.filter((each) => each.startsWith('user_zoe'))).toEqual(['user_zoe User Deleted']);
    for (const table of ['parked', 'removals']) {
      const rows = object.db.prepare(`SELECT * FROM ${table}`).all();
      expect(JSON.stringify(rows)).not.toContain('user_zoe');
    }
    // What else was parked stays.
    expect(await object.call(async (code) => code.health())).toMatchObject({ parked: 2 });
  });

  it('tells of a removal that was parked and is refused still, once, also after a restart', async () => {
    const { world, object } = outbox(400);
    parkRemoval(object);
    await object.call(async () => undefined);
    await world.pass(HOUR);
    object.die();
    await object.call(async () => undefined);
    const health = await object.call(async (code) => code.health());
    // With that of the deletion which was under way.
    expect(health).toMatchObject({ refusedErasures: 2, parked: 2 });
    const attempts = object.db.prepare('SELECT attempt FROM removals').all();
    expect(attempts.every(({ attempt }) => Number(attempt) > 2)).toBe(true);
  });

  it('replays what was parked', async () => {
    const { world, object, landed } = outbox();
    await object.call(async () => undefined);
    await world.pass(HOUR);
    landed.length = 0;
    expect(await object.call(async (code) => code.replayParked(1))).toBe('replayed');
    await world.pass(HOUR);
    expect(landed).toEqual(['user_ada checkout_completed']);
    expect(await object.call(async (code) => code.replayParked(2))).toBe('unreadable');
  });
});

function links() {
  const world = createWorld(3);
  const told: string[] = [];
  const object = createObject(world, {
    name: 's0',
    network: async () => new Response(null, { status: 500 }),
    open: (platform) =>
      openLinks({
        platform,
        shards: {
          accept: async (userId, event) => {
            told.push(`${userId} accepts ${event.id} of ${String(event.customerId)}`);
            return { outcome: 'accepted', messages: 1 };
          },
          closeCustomer: async (userId, { customerId }) => {
            told.push(`${userId} is closed for ${customerId}`);
            return { subscriptions: [], marks: {}, cards: {} };
          },
          gainCustomer: async (userId, { customerId }) => {
            told.push(`${userId} gains ${customerId}`);
            return { outcome: 'accepted', messages: 1 };
          },
          loseCustomer: async (userId, { customerId }) => {
            told.push(`${userId} loses ${customerId}`);
            return { outcome: 'accepted', messages: 1 };
          },
          closeSubscription: async () => ({ subscriptions: [], marks: {} }),
          gainSubscription: async () => ({ outcome: 'duplicate', messages: 0 }),
          loseSubscription: async () => ({ outcome: 'duplicate', messages: 0 }),
          place: async () => ({ kind: 'person', userId: 'user_ada', link: 1 }),
          untold: async () => [],
          toldIn: async () => [],
          vouch: async () => 'unknown',
          erase: async () => undefined,
        },
        lookUp: null,
        findUser: null,
        waitingDays: 30,
        shardCount: 1,
      }),
  });
  object.db.exec(stored('links.sql'));
  return { world, object, told };
}

describe('a links shard of the first release', () => {
  it('hands over the link that had moved, and forwards what waited for a charge', async () => {
    const { world, object, told } = links();
    await object.call(async () => undefined);
    await world.pass(HOUR);
    expect(told).toEqual([
      'user_ada is closed for cus_sold',
      'user_carl gains cus_sold',
      'user_ada loses cus_sold',
      'user_ada accepts evt_ch_known of cus_ada',
    ]);
  });

  it('releases what waited, in order, when its customer is linked', async () => {
    const { world, object, told } = links();
    await object.call(async () => undefined);
    await world.pass(HOUR);
    told.length = 0;
    const asOf = world.now();
    await object.call(async (code) => code.learn([claim('cus_unknown', 'user_dora', { asOf })]));
    await world.pass(HOUR);
    expect(told).toEqual([
      'user_dora accepts evt_cs_b of cus_unknown',
      'user_dora accepts evt_cs_c of cus_unknown',
    ]);
  });

  it('keeps its links, and the mark of a deleted person', async () => {
    const { object } = links();
    const event = moment('checkout_completed', 'cs_9');
    const place = (customerId: string) =>
      object.call(async (code) => code.place({ customerId, userId: null, claims: [], event }));
    expect(await place('cus_ada')).toMatchObject({ kind: 'person', userId: 'user_ada' });
    expect(await place('cus_gone')).toEqual({ kind: 'erased' });
    const health = await object.call(async (code) => code.health());
    expect(health.counters).toMatchObject({ learnt: 3, moved: 1, lookUps: 10 });
  });
});
