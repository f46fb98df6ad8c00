// Nothing goes through somebody who is deleted, whatever is under way: Customer.io would bring them back. And nothing of an
// organization holds their id.

import { describe, expect, it } from 'vitest';

import { shardOf } from '../../src/platform/shards.ts';
import { clerkOrganization } from '../../src/samples/clerk-organization.ts';
import { clerkEvent } from '../../src/samples/clerk.ts';
import { ACME, acme, AT, buys, clerk, joins, membership, stripe, tracks } from './acme.ts';
import type { Call } from './acme.ts';
import { openCompanyWorld, SHARDS } from './company-world.ts';

const TYPED = { ORGANIZATION_OBJECT_TYPE: '2' };

function deletion(user: string) {
  return clerkEvent('user.deleted', { id: user, deleted: true }, AT + 9000);
}

function renamed(name: string, at: number) {
  const data = clerkOrganization({ ...ACME, name, created_at: AT, updated_at: at });
  return clerkEvent('organization.updated', data, at);
}

const isGroup = ({ type }: Call) => type === 'group';
const isObject = ({ type, traits: of }: Call) =>
  type === 'group' && !Object.hasOwn(Object(of), 'relationshipAttributes');

function named(user: string, calls: readonly Call[]) {
  return calls
    .filter(({ userId }) => userId === user)
    .map(({ type, event }) => String(event ?? type));
}

describe('a member who is deleted', () => {
  it('is removed behind a request that goes through them and is under way', async () => {
    // Each shard sends one request at a time, so the two have to be of different shards.
    expect(shardOf('user_bob', SHARDS)).not.toBe(shardOf('org_acme', SHARDS));
    const slowMs = (calls: readonly Call[]) => (calls.some(isGroup) ? 8000 : 0);
    const world = openCompanyWorld(TYPED, 1, { slowMs });
    await clerk(world, joins('user_bob', 'org:admin'));
    world.news();
    await world.world.answered(world.send('clerk', renamed('Acme & Co', AT + 5000), 'renamed'));
    // Its object is on its way through Bob, and the deletion comes meanwhile.
    await world.world.pass(1000);
    await world.world.answered(world.send('clerk', deletion('user_bob'), 'deleted'));
    await world.settled();
    expect(named('user_bob', world.news())).toEqual(['identify', 'group', 'User Deleted']);
    expect(JSON.stringify(world.everything())).not.toContain('user_bob');
  });

  it.each(Array.from({ length: 40 }, (_, seed) => seed + 1))(
    'is not brought back by an organization that they have just joined: seed %i',
    async (seed) => {
      const slowMs = (calls: readonly Call[]) => (calls.some(isGroup) ? 3000 : 0);
      const world = openCompanyWorld(TYPED, seed, { slowMs });
      const { random } = world.world;
      const joining = world.send('clerk', joins('user_ada', 'org:admin'), 'joined');
      await world.world.answered(world.world.wait(random.between(0, 300)));
      const deleting = world.send('clerk', deletion('user_ada'), 'deleted');
      await world.world.answered(Promise.all([joining, deleting]));
      await world.settled();
      expect(named('user_ada', world.news()).at(-1)).toBe('User Deleted');
      expect(JSON.stringify(world.everything())).not.toContain('user_ada');
    },
  );

  it('stands in no row where they made it or bought, and were never in it', async () => {
    const world = openCompanyWorld();
    const about = clerkOrganization({ ...ACME, created_by: 'user_eve', created_at: AT });
    await clerk(world, clerkEvent('organization.updated', about, AT));
    await stripe(world, buys());
    await clerk(
      world,
      joins('user_ada', 'org:admin', { organization: { ...ACME, created_by: 'user_eve' } }),
    );
    expect(JSON.stringify(world.rows('people'))).toContain('user_bob');
    await clerk(world, deletion('user_eve'));
    await clerk(world, deletion('user_bob'));
    const all = JSON.stringify(world.everything());
    expect(all).not.toContain('user_bob');
    expect(all).not.toContain('user_eve');
    // Stripe's metadata goes on naming them.
    await stripe(world, buys({ cancel_at_period_end: true }, { cancel_at_period_end: false }));
    expect(tracks(world.news()).filter((line) => line.startsWith('user_bob'))).toEqual([]);
    expect(JSON.stringify(world.everything())).not.toContain('user_bob');
  });

  it('stands in no row where all that was told of them is that they have left', async () => {
    const world = await acme();
    await clerk(world, membership('deleted', { user: 'user_dee', role: 'org:member', at: AT + 1 }));
    expect(JSON.stringify(world.rows('members'))).toContain('user_dee');
    await clerk(world, deletion('user_dee'));
    expect(JSON.stringify(world.everything())).not.toContain('user_dee');
  });

  it('is not written down again by what is late, not even until their shard has said so', async () => {
    const world = await acme();
    await clerk(world, deletion('user_cy'));
    const late = membership('updated', { user: 'user_cy', role: 'org:admin', at: AT + 20_000 });
    await world.world.answered(world.send('clerk', late, 'late'));
    expect(JSON.stringify(world.rows('members'))).not.toContain('user_cy');
    expect(JSON.stringify(world.rows('notices'))).not.toContain('user_cy');
  });

  it('stands in no message that was refused', async () => {
    const world = await acme(TYPED, { isRefused: (calls) => calls.some(isObject) });
    expect(JSON.stringify(world.rows('parked'))).toContain('user_ada');
    await clerk(world, deletion('user_ada'));
    expect(JSON.stringify(world.everything())).not.toContain('user_ada');
  });

  it('stands in no message that is held because it failed', async () => {
    const isOne = ({ traits: of }: Call) => Object(of).name === 'One';
    const world = await acme(TYPED, { isDown: (calls) => calls.some(isOne) });
    await world.world.answered(world.send('clerk', renamed('One', AT + 1000), 'one'));
    await world.world.pass(2000);
    for (const user of Array.from({ length: 20 }, (_, index) => `user_${index}`)) {
      await world.world.answered(world.send('clerk', joins(user, 'org:member'), `of_${user}`));
    }
    await world.world.pass(60_000);
    expect(JSON.stringify(world.rows('held'))).toContain('user_ada');
    await world.world.answered(world.send('clerk', deletion('user_ada'), 'deleted'));
    await world.world.pass(60_000);
    expect(JSON.stringify(world.everything())).not.toContain('user_ada');
  });

  it('stands in no row where the object once went through them, and there are none any more', async () => {
    const world = await acme(TYPED);
    await world.deploy({});
    expect(JSON.stringify(world.rows('people'))).toContain(String.raw`\"through\":\"user_ada`);
    await clerk(world, deletion('user_ada'));
    expect(JSON.stringify(world.everything())).not.toContain('user_ada');
  });

  it('has no traits of any organization, and gets none, if they only made one', async () => {
    const world = openCompanyWorld();
    const about = clerkOrganization({ ...ACME, created_by: 'user_eve', created_at: AT });
    await clerk(world, clerkEvent('organization.created', about, AT));
    expect(tracks(world.news())).toEqual(['user_eve organization_created']);
    const seen = await world.view('user_eve');
    expect(seen).toMatchObject({ traits: { plan: null } });
    expect(Object.keys('traits' in seen ? seen.traits : {})).toEqual(['plan']);
  });
});
