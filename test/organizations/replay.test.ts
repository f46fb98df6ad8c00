// A parked object or relationship is replayed as it is by then: neither has a time at Customer.io, so an older word would win.

import { expect, it } from 'vitest';

import { clerkOrganization } from '../../src/samples/clerk-organization.ts';
import { clerkEvent } from '../../src/samples/clerk.ts';
import { ACME, AT, clerk, joins, membership } from './acme.ts';
import type { Call } from './acme.ts';
import { openCompanyWorld } from './company-world.ts';
import type { CompanyWorld } from './company-world.ts';

const TYPED = { ORGANIZATION_OBJECT_TYPE: '2' };

const isRelation = ({ traits: of }: Call) => Object.hasOwn(Object(of), 'relationshipAttributes');
const isDeletion = ({ event }: Call) => event === 'Relationship Deleted';

/** It refuses what `isRefused` says, until it is told to take everything. */
function refusing(isRefused: (call: Call) => boolean) {
  let isOver = false;
  const world = openCompanyWorld(TYPED, 1, {
    isRefused: (calls) => !isOver && calls.some(isRefused),
  });
  return {
    world,
    takeAll: () => {
      isOver = true;
    },
  };
}

/** What is parked, in every shard. */
async function replayAll(world: CompanyWorld): Promise<Call[]> {
  world.news();
  for (const each of world.outboxes) {
    await world.world.answered(
      each.call(async (shard) => {
        for (const { seq } of shard.listParked(0, 100)) shard.replayParked(seq);
      }),
    );
  }
  await world.settled();
  return world.news().filter((call) => call['type'] === 'group' || isDeletion(call));
}

it('tells an object once, as it is now', async () => {
  const { world, takeAll } = refusing((call) => call['type'] === 'group' && !isRelation(call));
  await clerk(world, joins('user_ada', 'org:admin'));
  const about = clerkOrganization({ ...ACME, name: 'New', created_at: AT, updated_at: AT + 1 });
  takeAll();
  await clerk(world, clerkEvent('organization.updated', about, AT + 1));
  expect(await replayAll(world)).toMatchObject([{ userId: 'user_ada', traits: { name: 'New' } }]);
});

it('relates nobody anew who has left', async () => {
  const { world, takeAll } = refusing((call) => call['type'] === 'group' && isRelation(call));
  await clerk(world, joins('user_ada', 'org:admin'));
  await clerk(world, joins('user_cy', 'org:member'));
  takeAll();
  await clerk(world, membership('deleted', { user: 'user_cy', role: 'org:member', at: AT + 1 }));
  await clerk(world, membership('updated', { user: 'user_ada', role: 'org:owner', at: AT + 1 }));
  expect(await replayAll(world)).toMatchObject([
    { userId: 'user_ada', traits: { relationshipAttributes: { role: 'org:owner' } } },
  ]);
});

it('takes no relationship from somebody who is back', async () => {
  const { world, takeAll } = refusing(isDeletion);
  await clerk(world, joins('user_ada', 'org:admin'));
  await clerk(world, joins('user_cy', 'org:member'));
  await clerk(world, membership('deleted', { user: 'user_cy', role: 'org:member', at: AT + 1 }));
  await clerk(world, membership('deleted', { user: 'user_ada', role: 'org:admin', at: AT + 1 }));
  takeAll();
  await clerk(world, joins('user_cy', 'org:member', { at: AT + 2 }));
  const calls = await replayAll(world);
  expect(calls.filter(isDeletion).map(({ userId }) => userId)).toEqual(['user_ada']);
  expect(calls.filter(({ userId }) => userId === 'user_cy')).toMatchObject([{ type: 'group' }]);
});
