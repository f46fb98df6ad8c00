// A company's life, from what the providers send to what goes over the wire: who is told what, and what they are.

import { describe, expect, it } from 'vitest';

import { clerkEvent } from '../../src/samples/clerk.ts';
import { checkoutSession, CREATED, customer, stripeEvent } from '../../src/samples/stripe.ts';
import { acme, AT, buys, clerk, DAY, joins, membership, stripe, tracks, traits } from './acme.ts';
import { openCompanyWorld } from './company-world.ts';

describe('what a company buys', () => {
  it('is told to its admins and to who bought, each once, and is on every member', async () => {
    const world = await acme();
    await stripe(world, buys());
    const calls = world.news();
    expect(tracks(calls)).toEqual([
      'user_ada subscription_started',
      'user_bob subscription_started',
    ]);
    const started = calls.find(({ userId, type }) => userId === 'user_ada' && type === 'track');
    expect(started?.['properties']).toMatchObject({
      plan: 'pro',
      subscription_id: 'sub_acme',
      organization_id: 'org_acme',
      organization_name: 'Acme',
      organization_role: 'org:admin',
      payer: 'organization',
    });
    expect(traits(calls)['user_cy']).toEqual({
      plan: null,
      organizationId: 'org_acme',
      organizationName: 'Acme',
      organizationRole: 'org:member',
      organizationPlan: 'pro',
      organizationSubscriptionStatus: 'active',
      organizationTrialEndsAt: null,
      organizationCurrentPeriodEndsAt: expect.any(Number),
      organizationCancelAt: null,
      organizationSeats: 1,
      organizationsCount: 1,
    });
    for (const of of Object.values(traits(calls))) {
      expect(of).toMatchObject({ plan: null, organizationPlan: 'pro' });
      expect(of).not.toHaveProperty('mrr');
    }
  });

  it('is told once, however often it is sent', async () => {
    const world = await acme();
    await stripe(world, buys());
    world.news();
    expect(await stripe(world, buys())).toBe('duplicate');
    expect(world.news()).toEqual([]);
  });

  it('stands before what happened, so that a campaign finds it', async () => {
    const world = await acme();
    await stripe(world, buys());
    const theirs = world.news().filter(({ userId }) => userId === 'user_ada');
    expect(theirs[0]).toMatchObject({ type: 'identify', traits: { organizationPlan: 'pro' } });
    expect(theirs[1]).toMatchObject({ type: 'track', event: 'subscription_started' });
  });

  it('is told to its maker where nobody has the role, and counted where there is nobody', async () => {
    const world = await acme({ ORGANIZATION_ROLES: 'org:owner' });
    await stripe(world, buys({ metadata: { orgId: 'org_acme' } }));
    expect(tracks(world.news())).toEqual(['user_ada subscription_started']);
    await clerk(
      world,
      joins('user_eve', 'org:member', { organization: { id: 'org_b', created_by: null } }),
    );
    await stripe(world, buys({ id: 'sub_b', customer: 'cus_b', metadata: { orgId: 'org_b' } }));
    expect(tracks(world.news())).toEqual(['user_eve organization_joined']);
    const seen = await world.view('org_b');
    expect(seen).toMatchObject({ person: { organization: { unheard: 1 } } });
    const ends = { cancel_at_period_end: true, cancel_at: CREATED + 30 * 86_400 };
    const stays = { cancel_at_period_end: false, cancel_at: null };
    const more = { id: 'sub_b', customer: 'cus_b', metadata: { orgId: 'org_b' } };
    await stripe(world, buys({ ...more, ...ends }, stays));
    expect(await world.view('org_b')).toMatchObject({ person: { organization: { unheard: 2 } } });
  });

  it('waits as long as Clerk has told nothing of it', async () => {
    const world = openCompanyWorld();
    await stripe(world, buys());
    expect(world.news()).toEqual([]);
    await clerk(world, joins('user_ada', 'org:admin'));
    expect(tracks(world.news())).toEqual([
      'user_ada organization_joined',
      'user_ada subscription_started',
    ]);
  });

  it('waits for who bought too, whom the customer alone names', async () => {
    const world = openCompanyWorld();
    const bob = customer({
      id: 'cus_acme',
      metadata: { orgId: 'org_acme', clerkUserId: 'user_bob' },
    });
    await stripe(world, stripeEvent('customer.created', bob));
    const session = { id: 'cs_1', customer: 'cus_acme', mode: 'payment', subscription: null };
    const paid = checkoutSession({ ...session, metadata: {}, client_reference_id: null });
    await stripe(world, stripeEvent('checkout.session.completed', paid));
    // Nobody has the role, and who made it bought nothing.
    await clerk(world, joins('user_bob', 'org:member'));
    expect(tracks(world.news())).toEqual([
      'user_bob checkout_completed',
      'user_bob organization_joined',
      'user_bob payment_succeeded',
    ]);
  });

  it('is told to who bought which of two subscriptions of one customer, and to nobody of the other', async () => {
    const world = await acme();
    const ends = (id: string, clerkUserId: string) =>
      buys({ id, metadata: { orgId: 'org_acme', clerkUserId } });
    await stripe(world, ends('sub_one', 'user_bob'));
    await stripe(world, ends('sub_two', 'user_cy'));
    expect(tracks(world.news())).toEqual([
      'user_ada subscription_started',
      'user_ada subscription_started',
      'user_bob subscription_started',
      'user_cy subscription_started',
    ]);
    // What names nobody anew goes by what the subscription has said.
    const over = { cancel_at: CREATED + DAY / 1000, metadata: { orgId: 'org_acme' } };
    for (const id of ['sub_one', 'sub_two']) {
      await stripe(world, buys({ id, ...over }, { cancel_at: null }));
    }
    expect(tracks(world.news())).toEqual([
      'user_ada cancellation_scheduled',
      'user_ada cancellation_scheduled',
      'user_bob cancellation_scheduled',
      'user_cy cancellation_scheduled',
    ]);
  });

  it('is told by Clerk Billing as well', async () => {
    const world = await acme();
    const item = {
      id: 'subi_1',
      status: 'active',
      created_at: AT,
      updated_at: AT,
      period_start: AT,
      period_end: AT + 30 * DAY,
      plan: { id: 'cplan_team', slug: 'team', amount: 9900, currency: 'usd' },
      subscription_id: 'csub_1',
      payer: { id: 'cpayer_1', user_id: '', organization_id: 'org_acme' },
    };
    await clerk(world, clerkEvent('subscriptionItem.active', item, AT + 1000));
    const calls = world.news();
    expect(tracks(calls)).toEqual(['user_ada subscription_started']);
    expect(traits(calls)['user_cy']).toMatchObject({ organizationPlan: 'team' });
  });
});

