// An organization as the operator sees it, at its bounds: pages of members with those who hear first and each once, what is
// still on its way, who has left, and nobody who was deleted.

import { expect, it } from 'vitest';

import { personKey } from '../../src/outbox/people/table.ts';
import { acme, AT, buys, clerk, joins, membership, stripe } from '../organizations/acme.ts';
import { openCompanyWorld } from '../organizations/company-world.ts';
import type { CompanyWorld } from '../organizations/company-world.ts';

async function seen(world: CompanyWorld, after = '') {
  const { organization } = await world.look('org_acme', {
    organization: { id: 'org_acme', after },
  });
  if (organization?.kind !== 'organization') throw new Error(String(organization?.kind));
  return organization;
}

it('shows each member once over its pages, those who hear first', async () => {
  const world = await acme();
  const shard = world.outboxes.find(
    ({ db }) => db.prepare('SELECT 1 FROM members').all().length > 0,
  );
  const insert = shard?.db.prepare('INSERT INTO members VALUES (?, ?, ?, 1, 1)');
  for (let each = 100; each < 350; each += 1) {
    insert?.run(
      personKey('org_acme'),
      `user_m${each}`,
      each % 5 === 0 ? 'org:admin' : 'org:member',
    );
  }
  const ids: string[] = [];
  let after: string | null = '';
  let first = true;
  while (after !== null) {
    const page: Awaited<ReturnType<typeof seen>> = await seen(world, after);
    expect(page.count).toBe(253);
    if (first) {
      const hearing = page.members.slice(0, 50).every(({ hears }) => hears);
      expect(hearing).toBe(true);
    }
    ids.push(...page.members.map(({ userId }) => userId));
    [after, first] = [page.next, false];
  }
  expect(ids).toHaveLength(253);
  expect(new Set(ids).size).toBe(253);
});

it('says who has left, and nothing of who was deleted', async () => {
  const world = await acme();
  await clerk(world, membership('deleted', { user: 'user_cy', role: 'org:member', at: AT + 1 }));
  await world.told(
    'clerk',
    {
      type: 'user.deleted',
      object: 'event',
      data: { id: 'user_bob', object: 'user', deleted: true },
      timestamp: AT + 2,
    },
    'gone',
  );
  const { members, left, lane } = await seen(world);
  expect(members.map(({ userId }) => userId)).toEqual(['user_ada']);
  expect(left).toEqual(['user_cy']);
  expect(lane).toMatchObject({ notices: 0, waiting: 0, fanOut: null });
  expect(JSON.stringify(await seen(world))).not.toContain('user_bob');
});

it('counts what waits until Clerk tells of it', async () => {
  const world = openCompanyWorld();
  await stripe(world, buys());
  const { members, lane } = await seen(world);
  expect(members).toEqual([]);
  expect(lane.waiting).toBe(1);
  await clerk(world, joins('user_ada', 'org:admin'));
  expect((await seen(world)).lane.waiting).toBe(0);
});

it('tells of a person what they heard of this organization, and of no other', async () => {
  const world = await acme();
  await stripe(world, buys());
  await clerk(
    world,
    joins('user_ada', 'org:admin', { organization: { id: 'org_b', name: 'B', created_by: null } }),
  );
  const asked = { id: 'org_acme', userIds: ['user_ada'] };
  const { heard = [] } = await world.look('user_ada', { heard: asked });
  expect(heard.map(({ event, state }) => `${event} ${state}`)).toEqual([
    'subscription_started landed',
    'organization_joined landed',
  ]);
});
