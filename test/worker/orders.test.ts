// Order across providers, through the real door: whatever order a checkout's four events come in, and whatever says
// whose they are, they end in the same person with the same moments once.

import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';

import { clerkEvent, clerkUser } from '../../src/samples/clerk.ts';
import { signClerk } from '../../src/samples/sign-clerk.ts';
import { signStripe } from '../../src/samples/sign-stripe.ts';
import {
  checkoutSession,
  CREATED,
  customer,
  invoice,
  stripeEvent,
  subscription,
} from '../../src/samples/stripe.ts';
import { permutations } from '../support/permutations.ts';
import { newCustomer, newUser } from '../support/person-events.ts';
import { app } from './relay-app.ts';
import { collectSent } from './sent.ts';
import { settle } from './settle.ts';

type Names = { readonly customer: string; readonly user: string; readonly id: string };

const sent = collectSent(settle);

async function post(provider: 'clerk' | 'stripe', event: unknown): Promise<unknown> {
  const body = JSON.stringify(event);
  const headers =
    provider === 'clerk'
      ? signClerk(body, {
          secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
          id: crypto.randomUUID(),
        })
      : signStripe(body, { secret: 'whsec_of_a_test_in_workerd' });
  const response = await app.request(
    `/webhooks/${provider}`,
    { method: 'POST', body, headers },
    env,
  );
  expect(response.status).toBe(200);
  const { outcome } = await response.json<{ outcome: unknown }>();
  return outcome;
}

function names(): Names {
  const id = newCustomer();
  return { customer: id, user: newUser(), id: id.slice(4) };
}

/** What one paid checkout makes Stripe say. */
function checkoutEvents({ customer: customerId, user, id }: Names, isNamed: boolean) {
  const metadata = isNamed ? { clerkUserId: user } : {};
  const base = { customer: customerId };
  const parent = {
    type: 'subscription_details',
    subscription_details: { subscription: `sub_${id}`, metadata },
  };
  return [
    stripeEvent('customer.created', customer({ id: customerId })),
    stripeEvent(
      'customer.subscription.created',
      subscription({ ...base, id: `sub_${id}`, metadata }),
    ),
    stripeEvent(
      'invoice.paid',
      invoice({ ...base, id: `in_${id}`, billing_reason: 'subscription_create', parent }),
    ),
    stripeEvent(
      'checkout.session.completed',
      checkoutSession({
        ...base,
        id: `cs_${id}`,
        subscription: `sub_${id}`,
        client_reference_id: isNamed ? null : user,
      }),
      { created: CREATED + 1 },
    ),
  ];
}

/** What a deleted person's account makes Clerk say. */
function deletedUser(id: string) {
  const data = { id, deleted: true, object: 'user' };
  return { type: 'user.deleted', object: 'event', timestamp: Date.now(), data };
}

/** What landed for one person, without the names that differ from run to run. */
function landed({ user, customer: customerId, id }: Names) {
  const mine = sent.messages.filter(({ userId }) => userId === user);
  const tracks = mine.filter(({ type }) => type === 'track').map(({ event }) => String(event));
  const traits = mine.findLast(({ type }) => type === 'identify')?.['traits'];
  const text = JSON.stringify(traits ?? null)
    .replaceAll(customerId, 'CUSTOMER')
    .replaceAll(id, 'ID');
  return { tracks: tracks.toSorted(), traits: JSON.parse(text) as unknown };
}

const PERSON = {
  tracks: ['checkout_completed', 'payment_succeeded', 'subscription_started'],
  traits: expect.objectContaining({
    plan: 'pro',
    mrr: 49,
    subscriptionStatus: 'active',
    stripeCustomerId: 'CUSTOMER',
    subscriptionId: 'sub_ID',
    subscriptionsCount: 1,
  }),
};

