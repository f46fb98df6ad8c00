// What Customer.io shows beside what we hold, asked of the App API's emulator page by page.

import { DatabaseSync } from 'node:sqlite';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { platformOver } from '../../src/cli/node-sqlite.ts';
import { readConfig } from '../../src/config/config.ts';
import { openOutbox } from '../../src/outbox/calls.ts';
import type { Message } from '../../src/person/message.ts';
import { shardName, shardOf } from '../../src/platform/shards.ts';
import type { JobRequest } from '../../src/sync/job.ts';
import type { JobWorld, PageResult } from '../../src/sync/kind.ts';
import { openMissing } from '../../src/sync/missing.ts';
import { drift } from '../../src/sync/people/drift.ts';
import { shownReport } from '../../src/sync/people/kept.ts';
import type { PeopleShards } from '../../src/sync/people/shards.ts';
import { startAppApi } from '../emulator/app-api.ts';
import { NET } from '../support/net.ts';
import { nobodyTold } from '../support/nobody-told.ts';
import { deletion, newCustomer, subscribed } from '../support/person-events.ts';
import { UNUSED_PEOPLE, UNUSED_SHARDS } from './unused-shards.ts';

const HOUR = 3_600_000;

let app: Awaited<ReturnType<typeof startAppApi>>;

beforeAll(async () => {
  app = await startAppApi({ token: 'app-key', requestsPerSecond: 10_000 });
});
beforeEach(() => app.forget());
afterAll(() => app.close());

function relay() {
  const configured = readConfig({
    SHARDS: 2,
    LINGER_MS: 0,
    CUSTOMERIO_TRACK_TOKEN: 'key-1',
    CUSTOMERIO_APP_TOKEN: 'app-key',
    CUSTOMERIO_APP_URL: app.appUrl,
  });
  if (!configured.ok) throw new Error(configured.problems.join());
  const { config } = configured;
  const landed: Message[] = [];
  let now = Date.now();
  const outboxes = ['s0', 's1'].map((name) =>
    openOutbox({
      platform: {
        ...platformOver(new DatabaseSync(':memory:')),
        name,
        getAlarm: async () => null,
        setAlarm: () => undefined,
        now: () => now,
        random: () => 0.5,
        wait: async () => undefined,
        after: () => () => undefined,
        fetch: async (_url, init) => {
          const json = JSON.parse(String(init.body)) as { batch?: Message[] } & Message;
          landed.push(...(json.batch ?? [json]));
          return new Response('{}');
        },
        log: () => undefined,
      },
      configured,
      eraseLinks: async () => [],
      forgetParked: async () => null,
      acceptMany: nobodyTold,
    }),
  );
  const outbox = (name: string) => {
    const found = outboxes[Number(name.slice(1))];
    if (found === undefined) throw new Error(`no shard ${name}`);
    return found;
  };
  const shardFor = (userId: string) => outbox(shardName(shardOf(userId, 2)));
  const people: PeopleShards = {
    ...UNUSED_PEOPLE,
    told: async (name, after, most) => outbox(name).told(after, most),
    userIdsOf: async (name, keys) => outbox(name).userIdsOf(keys),
    toldBefore: async (name, userIds) => outbox(name).toldBefore(userIds),
    identifyAgain: async (userIds) => {
      const answers = userIds.map((userId) => shardFor(userId).identifyAgain([userId]));
      return {
        identified: answers.filter(({ identified }) => identified > 0).length,
        pending: 0,
        rows: 0,
      };
    },
    strangersAmong: async (userIds) => {
      const found = userIds.map((userId) => shardFor(userId).strangersAmong([userId]));
      return {
        unknown: found.flatMap(({ unknown }) => unknown),
        erased: found.flatMap(({ erased }) => erased),
      };
    },
  };
  const world: JobWorld = {
    ...NET,
    random: () => 0.5,
    wait: async () => undefined,
    log: () => undefined,
    now: () => now,
    config,
    providers: [],
    missing: openMissing(() => []),
    shards: { ...UNUSED_SHARDS, people },
    pace: new Map(),
    heard: {},
  };
  const land = () => Promise.all(outboxes.map((each) => each.alarm()));

  /** Page by page to the end. */
  async function run(more: Partial<JobRequest> = {}) {
    const request = { kind: 'drift', ...more };
    const lists = drift.lists(world, request);
    if ('refused' in lists) return { refused: lists.refused, pages: 0, report: null };
    let report: string | null = null;
    let pages = 0;
    for (const list of lists) {
      let cursor: string | null | undefined;
      while (cursor !== null) {
        const asked = {
          id: 'drift-1',
          request,
          startedAt: now,
          report,
          list,
          cursor: cursor ?? null,
        };
        const page: PageResult = await drift.page(world, asked);
        // A connection that was kept too long is torn: the job asks again, and so does this.
        if (page.kind === 'retry' && page.reason === 'unreachable') continue;
        if (page.kind !== 'page') return { page, pages, report: null };
        pages += 1;
        report = page.report ?? report;
        cursor = page.cursor;
      }
    }
    return { pages, report: await shownReport(report ?? 'null', people.userIdsOf) };
  }

  return {
    world,
    landed,
    land,
    run,
    pass: (ms: number) => {
      now += ms;
    },
    now: () => now,
    accept: (userId: string, event = subscribed(newCustomer())) =>
      shardFor(userId).accept(userId, event),
    /** They have subscribed, it has landed, and Customer.io shows it, an hour ago. */
    async fill(userIds: readonly string[]) {
      for (const userId of userIds) {
        await shardFor(userId).accept(userId, subscribed(newCustomer()));
      }
      await land();
      show(landed);
      now += HOUR;
    },
  };
}

