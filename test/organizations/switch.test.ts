// `ORGANIZATIONS` is turned on, or off again, at a relay that runs.

import { describe, expect, it } from 'vitest';

import { clerkEvent, clerkUser } from '../../src/samples/clerk.ts';
import { checkoutSession, customer, invoice, stripeEvent } from '../../src/samples/stripe.ts';
import { acme, AT, buys, clerk, joins, stripe, tracks, traits } from './acme.ts';
import { openCompanyWorld } from './company-world.ts';
import type { CompanyWorld } from './company-world.ts';

const OFF = { ORGANIZATIONS: 'off' };
const MEMBER = /^organization|^organizations_/;

/** As `lifecycle sync refresh` does. */
async function refresh(world: CompanyWorld): Promise<void> {
  const all = { after: '', most: 100, isDryRun: false };
  const answers = world.outboxes.map(async (each) => each.call(async (code) => code.refresh(all)));
  await world.world.answered(Promise.all(answers));
  await world.settled();
}

describe('turned off', () => {
  it.each(['camel', 'snake'])(
    'takes its traits from every member, in %s case',
    async (TRAIT_CASE) => {
      const world = await acme({ TRAIT_CASE });
      await stripe(world, buys());
      const before = traits(world.news())['user_cy'] ?? {};
      await world.deploy({ ...OFF, TRAIT_CASE });
      await refresh(world);
      const told = traits(world.news());
      expect(Object.keys(told).toSorted()).toEqual(['user_ada', 'user_bob', 'user_cy']);
      for (const of of Object.values(told)) {
        const theirs = Object.entries(of).filter(([name]) => MEMBER.test(name));
        expect(theirs.map(([name]) => name)).toEqual(
          Object.keys(before).filter((name) => MEMBER.test(name)),
        );
        expect(theirs.map(([, value]) => value)).toEqual(theirs.map(() => null));
      }
      await refresh(world);
      expect(world.news()).toEqual([]);
    },
  );

  it('leaves an operator’s own trait of that name alone', async () => {
    const world = await acme();
    const own = { ...OFF, TRAITS: { organizationId: 'public_metadata.company' } };
    await world.deploy(own);
    const user = clerkUser({ id: 'user_cy', public_metadata: { company: 'mine' } });
    await clerk(world, clerkEvent('user.updated', user, AT + 1));
    expect(traits(world.news())['user_cy']).toMatchObject({
      organizationId: 'mine',
      organizationName: null,
    });
  });

  it('tells nobody what an organization buys, also where its customer is known', async () => {
    const world = await acme();
    await stripe(world, buys());
    await world.deploy(OFF);
    await refresh(world);
    world.news();
    const cancels = { cancel_at_period_end: true };
    await stripe(world, buys({ ...cancels, metadata: {} }, { cancel_at_period_end: false }));
    await stripe(world, buys(cancels, { cancel_at_period_end: false }));
    expect(world.news()).toEqual([]);
  });

  it('gives them back when it is on again', async () => {
    const world = await acme();
    await stripe(world, buys());
    await world.deploy(OFF);
    await refresh(world);
    world.news();
    await world.deploy({});
    await refresh(world);
    expect(traits(world.news())['user_cy']).toMatchObject({ organizationPlan: 'pro' });
  });
});

