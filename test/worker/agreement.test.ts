// The simulation's scripts on the real shard in workerd: they end in the words that the simulated shard ended in.

import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, describe, expect, it, vi } from 'vitest';

import agreed from '../simulation/agreement.json';
import { createScripted, perform } from '../simulation/script.ts';
import type { Target } from '../simulation/script.ts';
import { stillClock } from './still-clock.ts';

// In seconds of a busy machine a backoff would be over that is not over in the simulation.
stillClock();

afterEach(() => {
  vi.restoreAllMocks();
});

function real(): Target {
  const stub = env.OUTBOX.getByName(crypto.randomUUID());
  return {
    accept: async (userId, event) => (await stub.accept(userId, event)).outcome,
    ring: () => runDurableObjectAlarm(stub),
    evict: async () => {
      // Only what is awake can be evicted.
      await stub.health();
      await evictDurableObject(stub);
    },
    replayFirst: async () => {
      const [first] = await stub.listParked(0, 1);
      return first === undefined ? 'nothing parked' : stub.replayParked(first.seq);
    },
    store: async (change, holds) => {
      await runInDurableObject(stub, (_, state) => {
        const { sql } = state.storage;
        const [row] = sql.exec(`SELECT value FROM state WHERE name = 'delivery'`).toArray();
        if (row === undefined) return;
        const delivery = change(JSON.parse(String(row['value'])) as Record<string, unknown>);
        const value = JSON.stringify(delivery);
        sql.exec(`UPDATE state SET value = ? WHERE name = 'delivery'`, value);
        sql.exec(holds);
      });
      await evictDurableObject(stub);
    },
    health: () => stub.health(),
  };
}

describe('agreement', () => {
  it.each(Object.entries(agreed))(
    'says of seed %s what the simulation says',
    async (seed, words) => {
      const upstream = createScripted();
      vi.spyOn(globalThis, 'fetch').mockImplementation(
        async (_, init) => new Response(null, { status: upstream.take(String(init?.body)) }),
      );
      expect(await perform(Number(seed), real(), upstream)).toEqual(words);
    },
  );
});
