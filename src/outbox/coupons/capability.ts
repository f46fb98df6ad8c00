// Coupons of which events tell no more than the id: with a key Stripe is asked, once for each, what they take off. What it
// offers to its shard. Without a key nothing is asked, and what waits is asked about once there is one.

import { stripeApi } from '../../apis/stripe.ts';
import type { Capability, ShardWorld } from '../capability.ts';
import { askOne } from './ask.ts';

export const coupons = {
  name: 'coupons',
  waitsFor: 'interfaces',
  dueAt,
  run: askDue,
} satisfies Capability;

function dueAt(world: ShardWorld): number | null {
  if (keyOf(world) === null) return null;
  const { coupons: table } = world.storage.tables();
  const row = table.next();
  return row === null ? null : Math.max(row.nextAt, table.notBefore());
}

/** One at most: a mail that is due may wait behind it. */
async function askDue(world: ShardWorld): Promise<void> {
  const { platform, storage, requests } = world;
  const { now, fetch, after } = platform;
  const at = keyOf(world);
  const row = storage.tables().coupons.next();
  const isDue = (dueAt(world) ?? Infinity) <= now();
  if (at === null || row === null || !isDue || requests.areSpent()) return;
  await askOne(world, row, stripeApi(at, { now, fetch, after }));
}

/** A wrong configuration asks nobody, and what it keeps waiting is not due. */
function keyOf({ configured }: ShardWorld) {
  if (!configured.ok) return null;
  const { key, baseUrl } = configured.config.lookups.stripe;
  return key === null ? null : { key, baseUrl };
}
