// How long a shard keeps what is delivered: JOURNAL_DAYS where there is room, a day where there is less, and so that history alone
// never raises the alert. On a simulated clock, over a small disk.

import { describe, expect, it } from 'vitest';

import { outboxIn } from '../simulation/set-up.ts';
import { createWorld } from '../simulation/world.ts';
import { checkout } from '../support/person-events.ts';

const HOUR = 3_600_000;
const BYTES_MAX = 4_000_000;
const PADDING = 'x'.repeat(29_500);

/** `perHour`: webhooks, of which one takes 0.75 % of the disk. What is left after so many hours, each time the cron came by. */
async function hoursKept({ hours, perHour }: { readonly hours: number; readonly perHour: number }) {
  const world = createWorld(1);
  let landed = 0;
  const object = outboxIn(world, {
    name: 's0',
    bytesMax: BYTES_MAX,
    network: async (_, _url, init) => {
      landed += String(init.body).split('"type":"track"').length - 1;
      return new Response('{}');
    },
    vars: () => ({ SHARDS: 1, LINGER_MS: 0, JOURNAL_DAYS: 7 }),
  });
  const kept: number[] = [];
  const shares: number[] = [];
  for (let hour = 0; hour < hours; hour += 1) {
    for (let made = 0; made < perHour; made += 1) {
      const id = `cs_${hour}_${made}`;
      const event = { ...checkout(`cus_${made}`, `${id} ${PADDING}`), id };
      await world.answered(object.call((code) => code.accept(`user_${made}`, event)));
    }
    await world.pass(HOUR);
    await world.answered(object.call((code) => code.sweep()));
    const query = `SELECT COUNT(*) AS hours FROM sqlite_master WHERE name GLOB 'journal_*'`;
    kept.push(Number(object.db.prepare(query).get()?.['hours']));
    shares.push((await object.call(async (code) => code.health())).storedShare);
  }
  object.close();
  return { kept, shares, landed };
}

describe('history that is delivered', () => {
  it('goes before its days are over where it would raise the alert, and stays as long as there is room', async () => {
    const { kept, shares, landed } = await hoursKept({ hours: 120, perHour: 2 });
    expect(Math.max(...shares)).toBeGreaterThan(0.5);
    expect(Math.max(...shares)).toBeLessThan(0.6);
    expect(Math.min(...kept.slice(48))).toBeGreaterThan(30);
    expect(landed).toBe(240);
  });

  it('of a day stays until 80 %, and then the alert has come', async () => {
    const { kept, shares } = await hoursKept({ hours: 72, perHour: 4 });
    expect(Math.min(...kept.slice(24))).toBeGreaterThanOrEqual(24);
    expect(Math.max(...shares)).toBeGreaterThan(0.6);
    expect(Math.max(...shares)).toBeLessThan(0.85);
  });

  it('is kept for JOURNAL_DAYS where there is room', async () => {
    const { kept } = await hoursKept({ hours: 40, perHour: 1 });
    expect(kept.at(-1)).toBe(40);
  });
});
