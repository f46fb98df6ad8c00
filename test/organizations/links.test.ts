// Whose a customer is: an organization's, by each default key in each place where an application may write it.

import { describe, expect, it } from 'vitest';

import { clerkOrganization } from '../../src/samples/clerk-organization.ts';
import { clerkEvent } from '../../src/samples/clerk.ts';
import { checkoutSession, customer, stripeEvent } from '../../src/samples/stripe.ts';
import { ACME, acme, AT, buys, clerk, stripe, tracks } from './acme.ts';

const KEYS = [
  'clerkOrgId',
  'clerk_org_id',
  'organizationId',
  'organization_id',
  'orgId',
  'org_id',
  'referenceId',
];

const START = 'user_ada subscription_started';

function session(more: object) {
  return stripeEvent(
    'checkout.session.completed',
    checkoutSession({ customer: 'cus_acme', subscription: 'sub_acme', metadata: {}, ...more }),
  );
}

describe.each(KEYS)('%s', (key) => {
  const metadata = { [key]: 'org_acme' };

  it('names the organization in the metadata of a subscription', async () => {
    const world = await acme();
    await stripe(world, buys({ metadata }));
    expect(tracks(world.news())).toEqual([START]);
  });

  it('names it in the metadata of a customer', async () => {
    const world = await acme();
    await stripe(world, buys({ metadata: {} }));
    expect(world.news()).toEqual([]);
    const about = customer({ id: 'cus_acme', metadata });
    await stripe(world, stripeEvent('customer.created', about));
    expect(tracks(world.news())).toEqual([START]);
  });

  it('names it in the metadata of a session', async () => {
    const world = await acme();
    await stripe(world, buys({ metadata: {} }));
    await stripe(world, session({ metadata }));
    expect(tracks(world.news())).toContain(START);
  });
});

describe('without a key', () => {
  it('client_reference_id names it', async () => {
    const world = await acme();
    await stripe(world, buys({ metadata: {} }));
    await stripe(world, session({ client_reference_id: 'org_acme' }));
    expect(tracks(world.news())).toContain(START);
  });

  it('client_reference_id takes no customer from a person whom metadata names', async () => {
    const world = await acme();
    await stripe(world, buys({ metadata: { clerkUserId: 'user_bob' } }));
    expect(tracks(world.news())).toEqual(['user_bob subscription_started']);
    await stripe(world, session({ client_reference_id: 'org_acme' }));
    await stripe(world, buys({ metadata: {}, cancel_at_period_end: true }, UNTIL_THEN));
    expect(tracks(world.news()).filter((line) => line.startsWith('user_ada'))).toEqual([]);
  });

  it.each(['public_metadata', 'private_metadata'])(
    'the %s of the organization at Clerk names its customer',
    async (place) => {
      const world = await acme();
      await stripe(world, buys({ metadata: {} }));
      expect(world.news()).toEqual([]);
      const about = { ...ACME, [place]: { stripeCustomerId: 'cus_acme' }, updated_at: AT + 1000 };
      await clerk(world, clerkEvent('organization.updated', clerkOrganization(about), AT + 1000));
      expect(tracks(world.news())).toEqual([START]);
    },
  );

  it('no other key names it, and a key that is set does', async () => {
    const metadata = { tenant: 'org_acme' };
    const world = await acme();
    await stripe(world, buys({ metadata }));
    expect(world.news()).toEqual([]);
    const set = await acme({ ORGANIZATION_LINK_KEYS: 'tenant' });
    await stripe(set, buys({ metadata }));
    expect(tracks(set.news())).toEqual([START]);
  });
});

const UNTIL_THEN = { cancel_at_period_end: false };
