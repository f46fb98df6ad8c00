// A company through the real door, into real shards: whatever order what Clerk and Stripe say of it comes in, with anything
// repeated, every member and the object are the same in the end, and whoever is in it when something happens hears it once.

import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';

import { clerkMembership, clerkOrganization } from '../../src/samples/clerk-organization.ts';
import { clerkEvent } from '../../src/samples/clerk.ts';
import { signClerk } from '../../src/samples/sign-clerk.ts';
import { signStripe } from '../../src/samples/sign-stripe.ts';
import {
  checkoutSession,
  CREATED,
  invoice,
  stripeEvent,
  subscription,
} from '../../src/samples/stripe.ts';
import { permutations } from '../support/permutations.ts';
import { newCustomer } from '../support/person-events.ts';
import { app } from './relay-app.ts';
import { collectSent } from './sent.ts';
import { settle } from './settle.ts';

const AT = CREATED * 1000;

const sent = collectSent(settle);

// One object for the Worker and its shards, and this file's shards begin with it.
beforeAll(() => {
  Object.assign(env, { ORGANIZATIONS: 'on', ORGANIZATION_OBJECT_TYPE: '1' });
});

type Provider = 'clerk' | 'stripe';
type Event = { readonly provider: Provider; readonly event: unknown; readonly id: string };

async function post({ provider, event, id }: Event): Promise<void> {
  const body = JSON.stringify(event);
  const headers =
    provider === 'clerk'
      ? signClerk(body, { secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', id })
      : signStripe(body, { secret: 'whsec_of_a_test_in_workerd' });
  const request = { method: 'POST', body, headers };
  const response = await app.request(`/webhooks/${provider}`, request, env);
  expect(response.status).toBe(200);
}

type Names = { readonly customer: string; readonly id: string };

function names(): Names {
  const customer = newCustomer();
  return { customer, id: customer.slice(4) };
}

/** Ada is an admin, Bob clicked; everything of the checkout names both. */
function events({ customer, id }: Names): readonly Event[] {
  const [orgId, ada, bob] = [`org_${id}`, `user_a${id}`, `user_b${id}`];
  const about = { id: orgId, name: 'Acme', slug: 'acme', created_by: ada };
  const organization = clerkOrganization({ ...about, created_at: AT, updated_at: AT });
  const member = (user: string, role: string) =>
    clerkEvent(
      'organizationMembership.created',
      clerkMembership({
        id: `orgmem_${user}`,
        role,
        organization,
        public_user_data: { user_id: user },
        created_at: AT,
        updated_at: AT,
      }),
      AT,
    );
  const metadata = { clerkOrgId: orgId, clerkUserId: bob };
  const subscription_details = { subscription: `sub_${id}`, metadata };
  const parent = { type: 'subscription_details', subscription_details };
  const bought = { customer, subscription: `sub_${id}`, client_reference_id: orgId };
  const all: [Provider, object][] = [
    ['clerk', member(ada, 'org:admin')],
    ['clerk', member(bob, 'org:member')],
    [
      'stripe',
      stripeEvent(
        'customer.subscription.created',
        subscription({ id: `sub_${id}`, customer, metadata }),
      ),
    ],
    [
      'stripe',
      stripeEvent(
        'invoice.paid',
        invoice({ id: `in_${id}`, customer, billing_reason: 'subscription_create', parent }),
      ),
    ],
    [
      'stripe',
      stripeEvent(
        'checkout.session.completed',
        checkoutSession({ ...bought, id: `cs_${id}`, metadata }),
        { created: CREATED + 1 },
      ),
    ],
  ];
  return all.map(([provider, event], index) => ({ provider, event, id: `msg_${id}_${index}` }));
}

/** Without the names that differ from run to run, and without how often something was told that is so already. */
function landed({ customer, id }: Names) {
  const text = JSON.stringify(sent.messages).replaceAll(customer, 'CUSTOMER').replaceAll(id, 'ID');
  const all = JSON.parse(text) as typeof sent.messages;
  const mine = all.filter(({ userId }) => /^user_[ab]ID$/.test(String(userId)));
  const tracks = mine.filter(({ type }) => type === 'track');
  const newest = (user: string) =>
    mine.findLast(({ type, userId }) => type === 'identify' && userId === user)?.['traits'];
  const groups = mine.filter(({ type }) => type === 'group').map(({ traits }) => Object(traits));
  return {
    told: tracks.map(({ userId, event }) => `${String(userId)} ${String(event)}`).toSorted(),
    ids: new Set(tracks.map(({ messageId }) => messageId)).size,
    traits: { ada: newest('user_aID'), bob: newest('user_bID') },
    related: groups.filter(({ relationshipAttributes: of }) => of !== undefined).length,
    object: groups.findLast(({ relationshipAttributes: of }) => of === undefined),
    ofOrganization: all.filter(({ userId }) => userId === 'org_ID').length,
  };
}

const MEMBER = {
  plan: null,
  organizationId: 'org_ID',
  organizationName: 'Acme',
  organizationPlan: 'pro',
  organizationSubscriptionStatus: 'active',
  organizationsCount: 1,
};

const BOUGHT = ['checkout_completed', 'payment_succeeded', 'subscription_started'];

const TOLD = ['user_aID', 'user_bID'].flatMap((user) =>
  [...BOUGHT, 'organization_joined'].map((event) => `${user} ${event}`).toSorted(),
);

const COMPANY_IS = {
  traits: {
    ada: expect.objectContaining({ ...MEMBER, organizationRole: 'org:admin' }),
    bob: expect.objectContaining({ ...MEMBER, organizationRole: 'org:member' }),
  },
  related: 2,
  object: expect.objectContaining({ name: 'Acme', plan: 'pro', stripeCustomerId: 'CUSTOMER' }),
  ofOrganization: 0,
};

describe('a company that buys', () => {
  it('ends the same in every order of what is said of it, with anything repeated', async () => {
    // Whether the invoice comes before the checkout's end is a person's matter alike: orders.test.ts.
    const orders = permutations([0, 1, 2, 3, 4]).filter(
      (each) => each.indexOf(3) < each.indexOf(4),
    );
    expect(orders).toHaveLength(60);
    for (const [turn, order] of orders.entries()) {
      const run = names();
      const all = events(run);
      // One of them comes once more, each in its turn.
      for (const index of [...order, turn % 5]) {
        const event = all[index];
        if (event !== undefined) await post(event);
      }
      await settle();
      const { told, ...end } = landed(run);
      expect({ order, ...end }).toEqual({ order, ...COMPANY_IS, ids: told.length });
      // Whoever joins behind what happened hears nothing old.
      const areAllIn = order.indexOf(0) < 2 && order.indexOf(1) < 2;
      expect({ order, told }).toEqual({ order, told: areAllIn ? TOLD : told });
      expect({ order, others: told.filter((each) => !TOLD.includes(each)) }).toEqual({
        order,
        others: [],
      });
      // What waited for the first who is in it is told to them.
      const earliest = order.find((index) => index < 2) === 0 ? 'user_aID' : 'user_bID';
      const theirs = TOLD.filter((each) => each.startsWith(earliest));
      expect({ order, missed: theirs.filter((each) => !told.includes(each)) }).toEqual({
        order,
        missed: [],
      });
    }
  });
});
