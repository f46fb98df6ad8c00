// What cannot be done now is not asked for again at once: neither is the alarm set for now each time, which is billed, nor does a
// lane that waits for others look without an end, which lets no answer in.

import { expect, it } from 'vitest';

import { readConfig } from '../../src/config/config.ts';
import { openOutbox } from '../../src/outbox/calls.ts';
import type { Platform } from '../../src/platform/platform.ts';
import { createObject } from '../simulation/durable-object.ts';
import { createWorld } from '../simulation/world.ts';
import { nobodyTold } from '../support/nobody-told.ts';
import { checkout, deletion } from '../support/person-events.ts';

const VARS = {
  SHARDS: 1,
  LINGER_MS: 0,
  CUSTOMERIO_TRACK_TOKEN: 'key-1',
  CUSTOMERIO_PIPELINES_URL: 'https://pipelines.test/v1',
};

/** Far more than any of it needs: whoever goes on is stopped. */
const LOOKS_MAX = 50_000;

function open(
  vars: Parameters<typeof readConfig>[0],
  network: () => Promise<Response> = async () => new Response('{}'),
) {
  const world = createWorld(1);
  const counts = { alarms: 0, looks: 0 };
  const watched = (platform: Platform): Platform => ({
    ...platform,
    now() {
      counts.looks += 1;
      if (counts.looks > LOOKS_MAX) throw new Error('it looks without an end');
      return platform.now();
    },
    setAlarm(at) {
      counts.alarms += 1;
      platform.setAlarm(at);
    },
  });
  const object = createObject(world, {
    name: 's0',
    network,
    open: (platform) =>
      openOutbox({
        platform: watched(platform),
        configured: readConfig(vars),
        eraseLinks: async (erased) => erased.map(() => []),
        forgetParked: async () => null,
        acceptMany: nobodyTold,
      }),
  });
  return { world, object, counts };
}

// A notice was due at once, and nothing was told of it as long as the configuration was wrong: the alarm rang without a pause.
it('what an organization tells waits for a configuration that can be read', async () => {
  const { world, object, counts } = open({ ...VARS, SHARDS: 'many' });
  await object.call(async () => undefined);
  object.db.exec(`INSERT INTO notices (org, user, at, news) VALUES ('o', 'user_1', 0, '{}')`);
  await object.call(async (code) => code.sweep());
  await world.pass(60_000);
  expect(counts.alarms).toBeLessThan(10);
  expect(counts.looks).toBeLessThan(LOOKS_MAX);
});

// With LINGER_MS = 0 deletions that had to wait for the next run looked whether it was there until the object was stopped.
it('deletions that have to wait for the next run let the answer in that it waits for', async () => {
  let answers = 0;
  const { world, object, counts } = open(VARS, async () => {
    answers += 1;
    // There is always something more to deliver: it is one run.
    if (answers < 30) void buy(answers);
    if (answers === 30) void object.call(async (code) => code.accept('user_1', deletion()));
    await world.wait(answers === 30 ? 5000 : 10);
    return new Response('{}');
  });
  async function buy(n: number): Promise<void> {
    await object.call(async (code) => code.accept(`user_${n}`, checkout('cus', `${n}`)));
  }
  await world.answered(buy(0));
  await world.pass(60_000);
  expect(answers).toBeGreaterThan(30);
  expect(object.db.prepare('SELECT * FROM erasures').all()).toEqual([]);
  expect(counts.looks).toBeLessThan(LOOKS_MAX);
});
