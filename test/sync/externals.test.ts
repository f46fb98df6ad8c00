// A backfill tells the names that users had before: metadata that has one means its user, and what waited by it goes to them.

import { expect, it } from 'vitest';

import { clerkUser } from '../../src/samples/clerk.ts';
import { stripeEvent, subscription } from '../../src/samples/stripe.ts';
import { createWorld } from '../simulation/world.ts';
import { openRelayWorld } from './relay-world.ts';

const USER = clerkUser({ id: 'user_now', external_id: 'legacy_42', created_at: 1, updated_at: 1 });

it('gives the user what waited by the name', async () => {
  const world = createWorld(1);
  const relay = openRelayWorld(world, async (_, address) => {
    const { pathname, searchParams: query } = new URL(address);
    if (pathname === '/v1/instance') return Response.json({ id: 'ins_1' });
    if (pathname === '/v1/users/count') return Response.json({ total_count: 1 });
    if (pathname === '/v1/users') return Response.json(query.has('starting_after') ? [] : [USER]);
    return Response.json({ data: [], total_count: 0 });
  });
  let isTaken = false;
  const named = ['cus_1', 'cus_2', 'cus_3'].map((customer) =>
    stripeEvent(
      'customer.subscription.created',
      subscription({ id: `sub_${customer}`, customer, metadata: { clerkUserId: 'legacy_42' } }),
    ),
  );
  const take = async (): Promise<void> => {
    for (const [index, event] of named.entries()) {
      await relay.webhook('stripe', event, `msg_${index}`);
    }
    isTaken = true;
  };
  void take();
  await relay.until(() => isTaken);
  expect(relay.traits()['user_now']).toBeUndefined();
  await relay.sync.call(async (code) => code.visit({ clerk: world.now() }));
  await relay.runs({ kind: 'backfill', only: 'clerk' });
  await world.pass(60_000);
  expect(relay.traits()['user_now']).toMatchObject({ plan: 'pro', subscriptionsCount: 3 });
});
