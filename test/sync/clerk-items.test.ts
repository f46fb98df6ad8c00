// Purchases of Clerk Billing that were there before us: who had several of them is as the last one says, and is told nothing.

import { describe, expect, it } from 'vitest';

import { clerkItem } from '../../src/samples/clerk-billing.ts';
import { clerkUser } from '../../src/samples/clerk.ts';
import type { ApiObject } from '../emulator/population.ts';
import { createWorld } from '../simulation/world.ts';
import { openRelayWorld } from './relay-world.ts';

const DAY_MS = 86_400_000;
const USER = clerkUser({ id: 'user_before', created_at: 1, updated_at: 1 });

function bought(id: string, plan: string, more: ApiObject): ApiObject {
  const payer = { user_id: 'user_before', organization_id: null };
  return {
    ...clerkItem({}),
    object: 'subscription_item',
    id,
    subscription_id: 'csub_before',
    plan: { id: `cplan_${plan}`, slug: plan, name: plan, amount: 1000, currency: 'usd' },
    payer,
    ...more,
  };
}

/** What a backfill makes of them; the oldest first. */
async function backfilled(items: (now: number) => readonly ApiObject[]) {
  const world = createWorld(1);
  const all = items(world.now()).toReversed();
  const relay = openRelayWorld(world, async (_, address) => {
    const { pathname, searchParams: query } = new URL(address);
    if (pathname === '/v1/instance') return Response.json({ id: 'ins_1' });
    if (pathname === '/v1/users/count') return Response.json({ total_count: 1 });
    if (pathname === '/v1/users') return Response.json(query.has('starting_after') ? [] : [USER]);
    const [offset, limit] = [Number(query.get('offset')), Number(query.get('limit'))];
    return Response.json({ data: all.slice(offset, offset + limit), total_count: all.length });
  });
  await relay.sync.call(async (code) => code.visit({ clerk: world.now() }));
  await relay.runs({ kind: 'backfill', only: 'clerk' });
  expect(await relay.job()).toMatchObject({ state: 'done' });
  const { plan, subscriptionStatus } = relay.traits()['user_before'] ?? {};
  return { plan, subscriptionStatus, told: relay.told() };
}

describe('a backfill of several purchases', () => {
  it('takes the newer one, although the older was touched after it', async () => {
    const found = await backfilled((now) => [
      bought('csi_a', 'basic', {
        status: 'ended',
        created_at: now - 50 * DAY_MS,
        updated_at: now - 9 * DAY_MS,
        ended_at: now - 10 * DAY_MS,
      }),
      bought('csi_b', 'pro', {
        status: 'active',
        created_at: now - 20 * DAY_MS,
        updated_at: now - 10 * DAY_MS,
      }),
    ]);
    expect(found).toEqual({ plan: 'pro', subscriptionStatus: 'active', told: [] });
  });

  it('tells no change of plan and no recovery', async () => {
    const found = await backfilled((now) => [
      bought('csi_a', 'basic', {
        status: 'past_due',
        created_at: now - 50 * DAY_MS,
        updated_at: now - 20 * DAY_MS,
        past_due_at: now - 20 * DAY_MS,
      }),
      bought('csi_b', 'pro', {
        status: 'active',
        created_at: now - 10 * DAY_MS,
        updated_at: now - 10 * DAY_MS,
      }),
    ]);
    expect(found).toEqual({ plan: 'pro', subscriptionStatus: 'active', told: [] });
  });

  it('tells no plan for later', async () => {
    const found = await backfilled((now) => [
      bought('csi_a', 'pro', {
        status: 'canceled',
        created_at: now - 10 * DAY_MS,
        updated_at: now - 5 * DAY_MS,
        canceled_at: now - 5 * DAY_MS,
        period_end: now + 20 * DAY_MS,
      }),
      bought('csi_b', 'basic', {
        status: 'upcoming',
        created_at: now - 5 * DAY_MS,
        updated_at: now - 5 * DAY_MS,
        period_start: now + 20 * DAY_MS,
      }),
    ]);
    expect(found).toMatchObject({ plan: 'pro', told: [] });
  });
});
