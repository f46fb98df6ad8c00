// Scripts on a simulated shard: what comes of them is kept in agreement.json, and worker/agreement.test.ts holds the
// real shard in workerd against the same file.

import { describe, expect, it } from 'vitest';

import { readConfig } from '../../src/config/config.ts';
import { openOutbox } from '../../src/outbox/calls.ts';
import { nobodyTold } from '../support/nobody-told.ts';
import { createObject } from './durable-object.ts';
import { createScripted, perform } from './script.ts';
import type { Target } from './script.ts';
import { createWorld } from './world.ts';

const SEEDS = 20;

const VARS = {
  CUSTOMERIO_TRACK_TOKEN: 'test-key',
  CUSTOMERIO_PIPELINES_URL: 'https://pipelines.test/v1',
  SHARDS: '1',
  RATE_LIMIT: '1000',
  LINGER_MS: '60000',
};

function simulated(seed: number, upstream: ReturnType<typeof createScripted>): Target {
  const world = createWorld(seed);
  const object = createObject(world, {
    name: 's0',
    network: async (_, __, init) =>
      new Response(null, { status: upstream.take(String(init.body)) }),
    open: (platform) =>
      openOutbox({
        platform,
        configured: readConfig(VARS),
        eraseLinks: async () => [],
        forgetParked: async () => null,
        acceptMany: nobodyTold,
      }),
  });

  /** Lets the simulated clock run until it is answered. */
  async function call<Value>(work: () => Promise<Value>): Promise<Value> {
    const state = { isDone: false };
    const running = work().finally(() => {
      state.isDone = true;
    });
    // Never a step more than needed: the next one due may be an alarm, which rings by hand only.
    for (;;) {
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
      if (state.isDone) return running;
      await world.step();
    }
  }

  return {
    accept: async (userId, event) => {
      const { outcome } = await call(() => object.call((code) => code.accept(userId, event)));
      return outcome;
    },
    ring: () => call(() => object.call(({ alarm }) => alarm())),
    evict: async () => object.die(),
    replayFirst: () =>
      object.call(async (code) => {
        const [first] = code.listParked(0, 1);
        return first === undefined ? 'nothing parked' : code.replayParked(first.seq);
      }),
    store: async (change, holds) => {
      // Opened once, so that its tables are there.
      await object.call(async () => undefined);
      object.die();
      const row = object.db.prepare(`SELECT value FROM state WHERE name = 'delivery'`).get();
      if (row === undefined) return;
      const delivery = change(JSON.parse(String(row['value'])) as Record<string, unknown>);
      const update = object.db.prepare(`UPDATE state SET value = ? WHERE name = 'delivery'`);
      update.run(JSON.stringify(delivery));
      object.db.exec(holds);
    },
    health: () => object.call(async (code) => code.health()),
  };
}

describe('agreement', () => {
  it('ends in the words that the real shard ends in', async () => {
    const told: Record<string, string[]> = {};
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const upstream = createScripted();
      told[seed] = await perform(seed, simulated(seed, upstream), upstream);
    }
    await expect(`${JSON.stringify(told, null, 1)}\n`).toMatchFileSnapshot('agreement.json');
  });
});
