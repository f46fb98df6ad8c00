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
  const place = (customerId: string, session = 'a') =>
    object.call(async (shard) => {
      const event = { ...checkout(customerId, session), type: PADDING };
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

it('drops nothing of whom an event names itself: it goes to them once what nobody is known for is gone', async () => {
  const { world, object, accepted, place, keys } = open();
  await place('cus_1');
  await object.call(async (shard) =>
    shard.place({
      customerId: 'cus_1',
      userId: 'user_1',
      claims: [],
      event: { ...checkout('cus_1', 'named'), type: PADDING },
    }),
  );
  await place('cus_1', 'b');
  expect(keys()).toHaveLength(3);
  await world.pass(1000);
  object.fillDiskIn(0);
  await place('cus_new');
  // That of whom nobody knows went, and no more.
  expect(keys()).toEqual(['cus_1', 'cus_1', 'cus_new']);
  await object.call(async (shard) => shard.sweep());
  await world.pass(1000);
  expect(accepted).toEqual(['cus_1']);
  // What came behind it has no person still, and was not older.
  expect(keys()).toEqual(['cus_1', 'cus_new']);
});

it("drops nothing of a subscription that is known to be somebody's", async () => {
  const { world, object, place, keys } = open();
  await place('cus_1');
  object.db.exec(`INSERT INTO holders (subscription, customer, user_id, as_of, version, source)
    VALUES ('sub_1', 'cus_1', 'user_1', 1, 1, 'subscription_metadata')`);
  const held = { ...checkout('cus_1', 'held'), of: { subscriptionId: 'sub_1', asOf: 2 } };
  await object.call(async (shard) =>
    shard.place({ customerId: 'cus_1', userId: null, claims: [], event: held }),
  );
  await world.pass(1000);
  object.fillDiskIn(0);
  await place('cus_new');
  expect(keys()).toEqual(['cus_1', 'cus_new']);
});

it('a queue that is stuck though its person is known keeps no other from going', async () => {
  const { object, place, keys, world } = open();
  for (let index = 0; index < 600; index += 1) {
    const event = checkout(`cus_${index}`, 'named');
    const first = { ...event, id: `first_${index}` };
    await object.call(async (shard) =>
      shard.place({ customerId: `cus_${index}`, userId: null, claims: [], event: first }),
    );
    object.db.exec(`UPDATE waiting SET user_id = 'user_1' WHERE key = 'cus_${index}'`);
    object.db.exec(`UPDATE queues SET next_at = 9e15, since = 0 WHERE key = 'cus_${index}'`);
  }
  await place('cus_old');
  await world.pass(1000);
  object.fillDiskIn(0);
  expect(await place('cus_new')).toMatchObject({ kind: 'waiting' });
  expect(keys()).not.toContain('cus_old');
  expect(keys()).toHaveLength(601);
});

it('a charge whose customer is known goes not before what waits for it', async () => {
  const { world, object, keys } = open();
  const customerOf = () => object.db.prepare('SELECT customer FROM charges').all();
  await object.call(async (shard) => shard.placeCharge('ch_1', checkout('ch_1', 'a')));
  await object.call(async (shard) => shard.learnCharge('ch_1', 'cus_1'));
  object.db.exec('UPDATE queues SET next_at = 9e15');
  object.db.exec('CREATE TABLE ballast (bytes BLOB)');
  object.db.exec(`INSERT INTO ballast VALUES (zeroblob(${0.96 * BYTES_MAX - 150_000}))`);
  await world.pass(HOUR);
  await object.call(async (shard) => shard.sweep());
  expect(customerOf()).toHaveLength(1);
  expect(keys()).toEqual(['ch_1']);
});
