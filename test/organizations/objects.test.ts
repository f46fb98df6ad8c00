// Organizations as objects of Customer.io, and what is left of an organization or a member that is deleted. The receiver
// refuses what Customer.io's specification does (emulator/strict.ts).

import { describe, expect, it } from 'vitest';

import { clerkOrganization } from '../../src/samples/clerk-organization.ts';
import { clerkEvent } from '../../src/samples/clerk.ts';
import { ACME, acme, AT, buys, clerk, joins, membership, stripe, tracks, traits } from './acme.ts';
import type { Call } from './acme.ts';
import { openCompanyWorld } from './company-world.ts';

const TYPED = { ORGANIZATION_OBJECT_TYPE: '2' };

function groups(calls: readonly Call[]) {
  return calls.filter(({ type }) => type === 'group').map(({ userId, traits: of }) => [userId, of]);
}

describe('objects', () => {
  it('are made through an admin, and every member is related from their own lane', async () => {
    const world = openCompanyWorld(TYPED);
    await clerk(world, joins('user_bob', 'org:member'));
    await clerk(world, joins('user_ada', 'org:admin'));
    const calls = world.news();
    const related = (role: string) => ({
      object_type_id: '2',
      relationshipAttributes: { role, joinedAt: AT / 1000 },
    });
    expect(groups(calls)).toContainEqual(['user_ada', related('org:admin')]);
    expect(groups(calls)).toContainEqual(['user_bob', related('org:member')]);
    expect(groups(calls)).toContainEqual([
      'user_bob',
      {
        object_type_id: '2',
        name: 'Acme',
        slug: 'acme',
        domain: null,
        createdAt: AT / 1000,
        membersCount: null,
        plan: null,
      },
    ]);
    expect(groups(calls)).toHaveLength(3);
  });

  it('have the billing of the organization, the money too', async () => {
    const world = await acme(TYPED);
    await stripe(world, buys());
    const calls = groups(world.news());
    expect(calls).toHaveLength(1);
    expect(calls[0]).toMatchObject([
      'user_ada',
      { plan: 'pro', mrr: 49, subscriptionStatus: 'active', stripeCustomerId: 'cus_acme' },
    ]);
  });

  it('lose a member who leaves, and go through another one', async () => {
    const world = await acme(TYPED);
    await clerk(world, membership('deleted', { user: 'user_ada', role: 'org:admin', at: AT + 1 }));
    const calls = world.news();
    expect(calls).toContainEqual(
      expect.objectContaining({
        userId: 'user_ada',
        event: 'Relationship Deleted',
        properties: { objectId: 'org_acme', objectTypeId: 2 },
      }),
    );
    expect(groups(calls)).toMatchObject([['user_bob', { name: 'Acme' }]]);
  });

  it('go through a member with a role, whoever else is in it', async () => {
    const world = await acme({ ORGANIZATION_OBJECT_TYPE: 1 });
    await clerk(world, joins('user_aa', 'org:member'));
    await clerk(world, joins('user_zz', 'org:admin'));
    world.news();
    await clerk(world, membership('deleted', { user: 'user_ada', role: 'org:admin', at: AT + 1 }));
    const objects = world.news().filter(({ type, traits: of }) => {
      return type === 'group' && !Object.hasOwn(Object(of), 'relationshipAttributes');
    });
    expect(objects.map(({ userId }) => userId)).toEqual(['user_zz']);
  });

  it('know their domain until it is removed', async () => {
    const world = await acme(TYPED);
    const domain = { name: 'acme.test', organization_id: 'org_acme', updated_at: AT };
    await clerk(world, clerkEvent('organizationDomain.created', domain, AT));
    expect(groups(world.news())).toMatchObject([['user_ada', { domain: 'acme.test' }]]);
    await clerk(world, clerkEvent('organizationDomain.deleted', domain, AT + 1000));
    expect(groups(world.news())).toMatchObject([['user_ada', { domain: null }]]);
  });

  it('keep their domain where another one is removed', async () => {
    const world = await acme(TYPED);
    const domain = { name: 'acme.test', organization_id: 'org_acme', updated_at: AT };
    await clerk(world, clerkEvent('organizationDomain.created', domain, AT));
    world.news();
    const other = { ...domain, name: 'old.test' };
    await clerk(world, clerkEvent('organizationDomain.deleted', other, AT + 1000));
    expect(world.news()).toEqual([]);
  });

  it('keep what a newer word leaves out: how many are in it, and who made it', async () => {
    const world = openCompanyWorld({ ...TYPED, ORGANIZATION_ROLES: 'org:owner' });
    const whole = { ...ACME, created_at: AT, updated_at: AT, members_count: 7 };
    await clerk(world, clerkEvent('organization.created', clerkOrganization(whole), AT));
    await clerk(world, joins('user_ada', 'org:member', { organization: whole }));
    expect(groups(world.news())).toContainEqual([
      'user_ada',
      expect.objectContaining({ membersCount: 7 }),
    ]);
    const { members_count: _, created_by: __, ...rest } = { ...whole, updated_at: AT + 1000 };
    const newer = { ...rest, name: 'Acme & Co', slug: null } as unknown as Parameters<
      typeof clerkOrganization
    >[0];
    const body = { ...clerkOrganization(newer), created_by: null };
    await clerk(world, clerkEvent('organization.updated', body, AT + 1000));
    const said = { name: 'Acme & Co', slug: null, membersCount: 7 };
    expect(groups(world.news())).toMatchObject([['user_ada', said]]);
    await world.linkByHand('cus_acme', 'org_acme');
    await stripe(world, buys({ metadata: {} }));
    expect(tracks(world.news())).toEqual(['user_ada subscription_started']);
  });

  it('are none without a type', async () => {
    const world = await acme();
    await stripe(world, buys());
    await clerk(world, membership('deleted', { user: 'user_cy', role: 'org:member', at: AT + 1 }));
    const calls = world.landed;
    expect(groups(calls)).toEqual([]);
    expect(calls.filter(({ event }) => String(event).includes(' '))).toEqual([]);
  });
});

