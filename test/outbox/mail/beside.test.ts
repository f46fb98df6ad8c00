// Mails beside deliveries, over the real shard on a simulated clock: neither waits for the other, and no run of the alarm
// makes more requests than the platform lets through.

import { describe, expect, it } from 'vitest';

import { readConfig } from '../../../src/config/config.ts';
import { openOutbox } from '../../../src/outbox/calls.ts';
import { createObject } from '../../simulation/durable-object.ts';
import { createWorld } from '../../simulation/world.ts';
import type { World } from '../../simulation/world.ts';
import { nobodyTold } from '../../support/nobody-told.ts';
import { checkout } from '../../support/person-events.ts';

const SECOND = 1000;
const VARS = {
  SHARDS: 1,
  RATE_LIMIT: 100,
  CUSTOMERIO_TRACK_TOKEN: 'key-1',
  CUSTOMERIO_PIPELINES_URL: 'https://pipelines.test/v1',
  CUSTOMERIO_APP_TOKEN: 'app-key',
  CUSTOMERIO_APP_URL: 'https://app.test/v1',
  EMAILS: '{"checkout_completed":{"id":13,"every_hours":0}}',
};

/** How long either answers, in milliseconds; null: never. */
type Answers = { readonly messages: number; mails: number | null };

function open(answers: Answers) {
  const world = createWorld(7);
  const seen = { mails: 0, messages: 0, lagMs: 0, requests: [] as number[], faults: 0 };
  const accepted = new Map<string, number>();

  const object = createObject(world, {
    name: 's0',
    network: async (_, url, init) => {
      seen.requests.push((seen.requests.pop() ?? 0) + 1);
      if (url.includes('app.test')) {
        seen.mails += 1;
        await answerAfter(world, answers.mails, init);
        return new Response('{"delivery_id":"d"}');
      }
      await world.wait(answers.messages);
      const body = String(init.body);
      for (const [session, at] of accepted) {
        if (!body.includes(`"session":"${session}"`)) continue;
        accepted.delete(session);
        seen.messages += 1;
        seen.lagMs = Math.max(seen.lagMs, world.now() - at);
      }
      return new Response('{}');
    },
    open: (platform) => {
      const code = openOutbox({
        platform: {
          ...platform,
          log: ({ decision }) => {
            if (decision === 'fault') seen.faults += 1;
          },
        },
        configured: readConfig(VARS),
        eraseLinks: async () => [],
        forgetParked: async () => null,
        acceptMany: nobodyTold,
      });
      const alarm = async () => {
        seen.requests.push(0);
        await code.alarm();
      };
      return { ...code, alarm };
    },
  });

  /** `perSecond` events, each of another person with an email, for so long; then it goes on for as long again. */
  async function load(perSecond: number, ms: number): Promise<void> {
    const count = (perSecond * ms) / SECOND;
    for (let index = 0; index < count; index += 1) {
      world.after((index * SECOND) / perSecond, () => {
        const session = `s${index}`;
        accepted.set(session, world.now());
        void object.call((code) => code.accept(`user_${index}`, signedUpAndOut(index, session)));
      });
    }
    await world.pass(ms);
  }

  return { seen, object, load, pass: world.pass };
}

/** A request that is given up is answered at once. */
function answerAfter(world: World, ms: number | null, init: RequestInit): Promise<void> {
  return new Promise((resolve, reject) => {
    if (ms !== null) world.after(ms, () => resolve());
    init.signal?.addEventListener('abort', () => reject(new Error('aborted')));
  });
}

function signedUpAndOut(index: number, session: string) {
  const event = checkout(`cus_${index}`, session);
  const traits = { email: `p${index}@example.test`, emailVerified: true };
  const facet = { asOf: 1, rank: 2, traits } as const;
  const user = { kind: 'user', facet, created: false, createdAt: 1 } as const;
  return { ...event, news: [user, ...event.news] };
}

describe('mails beside deliveries', () => {
  it('do not starve under a steady load, and nobody waits for them', async () => {
    const { seen, load } = open({ messages: 100, mails: 300 });
    await load(20, 60 * SECOND);
    // One in flight, 300 ms each: some 200 could be sent in a minute.
    expect(seen.mails).toBeGreaterThan(150);
    expect(seen.messages).toBeGreaterThan(1150);
    expect(seen.lagMs).toBeLessThan(2 * SECOND);
  });

  it('hold up no delivery when the App API never answers', async () => {
    const { seen, load, pass } = open({ messages: 50, mails: null });
    await load(6, 60 * SECOND);
    await pass(SECOND);
    expect(seen.messages).toBe(360);
    expect(seen.lagMs).toBeLessThan(SECOND);
    expect(seen.mails).toBeGreaterThan(3);
  });

  it('make no more requests in a run than the platform lets through, and nothing is parked for it', async () => {
    const { seen, object, load, pass } = open({ messages: 20, mails: 20 });
    await load(20, 30 * SECOND);
    await pass(90 * SECOND);
    expect(seen.mails).toBe(600);
    expect(Math.max(...seen.requests)).toBeLessThan(50);
    expect(await object.call(async (code) => code.health())).toMatchObject({
      pending: 0,
      parked: 0,
    });
    expect(seen.faults).toBe(0);
  });
});