/** Customer.io as it should be after these messages. */
function show(messages: readonly Message[], change: (id: string) => Shown | null = () => ({})) {
  app.people(
    messages.flatMap((message) => {
      if (message.type !== 'identify') return [];
      const changed = change(message.userId);
      if (changed === null) return [];
      const setAt = Math.floor(Date.parse(message.timestamp) / 1000);
      const said = Object.entries(message.traits).filter(([, value]) => value !== null);
      const timestamps = Object.fromEntries(said.map(([name]) => [name, setAt]));
      const attributes = Object.fromEntries(said.map(([name, value]) => [name, String(value)]));
      return [
        {
          id: message.userId,
          attributes: { ...attributes, ...changed.attributes },
          timestamps: { ...timestamps, ...changed.timestamps },
        },
      ];
    }),
  );
}

type Shown = {
  readonly attributes?: Readonly<Record<string, string>>;
  readonly timestamps?: Readonly<Record<string, number>>;
};

const users = (count: number) => Array.from({ length: count }, (_, index) => `user_${index}`);

describe('drift', () => {
  it('needs the key of the App API, and says so', async () => {
    const { world } = relay();
    const customerio = { ...world.config.customerio, appToken: null };
    const without = { ...world, config: { ...world.config, customerio } };
    expect(drift.lists(without, { kind: 'drift' })).toEqual({ refused: 'app_key_missing' });
  });

  it('finds nothing where everything is as it was told, a hundred people a question', async () => {
    const relayed = relay();
    await relayed.fill(users(230));
    const { report } = await relayed.run();
    expect(report).toMatchObject({
      compared: 230,
      missing: 0,
      differing: 0,
      recent: 0,
      unknown: 0,
    });
    const asked = app.requests.filter(({ path }) => path === '/v1/customers/attributes');
    expect(asked.length).toBeLessThanOrEqual(4);
  });

  it('tells who is missing, what was lost, and what another has written', async () => {
    const relayed = relay();
    await relayed.fill(users(6));
    const later = Math.floor(relayed.now() / 1000);
    show(relayed.landed, (id) => {
      if (id === 'user_1') return null;
      if (id === 'user_2') return { attributes: { plan: 'old' }, timestamps: { plan: 5 } };
      if (id === 'user_3') return { attributes: { plan: 'theirs' }, timestamps: { plan: later } };
      return {};
    });
    expect((await relayed.run()).report).toMatchObject({
      compared: 6,
      missing: 1,
      differing: 2,
      traits: { lost: { plan: 1 }, overwritten: { plan: 1 } },
      repaired: 0,
      examples: { missing: ['user_1'], lost: ['user_2'], overwritten: ['user_3'] },
    });
    expect(relayed.landed).toHaveLength(6);
  });

  it('repairs what was lost by an identify, and leaves what another has written', async () => {
    const relayed = relay();
    await relayed.fill(users(4));
    const later = Math.floor(relayed.now() / 1000);
    show(relayed.landed, (id) => {
      if (id === 'user_1') return null;
      if (id === 'user_2') return { attributes: { plan: 'old' }, timestamps: { plan: 5 } };
      return id === 'user_3' ? { attributes: { plan: 'x' }, timestamps: { plan: later } } : {};
    });
    relayed.landed.length = 0;
    expect((await relayed.run({ repair: true })).report).toMatchObject({ repaired: 2 });
    await relayed.land();
    expect(relayed.landed.map(({ userId, type }) => `${userId} ${type}`).toSorted()).toEqual([
      'user_1 identify',
      'user_2 identify',
    ]);
  });

  it('tells an old identify of ours that came late from what another has written, and repairs it', async () => {
    const relayed = relay();
    await relayed.fill(users(3));
    relayed.landed.length = 0;
    // Everybody has two by now.
    for (const id of users(3)) await relayed.accept(id);
    await relayed.land();
    relayed.pass(HOUR);
    const timestamps = { subscriptionsCount: Math.floor(relayed.now() / 1000) - 1800 };
    show(relayed.landed, (id) => {
      if (id === 'user_1') return { attributes: { subscriptionsCount: '1' }, timestamps };
      return id === 'user_2' ? { attributes: { subscriptionsCount: '9' }, timestamps } : {};
    });
    relayed.landed.length = 0;
    expect((await relayed.run({ repair: true })).report).toMatchObject({
      traits: { late: { subscriptionsCount: 1 }, overwritten: { subscriptionsCount: 1 } },
      examples: { late: ['user_1'], overwritten: ['user_2'] },
      repaired: 1,
    });
    await relayed.land();
    expect(relayed.landed.map(({ userId }) => userId)).toEqual(['user_1']);
  });

  it('does not judge what has not had the time to land', async () => {
    const relayed = relay();
    await relayed.fill(users(2));
    await relayed.accept('user_late');
    await relayed.land();
    expect((await relayed.run()).report).toMatchObject({ compared: 2, recent: 1, missing: 0 });
    const stuck = relay();
    await stuck.accept('user_stuck');
    stuck.pass(24 * HOUR);
    expect((await stuck.run()).report).toMatchObject({ compared: 0, recent: 1, missing: 0 });
  });

  it('counts whom nobody here has heard of, and who should be gone', async () => {
    const relayed = relay();
    await relayed.fill(users(3));
    await relayed.accept('user_2', deletion());
    await relayed.land();
    const more = ['user_neverheard', 'newsletter-7'].map((id) => ({ id, attributes: {} }));
    app.people([...users(3).map((id) => ({ id, attributes: { plan: 'pro' } })), ...more]);
    const { report } = await relayed.run();
    expect(report).toMatchObject({ unknown: 1, others: 1, erased: 1 });
    expect(JSON.stringify(report)).not.toContain('user_2');
  });

  it('looks at a sample of ours, at most as many as were asked for', async () => {
    const relayed = relay();
    await relayed.fill(users(300));
    const { report } = await relayed.run({ sample: 30 });
    expect(report).toMatchObject({ compared: 30, unknown: 0 });
  });

  it('waits as long as it is asked to, and for a key that is taken', async () => {
    const relayed = relay();
    await relayed.fill(users(1));
    app.script('429 Retry-After 7,401,400');
    expect((await relayed.run()).page).toEqual({
      kind: 'retry',
      reason: 'rate_limited',
      retryAfterMs: 7000,
    });
    expect((await relayed.run()).page).toEqual({ kind: 'pause', problem: 'customerio_refused' });
    expect((await relayed.run()).page).toEqual({ kind: 'fail', problem: 'customerio_rejected' });
  });
});
