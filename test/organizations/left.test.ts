// Nothing of an organization goes through somebody who has left it: a group call relates them anew at Customer.io.

import { describe, expect, it } from 'vitest';

import { shardOf } from '../../src/platform/shards.ts';
import { clerkOrganization } from '../../src/samples/clerk-organization.ts';
import { clerkEvent } from '../../src/samples/clerk.ts';
import { ACME, AT, clerk, joins, membership } from './acme.ts';
import type { Call } from './acme.ts';
import { openCompanyWorld, SHARDS } from './company-world.ts';

const TYPED = { ORGANIZATION_OBJECT_TYPE: '2' };

function renamed(name: string, at: number) {
  const data = clerkOrganization({ ...ACME, name, created_at: AT, updated_at: at });
  return clerkEvent('organization.updated', data, at);
}

const bobLeaves = membership('deleted', { user: 'user_bob', role: 'org:admin', at: AT + 9000 });

function isNamed(name: string, { type, traits }: Call): boolean {
  return type === 'group' && Object(traits).name === name;
}

/** What landed of the object, and what ended a relationship. */
function told(calls: readonly Call[]) {
  return calls.flatMap(({ type, event, userId, traits }) => {
    if (event === 'Relationship Deleted') return [`${String(userId)} left`];
    const { name = null } = Object(traits);
    return type === 'group' && name !== null ? [`${String(userId)} ${name}`] : [];
  });
}

/** Bob is an admin, Cy a member. The object goes through Bob, whose shard is another one. */
async function throughBob(receiver: Parameters<typeof openCompanyWorld>[2]) {
  expect(shardOf('user_bob', SHARDS)).not.toBe(shardOf('org_acme', SHARDS));
  const world = openCompanyWorld(TYPED, 1, receiver);
  await clerk(world, joins('user_bob', 'org:admin'));
  await clerk(world, joins('user_cy', 'org:member'));
  world.news();
  return world;
}

const isOne = (call: Call) => isNamed('One', call);

/** The object is called One while a request is under way through Bob, then Two; then Bob leaves. */
async function leftWhileSlow() {
  const slowMs = (calls: readonly Call[]) => (calls.some(isOne) ? 5000 : 0);
  const world = await throughBob({ slowMs });
  await world.world.answered(world.send('clerk', renamed('One', AT + 1000), 'one'));
  await world.world.pass(1000);
  await world.world.answered(world.send('clerk', renamed('Two', AT + 2000), 'two'));
  await world.world.pass(1000);
  await world.world.answered(world.send('clerk', bobLeaves, 'left'));
  await world.settled();
  return told(world.news());
}

describe('a member who has left', () => {
  it('is passed over by what the journal holds of the object', async () => {
    const calls = await leftWhileSlow();
    expect(calls.filter((line) => line.endsWith('Two'))).toEqual(['user_cy Two']);
  });

  // Once the end of the relationship landed before what was under way, which related them anew.
  it('is said to have left behind what was under way through them', async () => {
    const calls = await leftWhileSlow();
    expect(calls.filter((line) => line.startsWith('user_bob'))).toEqual([
      'user_bob One',
      'user_bob left',
    ]);
  });

  it('is passed over by what is held because it failed', async () => {
    let isOver = false;
    const isDown = (calls: readonly Call[]) => !isOver && calls.some(isOne);
    const world = await throughBob({ isDown });
    await world.world.answered(world.send('clerk', renamed('One', AT + 1000), 'one'));
    await world.world.pass(2000);
    // Neighbours land, so it is the message that is at fault.
    for (const user of Array.from({ length: 20 }, (_, index) => `user_${index}`)) {
      await world.world.answered(world.send('clerk', joins(user, 'org:member'), `of_${user}`));
    }
    await world.world.pass(60_000);
    expect(world.rows('held')).not.toEqual([]);
    await world.world.answered(world.send('clerk', bobLeaves, 'left'));
    isOver = true;
    await world.settled();
    await world.world.pass(600_000);
    expect(world.rows('held')).toEqual([]);
    const calls = told(world.news());
    expect(calls.filter((line) => line.startsWith('user_bob'))).toEqual(['user_bob left']);
    expect(calls.at(-1)).toMatch(/ One$/);
  });
});
