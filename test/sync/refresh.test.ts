// A renamed plan reaches everybody: the refresh over two outbox shards, on a simulated clock, with deaths of any of the three
// shards between any two statements.

import { describe, expect, it } from 'vitest';

import { readConfig } from '../../src/config/config.ts';
import { openOutbox } from '../../src/outbox/calls.ts';
import type { Message } from '../../src/person/message.ts';
import { shardName, shardOf } from '../../src/platform/shards.ts';
import { openSync } from '../../src/sync/calls.ts';
import { shownReport } from '../../src/sync/people/kept.ts';
import { refresh } from '../../src/sync/people/refresh.ts';
import type { PeopleShards } from '../../src/sync/people/shards.ts';
import { createObject } from '../simulation/durable-object.ts';
import { createWorld } from '../simulation/world.ts';
import { nobodyTold } from '../support/nobody-told.ts';
import { deletion, newCustomer, subscribed } from '../support/person-events.ts';
import { UNUSED_PEOPLE, UNUSED_SHARDS } from './unused-shards.ts';

const VARS = {
  SHARDS: 2,
  LINGER_MS: 0,
  CUSTOMERIO_TRACK_TOKEN: 'key-1',
  CUSTOMERIO_PIPELINES_URL: 'https://pipelines.test/v1',
};

const OLD = { ...VARS, PLANS: { price_pro: 'Old' } };
const NEW = { ...VARS, PLANS: { price_pro: 'New' } };

async function unused(): Promise<never> {
  throw new Error('not part of this test');
}

function relay(seed: number) {
  const world = createWorld(seed);
  const landed: Message[] = [];
  let vars: Readonly<Record<string, unknown>> = OLD;
  const outboxes = ['s0', 's1'].map((name) =>
    createObject(world, {
      name,
      network: async (_, _url, init) => {
        const json = JSON.parse(String(init.body)) as { batch?: Message[] } & Message;
        landed.push(...(json.batch ?? [json]));
        return new Response('{}');
      },
      open: (platform) =>
        openOutbox({
          platform,
          configured: readConfig(vars),
          eraseLinks: async () => [],
          forgetParked: async () => null,
          acceptMany: nobodyTold,
        }),
    }),
  );
  const outbox = (name: string) => {
    const found = outboxes.find((each) => each.name === name);
    if (found === undefined) throw new Error(`no shard ${name}`);
    return found;
  };
  const people: PeopleShards = {
    ...UNUSED_PEOPLE,
    refresh: (name, request) => outbox(name).call(async (code) => code.refresh(request)),
    userIdsOf: (name, keys) => outbox(name).call(async (code) => code.userIdsOf(keys)),
  };
  const shards = { ...UNUSED_SHARDS, people };
  const sync = createObject(world, {
    name: 'sync',
    network: unused,
    open: (platform) =>
      openSync({ platform, configured: readConfig(VARS), providers: [], shards, kinds: [refresh] }),
  });

  const { answered } = world;
  const shardFor = (userId: string) => outbox(shardName(shardOf(userId, 2)));
  const job = async () => (await answered(sync.call(async (code) => code.jobs(1))))[0];

  return {
    world,
    landed,
    people,
    all: [...outboxes, sync],
    /** The cron's. */
    visit() {
      for (const each of outboxes) each.call((code) => code.sweep()).catch(() => undefined);
      sync.call((code) => code.visit({})).catch(() => undefined);
    },
    job,
    accept: (userId: string, event: ReturnType<typeof subscribed>) =>
      answered(shardFor(userId).call((code) => code.accept(userId, event))),
    /** Everybody has `Old`, and all of it has landed. */
    async fill(count: number) {
      for (let index = 0; index < count; index += 1) {
        const userId = `user_${index}`;
        await answered(
          shardFor(userId).call((code) => code.accept(userId, subscribed(newCustomer()))),
        );
      }
      while (await world.step());
      landed.length = 0;
    },
    /** As a deployment does: every object is started anew. */
    deploy(next: Readonly<Record<string, unknown>>) {
      vars = next;
      for (const each of outboxes) each.die();
    },
    async begin(request: { readonly dryRun?: boolean } = {}) {
      const { kind } = await answered(
        sync.call(async (code) => code.begin({ kind: 'refresh', ...request })),
      );
      expect(kind).toBe('begun');
    },
    async run() {
      while (await world.step());
      return job();
    },
  };
}

const identified = (landed: readonly Message[]) =>
  landed.map(({ type, userId, ...more }) => ({
    type,
    userId,
    plan: 'traits' in more ? more.traits['plan'] : null,
  }));

