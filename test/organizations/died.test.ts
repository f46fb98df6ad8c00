// A shard that dies while a request of its is under way: that one may land after the shard has begun anew. Nothing that ends
// something at Customer.io, which has no time to lose by, may land before it.

import { describe, expect, it } from 'vitest';

import { shardOf } from '../../src/platform/shards.ts';
import { clerkOrganization } from '../../src/samples/clerk-organization.ts';
import { clerkEvent } from '../../src/samples/clerk.ts';
import { ACME, AT, clerk, joins, membership } from './acme.ts';
import type { Call } from './acme.ts';
import { openCompanyWorld, SHARDS } from './company-world.ts';

const TYPED = { ORGANIZATION_OBJECT_TYPE: '2' };

const leaves = membership('deleted', { user: 'user_bob', role: 'org:admin', at: AT + 9000 });
const isDeleted = clerkEvent('user.deleted', { id: 'user_bob', deleted: true }, AT + 9000);

function renamed(name: string, at: number) {
  const data = clerkOrganization({ ...ACME, name, created_at: AT, updated_at: at });
  return clerkEvent('organization.updated', data, at);
}

/** Of Bob, in the order in which it landed. */
function ofBob(calls: readonly Call[]) {
  return calls
    .filter(({ userId }) => userId === 'user_bob')
    .map(({ type, event }) => String(event ?? type));
}

/** The first request that goes through Bob lands late, any other at once. */
function firstIsSlow() {
  let isFirst = true;
  let isOn = false;
  const slowMs = (calls: readonly Call[]) => {
    const isIt = isOn && isFirst && calls.some(({ type }) => type === 'group');
    if (isIt) isFirst = false;
    return isIt ? 8000 : 0;
  };
  return { slowMs, begin: () => (isOn = true) };
}

/** Their own events may follow the end of a relationship; nothing follows a deletion. */
function expectEnd(told: readonly string[], end: string) {
  expect(told).toContain('group');
  expect(told.indexOf(end)).toBeGreaterThan(told.lastIndexOf('group'));
  if (end === 'User Deleted') expect(told.at(-1)).toBe(end);
}

describe.each([
  ['has left', leaves, 'Relationship Deleted'],
  ['is deleted', isDeleted, 'User Deleted'],
])('a member who %s', (_, json, end) => {
  it('is told of last, whatever of the organization was under way when its shard died', async () => {
    expect(shardOf('user_bob', SHARDS)).not.toBe(shardOf('org_acme', SHARDS));
    const { slowMs, begin } = firstIsSlow();
    const world = openCompanyWorld(TYPED, 1, { slowMs });
    await clerk(world, joins('user_bob', 'org:admin'));
    await clerk(world, joins('user_cy', 'org:member'));
    world.news();
    begin();
    await world.world.answered(world.send('clerk', renamed('One', AT + 1000), 'one'));
    await world.world.pass(1000);
    world.outboxes[shardOf('org_acme', SHARDS)]?.die();
    await world.world.answered(world.send('clerk', json, 'end'));
    await world.settled();
    await world.world.pass(20_000);
    expectEnd(ofBob(world.news()), end);
  });

  it('is told of last, whatever of their own was under way when their shard died', async () => {
    const { slowMs, begin } = firstIsSlow();
    const world = openCompanyWorld(TYPED, 1, { slowMs });
    await clerk(world, joins('user_ada', 'org:admin'));
    world.news();
    begin();
    await world.world.answered(world.send('clerk', joins('user_bob', 'org:member'), 'joins'));
    await world.world.pass(1000);
    world.outboxes[shardOf('user_bob', SHARDS)]?.die();
    await world.world.answered(world.send('clerk', json, 'end'));
    await world.settled();
    await world.world.pass(20_000);
    expectEnd(ofBob(world.news()), end);
  });
});
