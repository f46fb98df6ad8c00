// The capabilities of an outbox shard, in the order in which they run: what is deleted first, then what is delivered, then
// what organizations tell their members, then mails, then what is asked of Stripe and of Clerk. The one place that names them all.

import { shareOf } from '../platform/platform.ts';
import type { Capability, ShardWorld } from './capability.ts';
import { coupons } from './coupons/capability.ts';
import { delivery, deliveryFigures } from './delivery/capability.ts';
import { erasure } from './erasure/capability.ts';
import { telling } from './erasure/telling.ts';
import { journal } from './journal/capability.ts';
import { mail, mailFigures } from './mail/capability.ts';
import { organizations } from './organizations/capability.ts';
import { lookUps } from './organizations/look-up.ts';
import { parked } from './parked/capability.ts';
import { parkedFigures } from './parked/shelf.ts';
import { people } from './people/capability.ts';

export const CAPABILITIES: readonly Capability[] = [
  telling,
  erasure,
  delivery,
  organizations,
  mail,
  coupons,
  lookUps,
  journal,
  people,
  parked,
];

/** What health and the operator see of one shard. */
export type ShardHealth = ReturnType<typeof figuresOf>;

export function figuresOf(world: ShardWorld) {
  const { disk } = world.platform;
  return {
    ...deliveryFigures(world),
    ...parkedFigures(world),
    ...mailFigures(world),
    /** Organizations of more members than are all told how it is. */
    largeOrganizations: world.storage.tables().large.count(),
    /** What it stores, and the share of what it may. An object of the release before says nothing of it. */
    storedBytes: disk.bytes(),
    storedShare: shareOf(disk),
  };
}