describe('a refresh', () => {
  it('tells nobody anything while nothing is called differently', async () => {
    const relayed = relay(1);
    await relayed.fill(30);
    await relayed.begin();
    const job = await relayed.run();
    expect(job).toMatchObject({ state: 'done', lists: [{ name: 'people', seen: 30, changed: 0 }] });
    expect(relayed.landed).toEqual([]);
  });

  it('shows first how many, which traits and ten of them, and changes nothing', async () => {
    const relayed = relay(2);
    await relayed.fill(30);
    await relayed.accept('user_7', deletion());
    await relayed.run();
    relayed.landed.length = 0;
    relayed.deploy(NEW);
    await relayed.begin({ dryRun: true });
    const { report } = (await relayed.run()) ?? {};
    const shown = await shownReport(report ?? '', relayed.people.userIdsOf);
    expect(shown).toMatchObject({ seen: 29, due: 29, unknown: 0, unread: 0, traits: { plan: 29 } });
    expect(JSON.stringify(shown).match(/"user_\d+"/g)).toHaveLength(10);
    expect(report).not.toContain('user_');
    expect(relayed.landed).toEqual([]);
    // Whoever had been told something would not be due again.
    await relayed.begin({ dryRun: true });
    expect(await relayed.run()).toMatchObject({ lists: [{ changed: 29 }] });
  });

  it('shows nobody who was deleted since', async () => {
    const relayed = relay(3);
    await relayed.fill(3);
    relayed.deploy(NEW);
    await relayed.begin({ dryRun: true });
    const { report } = (await relayed.run()) ?? {};
    await relayed.accept('user_1', deletion());
    const shown = await shownReport(report ?? '', relayed.people.userIdsOf);
    expect(shown).toMatchObject({ due: 3 });
    const { examples } = shown as { examples: string[] };
    expect(examples.toSorted()).toEqual(['user_0', 'user_2']);
  });

  it('tells everybody once, and a second one nobody', async () => {
    const relayed = relay(4);
    await relayed.fill(250);
    relayed.deploy(NEW);
    await relayed.begin();
    expect(await relayed.run()).toMatchObject({ state: 'done', lists: [{ changed: 250 }] });
    const told = identified(relayed.landed);
    expect(new Set(told.map(({ userId }) => userId)).size).toBe(250);
    expect(told).toHaveLength(250);
    expect(told.every(({ type, plan }) => type === 'identify' && plan === 'New')).toBe(true);
    await relayed.begin();
    expect(await relayed.run()).toMatchObject({ lists: [{ seen: 250, changed: 0 }] });
    expect(relayed.landed).toHaveLength(250);
  });

  it('heals whoever has news before it comes by, who then hears nothing from it', async () => {
    const relayed = relay(5);
    await relayed.fill(4);
    relayed.deploy(NEW);
    await relayed.accept('user_2', { ...subscribed(newCustomer()), news: [] });
    await relayed.run();
    expect(identified(relayed.landed)).toEqual([
      { type: 'identify', userId: 'user_2', plan: 'New' },
    ]);
    await relayed.begin();
    expect(await relayed.run()).toMatchObject({ lists: [{ seen: 4, changed: 3 }] });
    expect(relayed.landed).toHaveLength(4);
  });

  it('reaches everybody, each once, whichever shard dies between whichever two statements', async () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      const relayed = relay(seed);
      await relayed.fill(130);
      relayed.deploy(NEW);
      await relayed.begin();
      const { world } = relayed;
      for (let deaths = 0; deaths < 6;) {
        if (world.random.chance(0.2)) {
          deaths += 1;
          relayed.all[world.random.between(0, 2)]?.dieIn(world.random.between(0, 40));
        }
        if (!(await world.step())) break;
      }
      for (const each of relayed.all) each.heal();
      // The cron's visit arms what was lost: what has not rung for a minute.
      for (let visit = 0; visit < 3; visit += 1) {
        world.after(300_000, () => relayed.visit());
        while (await world.step());
      }
      expect(await relayed.job(), `seed ${seed}`).toMatchObject({ state: 'done' });
      // A death between the answer of Customer.io and the cursor sends a batch again, with the same ids.
      const once = new Map(relayed.landed.map((message) => [message.messageId, message]));
      const told = identified([...once.values()]);
      expect(told.length, `seed ${seed}`).toBe(130);
      expect(new Set(told.map(({ userId }) => userId)).size).toBe(130);
      expect(told.every(({ plan }) => plan === 'New')).toBe(true);
    }
  });
});
