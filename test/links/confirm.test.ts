// Hints, on a simulated clock: nothing that a buyer typed makes a link before it is confirmed, and everything of the
// customer waits until then.

import { describe, expect, it } from 'vitest';

import type { UserAnswer } from '../../src/links/ask.ts';
import type { Voucher } from '../../src/person/typed.ts';
import { createWorld } from '../simulation/world.ts';
import { checkout, claim } from '../support/person-events.ts';
import { simulatedShard } from './simulated-shard.ts';

const CUSTOMER = 'cus_1';
const HOUR = 3_600_000;

/** `vouchers` are answered in turn, the last one for ever. */
function open(vouchers: readonly Voucher[], user: UserAnswer | null = null) {
  const world = createWorld(1);
  const accepted: string[] = [];
  const asked: { readonly inClerk: readonly string[] | null; readonly at: number }[] = [];
  const object = simulatedShard(world, {
    shards: {
      accept: async (userId, event) => {
        accepted.push(`${userId} ${event.id.slice(6)} ${event.isTyped === true ? 'typed' : ''}`);
        return { outcome: 'accepted', messages: 1 };
      },
      vouch: async (_, { inClerk }) => {
        asked.push({ inClerk, at: world.now() - world.startAt });
        return vouchers[Math.min(asked.length, vouchers.length) - 1] ?? 'unknown';
      },
    },
    lookUp: null,
    findUser: user === null ? null : async () => user,
  });
  const hint = claim(CUSTOMER, 'user_victim', {
    source: 'payment_link_reference',
    mayMove: false,
    asOf: 1,
    typed: { email: 'mark' },
  });
  const place = (session: string, claims = [hint]) =>
    object.call(async (shard) =>
      shard.place({
        customerId: CUSTOMER,
        userId: null,
        claims,
        event: checkout(CUSTOMER, session),
      }),
    );
  const why = () => object.call(async (shard) => shard.waiting(9).map((each) => each.why));
  const link = () => object.call(async (shard) => shard.link(CUSTOMER));
  return { object, accepted, asked, place, why, link, run: (ms: number) => world.pass(ms) };
}

describe('a hint', () => {
  it('that is confirmed makes a link at once, and what waited goes, in order, marked as typed', async () => {
    const { place, run, accepted, asked } = open(['confirmed']);
    expect(await place('a', [])).toEqual({ kind: 'waiting' });
    expect(await place('b')).toEqual({ kind: 'waiting' });
    await run(1000);
    expect(accepted).toEqual(['user_victim a typed', 'user_victim b typed']);
    expect(asked).toHaveLength(1);
    expect(await place('c')).toMatchObject({ kind: 'person', isTyped: true });
  });

  it('that is doubtful makes no link: all of the customer waits for the operator, and says why', async () => {
    const { object, place, run, accepted, why, link } = open(['doubtful']);
    await place('a');
    await place('b', []);
    await run(2 * HOUR);
    expect([accepted, await link(), await why()]).toEqual([[], null, ['reference_unconfirmed']]);
    await object.call(async (shard) => shard.linkByHand(CUSTOMER, 'user_buyer'));
    await run(1000);
    expect(accepted).toEqual(['user_buyer a ', 'user_buyer b ']);
  });

  it('is asked about again until Clerk’s webhook has made the person known, every hour at the least', async () => {
    const { place, run, accepted, asked } = open([
      ...Array<Voucher>(9).fill('unknown'),
      'confirmed',
    ]);
    await place('a');
    await run(9 * HOUR);
    expect(accepted).toEqual(['user_victim a typed']);
    const gaps = asked.map(({ at }, index) => at - (asked[index - 1]?.at ?? 0));
    expect(Math.max(...gaps)).toBeLessThanOrEqual(HOUR);
    expect(asked).toHaveLength(10);
  });

  it('asks Clerk where the outbox does not know enough', async () => {
    const { place, run, accepted, asked } = open(['unknown', 'confirmed'], {
      kind: 'user',
      verified: ['mark'],
    });
    await place('a');
    await run(1000);
    expect(accepted).toEqual(['user_victim a typed']);
    expect(asked.map(({ inClerk }) => inClerk)).toEqual([null, ['mark']]);
  });

  it('is asked about every hour at the least also while Clerk gives no answer', async () => {
    const { place, run, accepted, asked } = open(
      [...Array<Voucher>(9).fill('unknown'), 'confirmed'],
      { kind: 'later', why: 'clerk_unavailable', retryAfterMs: null, isForAll: false },
    );
    await place('a');
    await run(9 * HOUR);
    expect(accepted).toEqual(['user_victim a typed']);
    const gaps = asked.map(({ at }, index) => at - (asked[index - 1]?.at ?? 0));
    expect(Math.max(...gaps)).toBeLessThanOrEqual(HOUR);
  });

  it('of the buyer’s link stands against one that an address gave, although that is newer', async () => {
    const { object, place, run, accepted } = open(['confirmed']);
    const guess = { source: 'email_lookup', mayMove: false, typed: { email: null } };
    await place('a', [claim(CUSTOMER, 'user_other', { ...guess, asOf: 9 })]);
    await object.call(async (shard) =>
      shard.learn([
        claim(CUSTOMER, 'user_buyer', {
          source: 'payment_link_reference',
          mayMove: false,
          asOf: 1,
          typed: { email: 'mark' },
        }),
      ]),
    );
    await run(1000);
    expect(accepted).toEqual(['user_buyer a typed']);
  });

  it('of an id that Clerk does not know makes nobody', async () => {
    const { place, run, accepted, link } = open(['unknown'], {
      kind: 'nobody',
      why: 'clerk_not_found',
    });
    await place('a');
    await run(48 * HOUR);
    expect([accepted, await link()]).toEqual([[], null]);
  });

  it('changes no link there is, and goes with the person who is deleted', async () => {
    const { object, place, run, accepted } = open(['unknown']);
    await place('a');
    await object.call(async (shard) => shard.erase('user_victim', 2));
    expect(object.db.prepare('SELECT * FROM hints').all()).toEqual([]);
    await object.call(async (shard) => shard.linkByHand(CUSTOMER, 'user_buyer'));
    await place('b');
    await run(1000);
    expect(accepted).toEqual(['user_buyer a ', 'user_buyer b ']);
    expect(object.db.prepare('SELECT * FROM hints').all()).toEqual([]);
  });
});