describe('whose a customer is', () => {
  it('is the organization’s by the customer’s metadata, and by an operator’s word', async () => {
    const world = await acme();
    const about = customer({ id: 'cus_x', metadata: { clerkOrgId: 'org_acme' } });
    await stripe(world, stripeEvent('customer.created', about));
    await stripe(world, buys({ customer: 'cus_x', metadata: {} }));
    expect(tracks(world.news())).toEqual(['user_ada subscription_started']);
    await stripe(world, buys({ id: 'sub_y', customer: 'cus_y', metadata: {} }));
    expect(world.news()).toEqual([]);
    await world.linkByHand('cus_y', 'org_acme');
    await world.settled();
    expect(tracks(world.news())).toEqual(['user_ada subscription_started']);
  });

  it('links nothing by a value that is no id of Clerk’s', async () => {
    const world = await acme();
    const mine = { orgId: 'clx9', clerkUserId: 'user_bob' };
    await stripe(world, buys({ metadata: mine }));
    const calls = world.news();
    expect(traits(calls)).toMatchObject({ user_bob: { plan: 'pro', organizationPlan: null } });
    expect(calls.find(({ type }) => type === 'track')?.['properties']).toMatchObject({
      payer: 'person',
    });
  });

  it('moves what a person had to the organization when the metadata says so', async () => {
    const world = await acme();
    const asOf = { clerkUserId: 'user_bob' };
    await stripe(world, buys({ metadata: asOf }));
    expect(traits(world.news())).toMatchObject({ user_bob: { plan: 'pro' } });
    await stripe(world, buys({}, { metadata: asOf }));
    const told = traits(world.news());
    expect(told['user_bob']).toMatchObject({ plan: null, mrr: 0, organizationPlan: 'pro' });
    expect(told['user_cy']).toMatchObject({ organizationPlan: 'pro' });
  });
});

