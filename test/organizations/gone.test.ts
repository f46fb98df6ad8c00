// An organization that is deleted while its members wait to be related to it: its object is removed behind all that would make
// it anew, whoever it is of.

import { expect, it } from 'vitest';

import { shardOf } from '../../src/platform/shards.ts';
import { clerkEvent } from '../../src/samples/clerk.ts';
import { openAppObjects } from '../emulator/app-objects.ts';
import { AT, clerk, joins, membership, traits } from './acme.ts';
import type { Call } from './acme.ts';
import { openCompanyWorld, SHARDS } from './company-world.ts';

const TYPED = { ORGANIZATION_OBJECT_TYPE: '2' };
const GONE = clerkEvent('organization.deleted', { id: 'org_acme', deleted: true }, AT + 9000);

/** What Customer.io is left with. */
function objectsAfter(calls: readonly Call[]): string[] {
  const objects = openAppObjects();
  objects.take(calls, 0);
  return [...objects.objects.keys()];
}

const isGroup = ({ type }: Call) => type === 'group';
const isBobs = ({ type, userId }: Call) => type === 'group' && userId === 'user_bob';

it('has no object any more where a member was still to be related to it', async () => {
  expect(shardOf('user_bob', SHARDS)).not.toBe(shardOf('org_acme', SHARDS));
  let isDown = true;
  const world = openCompanyWorld(TYPED, 1, { isDown: (calls) => isDown && calls.some(isBobs) });
  await clerk(world, joins('user_ada', 'org:admin'));
  await world.world.answered(world.send('clerk', joins('user_bob', 'org:member'), 'joins'));
  await world.world.pass(3000);
  await world.world.answered(world.send('clerk', GONE, 'gone'));
  await world.world.pass(20_000);
  isDown = false;
  await world.settled();
  const calls = world.news();
  expect(objectsAfter(calls)).toEqual([]);
  expect(calls.filter(({ event }) => event === 'Object Deleted')).toHaveLength(1);
});

it('has no object any more where a member was being related to it', async () => {
  const slowMs = (calls: readonly Call[]) => (calls.some(isBobs) ? 20_000 : 0);
  const world = openCompanyWorld(TYPED, 1, { slowMs });
  await clerk(world, joins('user_ada', 'org:admin'));
  await world.world.answered(world.send('clerk', joins('user_bob', 'org:member'), 'joins'));
  await world.world.pass(3000);
  await world.world.answered(world.send('clerk', GONE, 'gone'));
  await world.settled();
  const calls = world.news();
  expect(calls.some(isBobs)).toBe(true);
  expect(objectsAfter(calls)).toEqual([]);
});

it('has its object removed once, behind the last slice of its members', async () => {
  const world = openCompanyWorld(TYPED);
  for (let index = 0; index < 260; index += 1) {
    const json = joins(`user_${String(index).padStart(3, '0')}`, 'org:member');
    await world.world.answered(world.send('clerk', json, `joins_${index}`));
  }
  await world.settled();
  world.news();
  await clerk(world, GONE);
  const ends = world.news().filter(({ event }) => event === 'Object Deleted');
  expect(ends).toHaveLength(1);
});

// Any number of seeds: SEEDS=500.
const SEEDS = Number(process.env['SEEDS'] ?? 20);

it.each(Array.from({ length: SEEDS }, (_, seed) => seed + 1))(
  'has none whatever was under way and whatever dies, and nobody is in it: seed %i',
  async (seed) => {
    let slowestMs = 6000;
    const slowMs = (calls: readonly Call[]) =>
      calls.some(isGroup) ? random.between(0, slowestMs) : 0;
    const world = openCompanyWorld(TYPED, seed, { slowMs });
    const { random } = world.world;
    const sent: Promise<unknown>[] = [];
    const users = ['user_ada', 'user_bob', 'user_cy', 'user_dee', 'user_eve', 'user_fay'];
    for (let step = 0; step < 25; step += 1) {
      const change = random.pick(['created', 'created', 'updated', 'deleted']);
      const about = { user: random.pick(users), role: random.pick(['org:admin', 'org:member']) };
      const json = membership(change, { ...about, at: AT + step * 1000 });
      sent.push(world.send('clerk', json, `step_${step}`));
      if (step === 18) sent.push(world.send('clerk', GONE, 'gone'));
      if (random.chance(0.3)) random.pick(world.outboxes).dieIn(random.between(0, 40));
      await world.world.answered(world.world.wait(random.between(0, 1500)));
    }
    await world.world.answered(Promise.all(sent));
    slowestMs = 0;
    for (const each of world.outboxes) each.heal();
    await world.settled();
    await world.world.pass(60_000);
    const calls = world.news();
    expect(objectsAfter(calls)).toEqual([]);
    expect(calls.some(({ event }) => event === 'Object Deleted')).toBe(true);
    for (const [user, of] of Object.entries(traits(calls))) {
      expect({ user, in: of['organizationId'] ?? null }).toEqual({ user, in: null });
    }
  },
);
