// Asks Stripe what the coupons of one subscription take off, and writes the answer down for good. One question at a time,
// in the alarm, never on a webhook's path.

import type { Failure } from '../../apis/ask-json.ts';
import { backoffMs } from '../../apis/backoff.ts';
import type { stripeApi, StripeCoupon } from '../../apis/stripe.ts';
import { offOf } from '../../person/coupons.ts';
import { unknownCoupons } from '../../person/looked-up.ts';
import { own } from '../../person/own.ts';
import { configIn } from '../capability.ts';
import type { ShardWorld } from '../capability.ts';
import { accept } from '../people/accept.ts';
import type { Tables } from '../tables.ts';
import type { CouponRow } from './table.ts';

/** As whose customer it is: four times longer each time, from seconds to a day, a quarter of it left to chance. */
const BACKOFF = { msMin: 5000, msMax: 86_400_000, factor: 4, chance: 0.25 };

/** Between two questions of one shard. Stripe allows 25 a second in test mode, to the whole account. */
const GAP_MS = 1000;

/** Stripe answers nobody now, with no hint of when it will. */
const PAUSE_MS = 60_000;

type AskStripe = Pick<ReturnType<typeof stripeApi>, 'discounts'>;

export async function askOne(world: ShardWorld, row: CouponRow, stripe: AskStripe): Promise<void> {
  const { platform, storage } = world;
  const ids = unknownOf(storage.tables(), row);
  if (ids.length === 0) {
    storage.tables().coupons.remove(row.subscriptionId);
    return;
  }
  const answer = await stripe.discounts(row.subscriptionId);
  const told = { stage: 'outbox', decision: 'coupons_asked', shard: platform.name };
  platform.log({ ...told, found: answer.kind });
  if (answer.kind !== 'ok' && !isFinal(answer)) later(world, row, answer);
  else write(world, row, { ids, told: answer.kind === 'ok' ? answer.value : [] });
  storage.tables().coupons.pause(platform.now() + GAP_MS);
}

/** The subscription may have gone to somebody else, with all that was to be asked. */
function unknownOf({ people }: Tables, { subscriptionId, person: key }: CouponRow) {
  const person = people.find(key) ?? null;
  const facet = person === null ? null : own(person.subscriptions, subscriptionId);
  return person === null || facet === null ? [] : unknownCoupons(person, facet);
}

/** It is not there, or will be told in no other words: asking again would tell nothing. */
function isFinal(answer: Failure): boolean {
  if (answer.kind === 'unreadable') return answer.reason === 'unexpected';
  return answer.kind === 'rejected';
}

type Answered = {
  /** What was asked about. One that has come since has a turn of its own. */
  readonly ids: readonly string[];
  readonly told: readonly { readonly id: string; readonly coupon: StripeCoupon }[];
};

/**
 * What the answer does not name takes nothing off: it is gone, or nobody can say. The subscription's turn comes once more: one
 * that came while the question was under way is asked about then.
 */
function write(world: ShardWorld, row: CouponRow, { ids, told }: Answered): void {
  const { storage, platform } = world;
  const { subscriptionId, person: key } = row;
  const now = platform.now();
  const offs = new Map(told.map(({ id, coupon }) => [id, offOf(coupon)]));
  const known = Object.fromEntries(ids.map((id) => [id, offs.get(id) ?? null]));
  const news = [{ kind: 'coupons', subscriptionId, known }] as const;
  storage.transaction((tables) => {
    const person = tables.people.find(key) ?? null;
    if (person === null) return;
    const event = {
      provider: 'stripe',
      id: subscriptionId,
      type: 'coupons',
      customerId: null,
      news,
    };
    accept(tables, { userId: person.userId, event, now }, configIn(world).messages);
  });
}

/** A refused key, or a wait that Stripe asks for, holds for every question. */
function later(world: ShardWorld, row: CouponRow, answer: Failure): void {
  const { storage, platform } = world;
  const asked = answer.kind === 'retry' ? answer.retryAfterMs : null;
  const backoff = backoffMs(BACKOFF, row.attempt + 1, platform.random());
  const isForAll = answer.kind === 'refused' || answer.kind === 'retry';
  const now = platform.now();
  storage.transaction(({ coupons }) => {
    coupons.postpone(row, now + Math.max(backoff, asked ?? 0));
    if (isForAll) coupons.pause(now + (asked ?? PAUSE_MS));
  });
}
