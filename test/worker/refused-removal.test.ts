// A deletion that Customer.io refuses: put aside, told, asked again until it is taken; nobody else waits for it.

import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { PROVIDERS } from '../../src/intake/providers.ts';
import { healthWith } from '../../src/watch/health.ts';
import { incidentsOf } from '../../src/watch/incidents.ts';
import { checkout, deletion } from '../support/person-events.ts';
import { collectSent } from './sent.ts';
import type { Request } from './sent.ts';
import { stillClock } from './still-clock.ts';

const sent = collectSent();
stillClock();

type Shard = ReturnType<typeof env.OUTBOX.getByName>;

const LONGEST_MS = 300_000;
const isRemoval = ({ body }: Request) => JSON.stringify(body).includes('User Deleted');
const problemsOf = async () => (await healthWith(PROVIDERS)(env)).problems;

beforeEach(async () => {
  // Where no layout stands, health asks nobody.
  await env.OUTBOX.getByName('layout').layout({ shards: 1, jurisdiction: null });
  sent.answer = (request) =>
    isRemoval(request)
      ? Response.json({ meta: { error: 'no' } }, { status: 400 })
      : Response.json({});
});

/** The longest wait there is goes by; the shard works as long as something is due. */
async function later(shard: Shard): Promise<void> {
  const at = Date.now() + LONGEST_MS;
  vi.spyOn(Date, 'now').mockReturnValue(at);
  await evictDurableObject(shard);
  await runDurableObjectAlarm(shard);
}

function rows(shard: Shard, query: string): Promise<Record<string, unknown>[]> {
  return runInDurableObject(shard, (_, { storage }) => storage.sql.exec(query).toArray());
}

describe('a refused deletion', () => {
  it('is told, holds up nobody, is asked again for ever, and leaves nothing once it is taken', async () => {
    // The one that health asks.
    const shard = env.OUTBOX.getByName('s0');
    await shard.accept('user_gone', deletion());
    await shard.accept('user_other', checkout('cus_other', 'a'));
    await runDurableObjectAlarm(shard);
    const names = () => sent.messages.flatMap(({ event }) => event ?? []);
    expect(names()).toEqual(['checkout_completed']);
    const health = await shard.health();
    expect(health).toMatchObject({ pending: 0, parked: 0, refusedErasures: 1, pause: null });
    expect(
      Object.keys(
        incidentsOf([health], {
          now: Date.now(),
          isKeyMissing: false,
          lagAlertMs: 600_000,
          links: [],
        }),
      ),
    ).toEqual(['erasure_refused']);
    expect(await problemsOf()).toEqual([
      { code: 'erasure_refused', detail: 'outbox s0: erasure_refused, 1' },
    ]);
    for (let refused = 0; refused < 3; refused += 1) {
      const before = sent.requests.length;
      await later(shard);
      expect(sent.requests.length).toBe(before + 1);
    }
    sent.answer = () => Response.json({});
    await later(shard);
    expect(names()).toEqual(['checkout_completed', 'User Deleted']);
    expect(await shard.health()).toMatchObject({ refusedErasures: 0, pending: 0 });
    expect(await rows(shard, 'SELECT * FROM removals')).toEqual([]);
    expect(await problemsOf()).toEqual([]);
    const before = sent.requests.length;
    await later(shard);
    expect(sent.requests.length).toBe(before);
  });

  it('goes by the pauses of its shard: with refused credentials it waits like everything', async () => {
    const shard = env.OUTBOX.getByName(crypto.randomUUID());
    await shard.accept('user_paused', deletion());
    await runDurableObjectAlarm(shard);
    sent.answer = () => Response.json({}, { status: 401 });
    await later(shard);
    expect(await shard.health()).toMatchObject({
      pause: 'credentials_invalid',
      refusedErasures: 1,
    });
    sent.answer = () => Response.json({});
    await later(shard);
    expect(await shard.health()).toMatchObject({ pause: null, refusedErasures: 0 });
  });

  it('never stops the others, however many are refused at once', async () => {
    const shard = env.OUTBOX.getByName(crypto.randomUUID());
    const people = Array.from({ length: 25 }, (_, index) => `user_many${index}`);
    for (const user of people) await shard.accept(user, deletion());
    await shard.accept('user_after', checkout('cus_after', 'a'));
    // Finding 25 that are refused takes more requests than one run may make.
    for (let run = 0; run < 4; run += 1) await runDurableObjectAlarm(shard);
    expect(sent.messages.map(({ type }) => type)).toEqual(['identify', 'track']);
    expect(await shard.health()).toMatchObject({ pause: null, refusedErasures: 25, pending: 0 });
    sent.answer = () => Response.json({});
    for (let run = 0; run < 3; run += 1) await later(shard);
    expect(await shard.health()).toMatchObject({ refusedErasures: 0 });
  });
});

describe('a deletion that was taken', () => {
  it('leaves a hash in the journal', async () => {
    const shard = env.OUTBOX.getByName(crypto.randomUUID());
    sent.answer = () => Response.json({});
    await shard.accept('user_taken', deletion());
    await runDurableObjectAlarm(shard);
    const [table] = await rows(shard, `SELECT name FROM sqlite_master WHERE name GLOB 'journal_*'`);
    const journal = JSON.stringify(await rows(shard, `SELECT * FROM ${String(table?.['name'])}`));
    expect(journal).not.toContain('user_');
  });
});