describe('who is in it', () => {
  it('is right at once who joins late, and loses it who leaves', async () => {
    const world = await acme();
    await stripe(world, buys());
    world.news();
    await clerk(world, joins('user_dee', 'org:member'));
    const [identify, track] = world.news();
    expect(identify).toMatchObject({ type: 'identify', traits: { organizationPlan: 'pro' } });
    expect(track).toMatchObject({ event: 'organization_joined', userId: 'user_dee' });
    await clerk(world, membership('deleted', { user: 'user_dee', role: 'org:member', at: AT + 1 }));
    const calls = world.news();
    expect(traits(calls)['user_dee']).toMatchObject({
      organizationId: null,
      organizationPlan: null,
      organizationsCount: 0,
    });
    expect(tracks(calls)).toEqual(['user_dee organization_left']);
    await stripe(world, buys({ cancel_at_period_end: true }, { cancel_at_period_end: false }));
    expect(world.news().filter(({ userId }) => userId === 'user_dee')).toEqual([]);
  });

  it('hears of another role, and of what happens from then on', async () => {
    const world = await acme();
    await clerk(world, membership('updated', { user: 'user_cy', role: 'org:admin', at: AT + 1 }));
    const calls = world.news();
    expect(traits(calls)['user_cy']).toMatchObject({ organizationRole: 'org:admin' });
    const changed = calls.find(({ type }) => type === 'track');
    expect(changed).toMatchObject({
      event: 'organization_role_changed',
      properties: { from_role: 'org:member', role: 'org:admin', organization_id: 'org_acme' },
    });
    await stripe(world, buys());
    expect(tracks(world.news())).toHaveLength(3);
  });

  it('hears nothing of an update that leaves their role', async () => {
    const world = await acme();
    await clerk(world, membership('updated', { user: 'user_cy', role: 'org:member', at: AT + 1 }));
    expect(world.news()).toEqual([]);
  });

  it.each([
    ['has the other role', 'updated', 'org:admin'],
    ['has left', 'deleted', null],
  ])(
    '%s where that is of the instant in which they joined, whichever comes first',
    async (_, change, role) => {
      const told = [
        joins('user_dee', 'org:member'),
        membership(change, { user: 'user_dee', role: 'org:admin', at: AT }),
      ];
      for (const order of [told, told.toReversed()]) {
        const world = await acme();
        for (const json of order) await clerk(world, json);
        expect(traits(world.news())['user_dee']?.['organizationRole'] ?? null).toBe(role);
      }
    },
  );

  it('hears of no role that is older than the one they have', async () => {
    const world = await acme();
    await clerk(world, membership('updated', { user: 'user_cy', role: 'org:admin', at: AT + 5 }));
    expect(tracks(world.news())).toEqual(['user_cy organization_role_changed']);
    await clerk(world, membership('updated', { user: 'user_cy', role: 'org:other', at: AT + 4 }));
    expect(world.news()).toEqual([]);
  });

  it('stays gone, whatever is late', async () => {
    const world = await acme();
    await clerk(world, membership('deleted', { user: 'user_cy', role: 'org:member', at: AT + 5 }));
    await clerk(world, membership('updated', { user: 'user_cy', role: 'org:admin', at: AT + 4 }));
    expect(traits(world.news())['user_cy']).toMatchObject({ organizationId: null });
    await stripe(world, buys());
    expect(tracks(world.news())).not.toContain('user_cy subscription_started');
  });

  it('has the organization that pays most, and the others as relationships only', async () => {
    const world = await acme();
    const other = { id: 'org_a', name: 'Aardvark', created_by: null };
    await clerk(world, joins('user_ada', 'org:admin', { organization: other }));
    expect(traits(world.news())['user_ada']).toMatchObject({
      organizationId: 'org_a',
      organizationsCount: 2,
    });
    await stripe(world, buys());
    expect(traits(world.news())['user_ada']).toMatchObject({ organizationId: 'org_acme' });
  });
});