describe('who is deleted', () => {
  it('as an organization: those with the roles hear of it, nobody has it, and it stays gone', async () => {
    const world = await acme(TYPED);
    await stripe(world, buys());
    world.news();
    const gone = clerkEvent('organization.deleted', { id: 'org_acme', deleted: true }, AT + 9000);
    await clerk(world, gone);
    const calls = world.news();
    expect(tracks(calls)).toEqual(['user_ada organization_deleted']);
    expect(calls).toContainEqual(
      expect.objectContaining({
        anonymousId: 'org_acme',
        event: 'Object Deleted',
        properties: { objectId: 'org_acme', objectTypeId: 2 },
      }),
    );
    for (const user of ['user_ada', 'user_bob', 'user_cy']) {
      expect(traits(calls)[user]).toMatchObject({ organizationId: null, organizationPlan: null });
    }
    expect(world.rows('members')).toEqual([]);
    await clerk(world, joins('user_ada', 'org:admin'));
    await stripe(world, buys({ cancel_at_period_end: true }, { cancel_at_period_end: false }));
    expect(world.news()).toEqual([]);
  });

  it('as an organization where nobody has the role: its maker hears of it, as of all else', async () => {
    const world = await acme({ ORGANIZATION_ROLES: 'org:owner' });
    const gone = clerkEvent('organization.deleted', { id: 'org_acme', deleted: true }, AT + 9000);
    await clerk(world, gone);
    expect(tracks(world.news())).toEqual(['user_ada organization_deleted']);
  });

  it('as a member: their id is in no row, and nothing goes through them any more', async () => {
    const world = await acme(TYPED);
    await clerk(world, clerkEvent('user.deleted', { id: 'user_ada', deleted: true }, AT + 9000));
    const calls = world.news();
    const theirs = calls.filter(({ userId }) => userId === 'user_ada');
    expect(theirs.map(({ event }) => event)).toEqual(['User Deleted']);
    expect(JSON.stringify(world.everything())).not.toContain('user_ada');
    await clerk(world, joins('user_ada', 'org:admin', { at: AT + 99_000 }));
    await stripe(world, buys());
    expect(world.news().filter(({ userId }) => userId === 'user_ada')).toEqual([]);
  });
});
