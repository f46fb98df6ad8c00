// A company of many members while everything moves: people join, leave and get other roles, it buys and changes its plan,
// and shards die between any two statements. At the end every member is what the providers say, every moment was told once,
// and who has left or is deleted heard nothing more.

import { expect, it } from 'vitest';

import { clerkEvent } from '../../src/samples/clerk.ts';
import { AT, buys, joins, membership, stripe, tracks, traits } from './acme.ts';
import type { Call } from './acme.ts';
import { openCompanyWorld } from './company-world.ts';
import type { CompanyWorld } from './company-world.ts';

const SEEDS = Number(process.env['SEEDS'] ?? 12);

it('reaches all members slice by slice, and only those with a role above ORGANIZATION_FANOUT_MAX', async () => {
  for (const [most, told] of [
    [10_000, 620],
    [600, 1],
  ] as const) {
    const world = openCompanyWorld({ ORGANIZATION_FANOUT_MAX: most });
    const all = Array.from({ length: 619 }, (_, index) => `user_${1000 + index}`);
    const sent = [
      joins('user_0', 'org:admin'),
      ...all.map((user) => joins(user, 'org:member')),
    ].map((json, index) => world.send('clerk', json, `msg_${index}`));
    await world.world.answered(Promise.all(sent));
    await world.settled();
    world.news();
    await stripe(world, buys({ metadata: { orgId: 'org_acme' } }));
    const calls = world.news();
    const right = Object.values(traits(calls)).filter((of) => of['organizationPlan'] === 'pro');
    expect(right).toHaveLength(told);
    expect(tracks(calls)).toEqual(['user_0 subscription_started']);
  }
});

it.each(Array.from({ length: SEEDS }, (_, seed) => seed + 1))(
  'is right in the end whatever dies: seed %i',
  async (seed) => {
    const world = openCompanyWorld({ ORGANIZATION_OBJECT_TYPE: 1 }, seed);
    const { random } = world.world;
    const roles = new Map<string, string | null>();
    const deleted = new Set<string>();
    const sent: Promise<string>[] = [];
    let at = AT;
    const send = (name: 'clerk' | 'stripe', json: Parameters<typeof world.send>[1]) => {
      sent.push(world.send(name, json, `msg_${sent.length}`));
    };
    await world.told('clerk', joins('user_0', 'org:admin'), 'first');
    roles.set('user_0', 'org:admin');
    for (let step = 0; step < 60; step += 1) {
      at += 1000;
      const user = `user_${1 + random.between(0, 14)}`;
      if (random.chance(0.3)) random.pick(world.outboxes).dieIn(random.between(0, 40));
      if (step === 20) send('stripe', buys({ metadata: { orgId: 'org_acme' } }));
      if (step === 40) {
        const before = { cancel_at_period_end: false };
        send(
          'stripe',
          buys({ cancel_at_period_end: true, metadata: { orgId: 'org_acme' } }, before),
        );
      }
      await world.world.pass(random.between(0, 400));
      if (deleted.has(user)) continue;
      const known = roles.get(user) ?? null;
      if (random.chance(0.06)) {
        deleted.add(user);
        roles.delete(user);
        send('clerk', clerkEvent('user.deleted', { id: user, deleted: true }, at));
      } else if (known === null) {
        const role = random.pick(['org:admin', 'org:member', 'org:member']);
        roles.set(user, role);
        send('clerk', membership('created', { user, role, at }));
      } else if (random.chance(0.4)) {
        roles.set(user, null);
        send('clerk', membership('deleted', { user, role: known, at }));
      } else {
        const role = random.pick(['org:admin', 'org:member']);
        roles.set(user, role);
        send('clerk', membership('updated', { user, role, at }));
      }
    }
    await world.world.answered(Promise.all(sent));
    for (const each of world.outboxes) each.heal();
    await world.settled();
    const calls = world.news();
    const newest = traits(calls);
    for (const [user, role] of roles) {
      const { organizationId = null, ...of } = newest[user] ?? {};
      expect({ user, organizationId }).toEqual({
        user,
        organizationId: role === null ? null : 'org_acme',
      });
      if (role === null) continue;
      expect({ user, ...of }).toMatchObject({
        user,
        organizationRole: role,
        organizationPlan: 'pro',
        organizationCancelAt: expect.any(Number),
      });
    }
    const told = new Set(
      calls.filter(({ type }) => type === 'track').map((call) => call['messageId']),
    );
    const starts = tracks(calls).filter((line) => line.endsWith('subscription_started'));
    expect(starts).toContain('user_0 subscription_started');
    // A batch may come once more after a death, with the same ids.
    const ids = calls.filter(({ event }) => event === 'subscription_started');
    expect(new Set(ids.map(({ messageId }) => messageId)).size).toBe(
      new Set(ids.map(({ userId }) => userId)).size,
    );
    expect(told.size).toBeGreaterThan(0);
    expectNothingOf(deleted, world, calls);
  },
);

/** Behind their removal nothing is sent, and no row has their id. */
function expectNothingOf(
  deleted: ReadonlySet<string>,
  world: CompanyWorld,
  calls: readonly Call[],
) {
  for (const user of deleted) {
    const theirs = calls.filter(({ userId }) => userId === user);
    const removal = theirs.findIndex(({ event }) => event === 'User Deleted');
    const after = theirs.slice(removal + 1).filter(({ event }) => event !== 'User Deleted');
    expect({ user, after }).toEqual({ user, after: [] });
    const rows = JSON.stringify(['members', 'notices', 'people'].flatMap(world.rows));
    expect(rows).not.toContain(`"${user}"`);
  }
}
