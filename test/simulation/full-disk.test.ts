// A disk that fills a hundred times: SQLite's max_page_count is what the platform's 10 GB are. Accepts go on as long as what
// is undelivered fits, the alert came first, and nothing that was accepted is lost.

import { describe, expect, it } from 'vitest';

import { incidentsOf } from '../../src/watch/incidents.ts';
import { checkout } from '../support/person-events.ts';
import { outboxIn } from './set-up.ts';
import { createWorld } from './world.ts';

const BYTES_MAX = 2_000_000;
const ENTRY_BYTES = 30_000;
const HOUR = 3_600_000;
const PADDING = 'x'.repeat(ENTRY_BYTES - 500);

function open() {
  const world = createWorld(1);
  const landed: string[] = [];
  const accepted: string[] = [];
  const state = { isDown: false, made: 0 };
  const object = outboxIn(world, {
    name: 's0',
    bytesMax: BYTES_MAX,
    network: async (_, _url, init) => {
      if (state.isDown) return new Response('{}', { status: 503 });
      const json = JSON.parse(String(init.body)) as Sent & { readonly batch?: readonly Sent[] };
      const sent = json.batch ?? [json];
      landed.push(...sent.flatMap(({ properties }) => properties?.session.split(' ')[0] ?? []));
      return new Response('{}');
    },
    vars: () => ({ SHARDS: 1, LINGER_MS: 0, JOURNAL_DAYS: 30, RATE_LIMIT: 1000 }),
  });

  /** False: refused, as a full shard may. */
  async function accept(): Promise<boolean> {
    const id = `cs_${state.made}`;
    const event = { ...checkout(`cus_${state.made % 50}`, `${id} ${PADDING}`), id };
    const answer = object.call((code) => code.accept(`user_${state.made % 50}`, event));
    const isTaken = await world.answered(
      answer.then(
        ({ outcome }) => outcome === 'accepted',
        () => false,
      ),
    );
    state.made += 1;
    if (isTaken) accepted.push(id);
    return isTaken;
  }

  /** What the cron finds. */
  async function visit() {
    await world.answered(object.call((code) => code.sweep()));
    const health = await object.call(async (code) => code.health());
    const circumstances = { isKeyMissing: false, lagAlertMs: Infinity, links: [] };
    const incidents = incidentsOf([health], { now: world.now(), ...circumstances });
    return { ...health, incidents: Object.keys(incidents) };
  }

  const tables = () =>
    object.db.prepare(`SELECT name FROM sqlite_master WHERE name GLOB 'journal_*'`).all().length;
  return { world, object, state, landed, accepted, accept, visit, tables };
}

/** A track; an identify has no properties. */
type Sent = { readonly properties?: { readonly session: string } };

describe('a shard whose disk is full', () => {
  it('goes on through a hundred disks of delivered history, and tells before it drops any', async () => {
    const { landed, accepted, world, accept, visit, tables } = open();
    const told = new Set<string>();
    let dropped = 0;
    while (accepted.length * ENTRY_BYTES < 100 * BYTES_MAX) {
      const before = tables();
      for (let made = 0; made < 20; made += 1) expect(await accept()).toBe(true);
      if (tables() <= before) dropped += 1;
      if (dropped > 0) expect([...told]).toEqual(['storage']);
      await world.pass(HOUR);
      const { incidents, storedShare } = await visit();
      expect(storedShare).toBeLessThan(0.9);
      for (const name of incidents) told.add(name);
    }
    expect(dropped).toBeGreaterThan(200);
    expect(landed).toEqual(accepted);
  });

  it('refuses when what is undelivered fills it, delivers that, and goes on', async () => {
    const { state, landed, accepted, world, accept, visit } = open();
    for (let round = 0; round < 8; round += 1) {
      state.isDown = true;
      const before = accepted.length;
      const told = new Set<string>();
      while (await accept()) {
        if (accepted.length % 5 !== 0) continue;
        const { incidents } = await visit();
        for (const name of incidents) told.add(name);
      }
      // All but what the cursor and whoever is held need is taken, whatever was delivered before.
      expect((accepted.length - before) * ENTRY_BYTES).toBeGreaterThan(0.7 * BYTES_MAX);
      expect([...told]).toContain('storage');
      expect((await visit()).storedShare).toBeGreaterThan(0.9);
      state.isDown = false;
      await world.pass(HOUR);
      expect((await visit()).pending).toBe(0);
      // Whoever is tried apart comes later. Entries are huge for this disk: where the copies of somebody held do not fit, what
      // has landed is sent once more, under its ids.
      expect(new Set(landed)).toEqual(new Set(accepted));
    }
  });

  it('drops and tries again where a write finds the disk full all the same', async () => {
    const { object, landed, accepted, world, accept, tables } = open();
    for (let hour = 0; hour < 5; hour += 1) {
      expect(await accept()).toBe(true);
      await world.pass(HOUR);
    }
    for (let statement = 0; statement < 6; statement += 1) {
      expect(tables()).toBeGreaterThan(0);
      object.fillDiskIn(statement);
      expect(await accept()).toBe(true);
      await world.pass(HOUR);
    }
    object.heal();
    await world.pass(HOUR);
    expect(landed).toEqual(accepted);
  });
});
