// A links shard that fills with events nobody knows a person for: they are kept for less and less long, and what is accepted goes on.

import { expect, it } from 'vitest';

import { incidentsOf } from '../../src/watch/incidents.ts';
import { createWorld } from '../simulation/world.ts';
import { checkout, claim } from '../support/person-events.ts';
import { simulatedShard } from './simulated-shard.ts';

const BYTES_MAX = 1_000_000;
const HOUR = 3_600_000;
const PADDING = 'x'.repeat(4000);

function open() {
  const world = createWorld(1);
  const accepted: string[] = [];
  const object = simulatedShard(world, {
    bytesMax: BYTES_MAX,
    lookUp: null,
    shards: {
      untold: async () => [],
      accept: async (_, { customerId }) => {
        accepted.push(String(customerId));
        return { outcome: 'accepted', messages: 1 };
      },
    },
  });
  const place = (customerId: string) =>
    object.call(async (shard) => {
      const event = { ...checkout(customerId, 'a'), type: PADDING };
      return shard.place({ customerId, userId: null, claims: [], event });
    });
  const learn = (customerId: string) =>
    object.call(async (shard) => shard.learn([claim(customerId, 'user_1')]));
  const keys = () =>
    object.db
      .prepare('SELECT key FROM waiting')
      .all()
      .map(({ key }) => String(key));
  return { world, object, accepted, place, learn, keys };
}

it('takes ten disks of events that nobody is known for, the oldest go from 80 % on, and it is said before', async () => {
  const { world, object, place, keys } = open();
  const told = new Set<string>();
  const made = (10 * BYTES_MAX) / PADDING.length;
  let isDropped = false;
  for (let index = 0; index < made; index += 1) {
    expect(await place(`cus_${index}`)).toMatchObject({ kind: 'waiting' });
    if (index % 5 !== 0) continue;
    await world.pass(HOUR);
    const health = await object.call(async (shard) => {
      await shard.sweep();
      return shard.health();
    });
    const circumstances = { isKeyMissing: false, lagAlertMs: Infinity, links: [health] };
    for (const name of Object.keys(incidentsOf([], { now: world.now(), ...circumstances }))) {
      told.add(name);
    }
    isDropped ||= health.counters.expired > 0;
    if (isDropped) expect([...told]).toEqual(['storage']);
    expect(health.storedShare).toBeLessThan(0.95);
  }
  expect(isDropped).toBe(true);
  // The newest are there, without a gap.
  const left = keys();
  expect(new Set(left)).toEqual(
    new Set(Array.from({ length: left.length }, (_, index) => `cus_${made - 1 - index}`)),
  );
  expect(left.length).toBeGreaterThan(100);
});

it('makes room where a write finds the disk full, and none of whose person is known', async () => {
  const { world, object, accepted, place, learn, keys } = open();
  await place('cus_old');
  await world.pass(1000);
  await place('cus_known');
  await learn('cus_known');
  object.fillDiskIn(0);
  expect(await place('cus_new')).toMatchObject({ kind: 'waiting' });
  expect(keys()).toEqual(['cus_known', 'cus_new']);
  await world.pass(1000);
  expect(accepted).toEqual(['cus_known']);
});

it('refuses where nothing may go', async () => {
  const { object, place, learn } = open();
  await place('cus_known');
  await learn('cus_known');
  object.fillDiskIn(0);
  await expect(place('cus_new')).rejects.toThrow('SQLITE_FULL');
});
