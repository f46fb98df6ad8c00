// What binds a list that shows how things are (baselines): it never waits for a link, and whatever a webhook says of the same
// second wins over it.

import { describe, expect, it } from 'vitest';

import { clerkEvent, clerkUser } from '../../src/samples/clerk.ts';
import { item, price, stripeEvent, subscription } from '../../src/samples/stripe.ts';
import type { ApiObject } from '../emulator/population.ts';
import { createWorld } from '../simulation/world.ts';
import { openRelayWorld } from './relay-world.ts';
import type { RelayWorld } from './relay-world.ts';

/** Stripe with one subscription, as its list shows it now; Clerk with nobody. */
function withOne(shown: () => ApiObject, meanwhile: () => Promise<void> = async () => undefined) {
  const world = createWorld(1);
  const relay = openRelayWorld(world, async (_, address) => {
    const { pathname, searchParams: query } = new URL(address);
    if (pathname === '/v1/instance') return Response.json({ id: 'ins_1' });
    if (pathname === '/v1/users/count') return Response.json({ total_count: 0 });
    if (pathname === '/v1/users') return Response.json([]);
    if (pathname !== '/v1/subscriptions') return Response.json({ data: [], total_count: 0 });
    const object = shown();
    const created = Number(object['created']);
    const isIn =
      created >= Number(query.get('created[gte]')) && created < Number(query.get('created[lt]'));
    if (isIn) await meanwhile();
    return Response.json({ data: isIn ? [object] : [], has_more: false });
  });
  return { world, relay };
}

function planned(plan: string, more: ApiObject = {}) {
  const about = { id: `price_${plan}`, lookup_key: plan, unit_amount: plan === 'pro' ? 4900 : 900 };
  const lines = { object: 'list', data: [item({ price: price(about) })] } as const;
  return subscription({ id: 'sub_1', customer: 'cus_1', items: lines, ...more });
}

const CUSTOMER = { id: 'cus_1', object: 'customer', metadata: {}, invoice_settings: {} };

async function takes(relay: RelayWorld, provider: string, json: unknown, id: string) {
  let isTaken = false;
  const take = async (): Promise<void> => {
    await relay.webhook(provider, json, id);
    isTaken = true;
  };
  void take();
  await relay.until(() => isTaken);
}

function linkedBy(at: number) {
  const user = clerkUser({
    id: 'user_1',
    created_at: at,
    updated_at: at,
    private_metadata: { stripeCustomerId: 'cus_1' },
  });
  return clerkEvent('user.created', user, at);
}

describe('7.1: whose customer nobody knows', () => {
  it('is counted and named, and neither kept nor waiting; the next pull brings it', async () => {
    const { relay, world } = withOne(() => ({ ...planned('pro'), customer: CUSTOMER }));
    await relay.runs({ kind: 'backfill', only: 'stripe' });
    const report = (await relay.job())?.report ?? '';
    expect(JSON.parse(report)).toEqual({ unlinked: 1, unlinkedCustomers: ['cus_1'] });
    expect([relay.waiting(), relay.people().size]).toEqual([0, 0]);
    await takes(relay, 'clerk', linkedBy(world.now()), 'msg_1');
    // The link alone brings nothing: the facet was not stored.
    await world.pass(60_000);
    expect(relay.traits()['user_1']?.['plan']).toBeNull();
    await relay.runs({ kind: 'backfill', only: 'stripe' });
    expect(relay.traits()['user_1']).toMatchObject({ plan: 'pro' });
    expect(relay.told().map((line) => line.replace(/^\S+ /, ''))).toEqual(['user_created']);
  });

  it('has what it says of the link learnt: an event of the customer goes to the person at once', async () => {
    const customer = { ...CUSTOMER, metadata: { clerkUserId: 'user_1' } };
    const { relay, world } = withOne(() => ({ ...planned('pro'), customer }));
    await relay.runs({ kind: 'backfill', only: 'stripe' });
    const lines = planned('pro', { status: 'past_due' });
    const created = Math.floor(world.now() / 1000);
    const late = stripeEvent('customer.subscription.updated', lines, {
      created,
      previous: { status: 'active' },
    });
    await takes(relay, 'stripe', late, late.id);
    expect(relay.waiting()).toBe(0);
    expect(relay.traits()['user_1']).toMatchObject({ subscriptionStatus: 'past_due' });
  });

  it('overtakes nothing that waits: what waited brings its own before and is told', async () => {
    const { relay, world } = withOne(() => ({ ...planned('pro'), customer: CUSTOMER }));
    const created = Math.floor(world.now() / 1000) - 60;
    const upgrade = stripeEvent('customer.subscription.updated', planned('pro'), {
      created,
      previous: { items: planned('basic').items },
    });
    await takes(relay, 'stripe', upgrade, upgrade.id);
    expect(relay.waiting()).toBe(1);
    await relay.runs({ kind: 'backfill', only: 'stripe' });
    expect(relay.waiting()).toBe(1);
    await takes(relay, 'clerk', linkedBy(world.now()), 'msg_1');
    await relay.until(() => relay.waiting() === 0);
    expect(relay.traits()['user_1']).toMatchObject({ plan: 'pro' });
    expect(relay.told().some((line) => line.includes('plan_'))).toBe(true);
  });
});

describe('7.2: a webhook of the second in which a list was asked, or of the one before', () => {
  it.each([
    { agoMs: 0, isFirst: true },
    { agoMs: 0, isFirst: false },
    { agoMs: 1000, isFirst: true },
    { agoMs: 1000, isFirst: false },
  ])('wins, and its moment is told once: %o', async ({ agoMs, isFirst }) => {
    let askedAt = 0;
    const { relay, world } = withOne(
      // As it was: the list was made before the change.
      () => ({ ...planned('basic'), customer: CUSTOMER }),
      async () => {
        if (askedAt === 0 && isFirst) {
          void relay.webhook('stripe', changeAt(world.now() - agoMs), 'evt_change');
          askedAt = world.now();
          // Long enough for every call of it.
          await world.wait(20_000);
        }
        askedAt = world.now();
      },
    );
    await takes(relay, 'clerk', linkedBy(world.now()), 'msg_1');
    await relay.runs({ kind: 'backfill', only: 'stripe' });
    if (!isFirst) {
      expect(relay.traits()['user_1']).toMatchObject({ plan: 'basic' });
      await takes(relay, 'stripe', changeAt(askedAt - agoMs), 'evt_change');
    }
    expect(relay.traits()['user_1']).toMatchObject({ plan: 'pro' });
    expect(relay.told().filter((line) => line.includes('plan_'))).toHaveLength(1);
  });

  it('a list that is newer than the newest webhook says how it is', async () => {
    const { relay, world } = withOne(() => ({ ...planned('basic'), customer: CUSTOMER }));
    await takes(relay, 'clerk', linkedBy(world.now()), 'msg_1');
    await takes(relay, 'stripe', changeAt(world.now() - 60_000), 'evt_before');
    expect(relay.traits()['user_1']).toMatchObject({ plan: 'pro' });
    await relay.runs({ kind: 'backfill', only: 'stripe' });
    expect(relay.traits()['user_1']).toMatchObject({ plan: 'basic' });
  });
});

/** From basic to pro, dated in the second of `at` (Unix milliseconds). */
function changeAt(at: number) {
  return stripeEvent('customer.subscription.updated', planned('pro'), {
    created: Math.floor(at / 1000),
    previous: { items: planned('basic').items },
  });
}