describe('turned on', () => {
  /** A company that bought while organizations were off: it is nobody's. */
  async function boughtBefore(metadata: object, ofCustomer: object = { clerkOrgId: 'org_acme' }) {
    const world = openCompanyWorld(OFF);
    const about = customer({ id: 'cus_acme', metadata: { ...ofCustomer } });
    await stripe(world, stripeEvent('customer.created', about));
    await stripe(world, buys({ metadata }));
    world.news();
    await world.deploy({});
    await clerk(world, joins('user_ada', 'org:admin'));
    world.news();
    return world;
  }

  /** An API version that copies no metadata. */
  const renews = () => {
    const subscription_details = { subscription: 'sub_acme', metadata: {} };
    const billing = { billing_reason: 'subscription_cycle' } as const;
    const parent = { type: 'subscription_details', subscription_details } as const;
    const object = invoice({ id: 'in_2', customer: 'cus_acme', ...billing, parent });
    return stripeEvent('invoice.paid', object);
  };

  it('places what comes by the customer’s metadata', async () => {
    const world = await boughtBefore({});
    await stripe(world, renews());
    expect(world.news()).toEqual([]);
    const about = customer({ id: 'cus_acme', metadata: { clerkOrgId: 'org_acme' } });
    const at = { created: Math.floor(AT / 1000), previous: {} };
    await stripe(world, stripeEvent('customer.updated', about, at));
    expect(tracks(world.news())).toEqual(['user_ada payment_succeeded']);
  });

  it('places what comes by a session’s reference', async () => {
    const world = await boughtBefore({});
    const session = checkoutSession({
      customer: 'cus_acme',
      client_reference_id: 'org_acme',
      metadata: {},
      payment_link: null,
    });
    const at = { created: Math.floor(AT / 1000) };
    await stripe(world, stripeEvent('checkout.session.completed', session, at));
    await stripe(world, renews());
    expect(tracks(world.news())).toEqual([
      'user_ada checkout_completed',
      'user_ada payment_succeeded',
    ]);
  });

  it('places what is of a subscription that names it, once that has said so again', async () => {
    const world = await boughtBefore({ orgId: 'org_acme' }, {});
    await stripe(world, renews());
    expect(world.news()).toEqual([]);
    const cancels = { cancel_at_period_end: true, metadata: { orgId: 'org_acme' } };
    await stripe(world, buys(cancels, { cancel_at_period_end: false }));
    expect(tracks(world.news())).toEqual([
      'user_ada cancellation_scheduled',
      'user_ada payment_succeeded',
      'user_ada subscription_renewed',
    ]);
  });

  it('gives no person what is an organization’s', async () => {
    const world = await boughtBefore({ orgId: 'org_acme' }, { clerkUserId: 'user_cy' });
    await stripe(world, renews());
    expect(world.news()).toEqual([]);
    const session = checkoutSession({ customer: 'cus_acme', client_reference_id: 'user_dee' });
    await stripe(world, stripeEvent('checkout.session.completed', session));
    expect(world.news().filter(({ userId }) => userId === 'user_dee')).toEqual([]);
  });
});

describe('an organization that a buyer typed', () => {
  const linked = (id: string) =>
    stripeEvent(
      'checkout.session.completed',
      checkoutSession({
        customer: 'cus_new',
        client_reference_id: id,
        metadata: {},
        payment_link: 'plink_1',
      }),
    );

  it('is believed where Clerk has told of it', async () => {
    const world = await acme();
    await stripe(world, linked('org_acme'));
    expect(tracks(world.news())).toEqual(['user_ada checkout_completed']);
  });

  it('is believed where Clerk knows it when asked, and not where it does not', async () => {
    const findUser = async (id: string) =>
      id === 'org_acme'
        ? ({ kind: 'user', verified: [] } as const)
        : ({ kind: 'nobody', why: 'clerk_not_found' } as const);
    const world = openCompanyWorld({}, 1, { findUser });
    await stripe(world, linked('org_acme'));
    await clerk(world, joins('user_ada', 'org:admin'));
    expect(tracks(world.news())).toContain('user_ada checkout_completed');
    const other = openCompanyWorld({}, 1, { findUser });
    await stripe(other, linked('org_other'));
    await clerk(
      other,
      joins('user_ada', 'org:admin', { organization: { id: 'org_acme', created_by: null } }),
    );
    expect(tracks(other.news())).toEqual(['user_ada organization_joined']);
  });

  it('is not believed where it has a customer that the application wrote down', async () => {
    const world = await acme();
    await stripe(world, buys());
    const about = customer({ id: 'cus_acme', metadata: { clerkOrgId: 'org_acme' } });
    await stripe(world, stripeEvent('customer.created', about));
    world.news();
    await stripe(world, linked('org_acme'));
    expect(world.news()).toEqual([]);
  });
});
