// What a large company costs: rows, time on the simulated clock, and what a fan-out does about full shards, deaths and newer
// versions. MEMBERS=10000 measures a whole one: `MEMBERS=10000 npx vitest run ... test/organizations/cost.test.ts`.

import { expect, it } from 'vitest';

import { shardOf } from '../../src/platform/shards.ts';
import { AT, buys, joins, tracks, traits } from './acme.ts';
import { openCompanyWorld, SHARDS } from './company-world.ts';
import type { CompanyWorld } from './company-world.ts';

const MEMBERS = Number(process.env['MEMBERS'] ?? 1000);
const NOBODY = { orgId: 'org_acme' };

/** Told to the shard itself, a page at once, as a backfill does. */
async function company(
  receiver: Parameters<typeof openCompanyWorld>[2] = {},
  members: readonly string[] = Array.from(
    { length: MEMBERS - 1 },
    (_, index) => `user_${index + 1}`,
  ),
) {
  const world = openCompanyWorld({ LINGER_MS: 1000 }, 1, receiver);
  await world.told('clerk', joins('user_0', 'org:admin'), 'first');
  const sent = members.map(async (user, index) =>
    world.send('clerk', joins(user, 'org:member'), `msg_${index}`),
  );
  await world.world.answered(Promise.all(sent));
  await world.settled();
  world.news();
  return world;
}

function rowsIn({ outboxes }: CompanyWorld): number {
  return outboxes.reduce((sum, each) => sum + each.rowsWritten(), 0);
}

function withPlan(world: CompanyWorld): number {
  const told = Object.values(traits(world.landed));
  return told.filter((of) => of['organizationPlan'] === 'pro').length;
}

it('tells all members within a minute, for about two rows each', async () => {
  const world = await company();
  const [rows, from] = [rowsIn(world), world.world.now()];
  await world.world.answered(world.send('stripe', buys({ metadata: NOBODY }), 'bought'));
  const answeredMs = world.world.now() - from;
  while (withPlan(world) < MEMBERS) await world.world.pass(500);
  const ms = world.world.now() - from;
  await world.settled();
  const each = (rowsIn(world) - rows) / MEMBERS;
  console.info(
    `${MEMBERS} members: ${ms} ms, ${each.toFixed(2)} rows a member, answered after ${answeredMs} ms`,
  );
  expect(ms).toBeLessThan(60_000);
  expect(each).toBeLessThan(2.3);
  // The webhook does not wait for its members.
  expect(answeredMs).toBeLessThan(1000);
  expect(tracks(world.news())).toEqual(['user_0 subscription_started']);
});

it('begins anew with a newer version, and ends with that one alone', async () => {
  const world = await company();
  await world.world.answered(world.send('stripe', buys({ metadata: NOBODY }), 'bought'));
  // The admin hears of it before: some of the others have to know it, too.
  const hasBegun = () => world.rows('fan_outs').some(({ cursor }) => cursor !== '');
  while (!hasBegun()) await world.world.pass(5);
  const renamed = { id: 'org_acme', name: 'Newer', slug: 'acme', created_by: 'user_ada' };
  const json = joins('user_0', 'org:admin', {
    organization: { ...renamed, updated_at: AT + 9000 },
  });
  await world.told('clerk', json, 'renamed');
  const told = Object.values(traits(world.news()));
  expect(told.map((of) => of['organizationName']).filter((name) => name !== 'Newer')).toEqual([]);
  expect(told).toHaveLength(MEMBERS);
});

it('goes on where it was after a death in the middle', async () => {
  const world = await company();
  await world.world.answered(world.send('stripe', buys({ metadata: NOBODY }), 'bought'));
  while (withPlan(world) === 0) await world.world.pass(20);
  const rows = rowsIn(world);
  for (const each of world.outboxes) each.die();
  await world.settled();
  expect(withPlan(world)).toBe(MEMBERS);
  // Whoever was told is told nothing anew: a slice at most comes twice, and writes nothing.
  expect((rowsIn(world) - rows) / MEMBERS).toBeLessThan(2.3);
});

it('waits while a shard has more than its share to deliver', async () => {
  let isSlow = false;
  const all = Array.from({ length: 6000 }, (_, index) => `user_${index + 1}`);
  // All in one shard, which has more than its share before all are told.
  const members = all.filter((user) => shardOf(user, SHARDS) === 0).slice(0, 1700);
  const world = await company({ slowMs: () => (isSlow ? 20_000 : 0) }, members);
  isSlow = true;
  await world.world.answered(world.send('stripe', buys({ metadata: NOBODY }), 'bought'));
  await world.world.pass(4000);
  const health = world.outboxes.map(async (each) => each.call(async (code) => code.health()));
  const pending = (await world.world.answered(Promise.all(health))).map((each) => each.pending);
  expect(Math.max(...pending)).toBeGreaterThan(1000);
  expect(Math.max(...pending)).toBeLessThan(1000 + 250 + 100);
  isSlow = false;
  await world.settled();
  expect(withPlan(world)).toBe(members.length + 1);
});