describe("a checkout's four events", () => {
  const orders = permutations([0, 1, 2, 3]);

  it.each([true, false])(
    'end in the same person in all 24 orders (subscription metadata: %s)',
    async (isNamed) => {
      expect(orders).toHaveLength(24);
      for (const order of orders) {
        const run = names();
        const events = checkoutEvents(run, isNamed);
        // Each comes twice, as providers may send it.
        for (const index of order) await post('stripe', events[index]);
        for (const index of order) await post('stripe', events[index]);
        await settle();
        expect({ order, ...landed(run) }).toEqual({ order, ...PERSON });
      }
    },
    60_000,
  );

  it('lose nothing when only Clerk metadata tells whose they are, ten minutes later', async () => {
    for (const order of orders) {
      const run = names();
      const events = checkoutEvents({ ...run, user: 'cannot be a user' }, false);
      for (const index of order) await post('stripe', events[index]);
      await settle();
      expect(sent.messages.filter(({ userId }) => userId === run.user)).toEqual([]);
      const later = (CREATED + 600) * 1000;
      const user = clerkUser({
        id: run.user,
        updated_at: later,
        public_metadata: { stripeCustomerId: run.customer },
      });
      expect(await post('clerk', clerkEvent('user.updated', user, later))).toBe('accepted');
      await settle();
      expect({ order, ...landed(run) }).toEqual({ order, ...PERSON });
    }
  }, 60_000);

  it('end in the same person as a sign-up that comes after them', async () => {
    const run = names();
    const events = checkoutEvents(run, true);
    for (const event of events.toReversed()) await post('stripe', event);
    await post('clerk', clerkEvent('user.created', clerkUser({ id: run.user })));
    await settle();
    const { tracks, traits } = landed(run);
    expect(tracks).toEqual([...PERSON.tracks, 'user_created'].toSorted());
    expect(traits).toMatchObject({ email: 'ada@example.test', plan: 'pro', mrr: 49 });
  });

  it('bring nothing back of a person who deleted their account in between', async () => {
    const run = names();
    const [created, ...rest] = checkoutEvents(run, true);
    await post('stripe', created);
    await post(
      'clerk',
      clerkEvent('user.deleted', { object: 'user', id: run.user, deleted: true }),
    );
    for (const event of rest) expect(await post('stripe', event)).toBe('ignored');
    await post(
      'clerk',
      clerkEvent(
        'user.updated',
        clerkUser({ id: run.user, public_metadata: { stripeCustomerId: run.customer } }),
      ),
    );
    await post('clerk', clerkEvent('user.created', clerkUser({ id: run.user })));
    await settle();
    expect(landed({ ...run }).tracks).toEqual(['User Deleted']);
    expect(sent.messages.filter(({ userId }) => userId === run.user)).toHaveLength(1);
    const again = newUser();
    await post('clerk', clerkEvent('user.created', clerkUser({ id: again })));
    await settle();
    expect(sent.messages.filter(({ userId }) => userId === again)).toHaveLength(2);
  });
});

describe("a subscription's metadata that still names a deleted person", () => {
  it('takes nothing from who has the customer by now', async () => {
    const { customer: customerId, user: dead, id } = names();
    const alive = newUser();
    await post('clerk', clerkEvent('user.created', clerkUser({ id: dead })));
    await post('clerk', deletedUser(dead));
    await settle();
    const owned = customer({ id: customerId, metadata: { clerkUserId: alive } });
    await post('stripe', stripeEvent('customer.created', owned));
    const metadata = { clerkUserId: dead };
    const sold = subscription({ id: `sub_${id}`, customer: customerId, metadata });
    expect(await post('stripe', stripeEvent('customer.subscription.created', sold))).toBe(
      'accepted',
    );
    await settle();
    const { traits } = landed({ customer: customerId, user: alive, id });
    expect(traits).toMatchObject({ plan: 'pro', subscriptionId: 'sub_ID' });
    // A customer of nobody else: it is ignored.
    const other = names();
    const orphan = subscription({ id: `sub_${other.id}`, customer: other.customer, metadata });
    expect(await post('stripe', stripeEvent('customer.subscription.created', orphan))).toBe(
      'ignored',
    );
    expect(await env.LINKS.getByName('s0').link(other.customer)).toMatchObject({ userId: null });
  });
});
