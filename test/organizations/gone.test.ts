// An organization that is deleted while its members wait to be related to it: its object is removed behind all that would make
// it anew, whoever it is of.

import { expect, it } from 'vitest';

import { shardOf } from '../../src/platform/shards.ts';
import { clerkEvent } from '../../src/samples/clerk.ts';
import { openAppObjects } from '../emulator/app-objects.ts';
import { AT, clerk, joins } from './acme.ts';
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
