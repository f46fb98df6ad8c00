// The platform fails whatever one alarm run asks behind the fiftieth request, calls of other shards too, and a mail would be parked
// as one that may have been sent. Everything a shard does is due at once here, and each at its dearest.

import { expect, it } from 'vitest';

import { shardOf } from '../../src/platform/shards.ts';
import { MAILING, outboxIn } from '../simulation/set-up.ts';
import { createWorld } from '../simulation/world.ts';
import { checkout, deletion } from '../support/person-events.ts';

/** https://developers.cloudflare.com/workers/platform/limits/#subrequests */
const FREE_PLAN_MAX = 50;
const SHARDS = 16;
const MINUTE = 60_000;

/** Two keys of a rotation, of which the first is refused. */
const VARS = {
  ...MAILING,
  SHARDS,
  LINGER_MS: 100,
  RATE_LIMIT: 1000,
  CUSTOMERIO_TRACK_TOKEN: 'key-1,key-2',
  CUSTOMERIO_APP_TOKEN: 'app-1,app-2',
};

function signedUpAndOut(index: number, session: string) {
  const event = checkout(`cus_${index}`, session);
  const traits = { email: `p${index}@example.test`, emailVerified: true };
  const facet = { asOf: 1, rank: 2, traits } as const;
  const user = { kind: 'user', facet, created: false, createdAt: 1 } as const;
  return { ...event, news: [user, ...event.news] };
}

type Sent = { readonly userId: string };

type Page = { readonly shard: number; readonly after: number };

function open(seed: number, pagesOf: (shard: number) => number) {
  const world = createWorld(seed);
  /** Requests by the run of the alarm they were made in. */
  const runs = [0];
  const looked: Page[] = [];
  const state = { isBad: false, accepted: 0, mails: 0 };
  const ask = (calls: number): void => {
    const made = (runs.pop() ?? 0) + calls;
    runs.push(made);
    if (made > FREE_PLAN_MAX) throw new Error('Too many subrequests.');
  };
  const object = outboxIn(world, {
    name: 's0',
    vars: () => VARS,
    onAlarm: () => void runs.push(0),
    network: async (_, url, init) => {
      ask(1);
      await world.wait(1 + 20 * world.random.next());
      const key = new Headers(init.headers).get('authorization') ?? '';
      if (key.includes('app-1') || key.includes(btoa('key-1:'))) {
        return new Response('{}', { status: 401 });
      }
      if (url.includes('app.test')) {
        state.mails += 1;
        return new Response('{"delivery_id":"d"}');
      }
      const sent: Sent & { batch?: Sent[] } = JSON.parse(String(init.body));
      const isAny = (whose: RegExp) =>
        state.isBad && (sent.batch ?? [sent]).some(({ userId }) => whose.test(userId));
      if (isAny(/[46]$/)) return new Response('{}', { status: 400 });
      return new Response('{}', { status: isAny(/[579]$/) ? 500 : 200 });
    },
    eraseLinks: async (erased) => {
      ask(SHARDS);
      await world.wait(5);
      return erased.map(() => []);
    },
    forgetParked: async (_, place) => {
      ask(1);
      looked.push(place);
      await world.wait(2);
      return place.after + 1 < pagesOf(place.shard) ? place.after + 1 : null;
    },
    acceptMany: async (arrivals) => {
      ask(new Set(arrivals.map(({ userId }) => shardOf(userId, SHARDS))).size);
      await world.wait(5);
      state.accepted += arrivals.length;
      const takings = arrivals.map(
        () => ({ outcome: 'accepted', messages: 0, isNew: true }) as const,
      );
      return { takings, pending: 0, rows: 0 };
    },
  });
  const accept = (userId: string, event: ReturnType<typeof checkout>) =>
    world.answered(object.call((code) => code.accept(userId, event)));
  const countOf = (table: string) =>
    Number(object.db.prepare(`SELECT COUNT(*) AS most FROM ${table}`).get()?.['most']);
  /** What an organization tells so many of its members, a run's share at a time. */
  function notify(most: number): void {
    const statement = object.db.prepare(
      'INSERT INTO notices (org, user, at, news) VALUES (?, ?, 0, ?)',
    );
    const membership = { version: 1, member: null };
    const news = { kind: 'membership', organizationId: 'org_1', membership, moments: [] };
    for (let index = 0; index < most; index += 1) {
      statement.run('org', `user_of_org_${index}`, JSON.stringify(news));
    }
  }
  return { world, object, runs, looked, state, accept, countOf, notify };
}

it.each([1, 2, 3, 4])(
  'a run ends before the limit, whatever is due beside what, and nothing is parked or left: seed %i',
  async (seed) => {
    const { world, object, runs, state, accept, countOf, notify } = open(seed, () => 3);
    for (let index = 0; index < 120; index += 1) {
      await accept(`user_${index}`, signedUpAndOut(index, 'before'));
    }
    await world.pass(MINUTE);
    state.isBad = true;
    notify(1500);
    for (let index = 0; index < 400; index += 1) {
      await accept(`user_${index}`, signedUpAndOut(index, 'after'));
      if (index % 3 === 0 && index < 120) await accept(`user_${index}`, deletion());
    }
    await world.pass(2 * MINUTE);
    state.isBad = false;
    await world.pass(10 * MINUTE);
    expect(Math.max(...runs)).toBeLessThanOrEqual(FREE_PLAN_MAX);
    // It has been as dear as it gets.
    expect(Math.max(...runs)).toBeGreaterThanOrEqual(40);
    expect(await object.call(async (code) => code.health())).toMatchObject({ pending: 0 });
    const reasons = object.db.prepare('SELECT DISTINCT reason FROM parked').all();
    expect(reasons.map(({ reason }) => reason)).toEqual(['request_invalid']);
    expect([countOf('erasures'), countOf('notices'), countOf('emails')]).toEqual([0, 0, 0]);
  },
);

it('a deletion looks through thousands of webhooks that could not be read: many runs, each page once', async () => {
  const { world, runs, looked, accept, countOf } = open(1, (shard) => (shard === 7 ? 300 : 1));
  await accept('user_1', deletion());
  await world.pass(2 * MINUTE);
  expect(countOf('erasures')).toBe(0);
  expect(Math.max(...runs)).toBeLessThanOrEqual(FREE_PLAN_MAX);
  const places = looked.map(({ shard, after }) => `${shard} ${after}`);
  expect(new Set(places).size).toBe(SHARDS - 1 + 300);
  expect(places).toHaveLength(SHARDS - 1 + 300);
});
