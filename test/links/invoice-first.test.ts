// An invoice may come before the first word of its subscription. Its copy of the metadata counts until then: else what it left
// would go with the customer's link, to somebody who never has the subscription.

import { expect, it } from 'vitest';

import type { Holding, PersonEvent } from '../../src/person/news.ts';
import { createWorld } from '../simulation/world.ts';
import { claim } from '../support/person-events.ts';
import { simulatedShard } from './simulated-shard.ts';

const CUSTOMER = 'cus_1';
const DONE = { outcome: 'accepted', messages: 1 } as const;

function open() {
  const world = createWorld(7);
  const handed: string[] = [];
  const object = simulatedShard(world, {
    shards: {
      accept: async () => DONE,
      closeCustomer: async () => ({ subscriptions: [], marks: {}, cards: {} }),
      gainCustomer: async () => DONE,
      loseCustomer: async () => DONE,
      closeSubscription: async (from) => {
        handed.push(`from ${from}`);
        return { subscriptions: [], marks: {} };
      },
      gainSubscription: async (to, { stays }) => {
        handed.push(`to ${to}${stays ? ' by name' : ''}`);
        return DONE;
      },
      loseSubscription: async () => DONE,
    },
    lookUp: null,
    findUser: null,
  });
  const place = (
    userId: string | null,
    says?: Partial<NonNullable<Holding['says']>>,
    asOf = world.now(),
  ) =>
    object.call(async (shard) =>
      shard.place({ customerId: CUSTOMER, userId, claims: [], event: eventOf(asOf, says) }),
    );
  const learn = (userId: string) =>
    object.call(async (shard) => shard.learn([claim(CUSTOMER, userId, { asOf: world.now() })]));
  const byHand = (userId: string) =>
    object.call(async (shard) => shard.linkByHand(CUSTOMER, userId));
  return { world, handed, place, learn, byHand };
}

/** Without `says` an invoice. */
function eventOf(asOf: number, says?: Partial<NonNullable<Holding['says']>>): PersonEvent {
  const said = { userId: null, isOrganization: false, isChange: false, ...says };
  const of = { subscriptionId: 'sub_1', asOf, ...(says === undefined ? {} : { says: said }) };
  return {
    provider: 'stripe',
    id: 'evt_1',
    type: 'invoice.paid',
    customerId: CUSTOMER,
    of,
    news: [],
  };
}

it('goes to whom it names, and so does what names nobody after it', async () => {
  const { place, learn } = open();
  await learn('user_a');
  expect(await place('user_b')).toMatchObject({ kind: 'person', userId: 'user_b' });
  expect(await place(null)).toMatchObject({ kind: 'person', userId: 'user_b' });
});

it('gives way to the first word of the subscription itself, with what it left', async () => {
  const { world, handed, place, learn } = open();
  await learn('user_a');
  await place('user_b');
  await world.pass(1000);
  handed.length = 0;
  expect(await place('user_c', { userId: 'user_c' })).toMatchObject({ userId: 'user_c' });
  await world.pass(1000);
  expect(handed).toEqual(['from user_b', 'to user_c by name']);
});

it('gives way where the subscription names nobody: then it goes with its customer', async () => {
  const { world, handed, place, learn } = open();
  await learn('user_a');
  await place('user_b');
  await world.pass(1000);
  handed.length = 0;
  expect(await place(null, {})).toMatchObject({ userId: 'user_a' });
  await world.pass(1000);
  expect(handed).toEqual(['from user_b', 'to user_a']);
});

it('says nothing against a word of the subscription, nor against an operator', async () => {
  const { place, byHand } = open();
  await place('user_b', { userId: 'user_b' });
  expect(await place('user_c')).toMatchObject({ userId: 'user_b' });
  const other = open();
  await other.byHand('user_a');
  expect(await other.place('user_b')).toMatchObject({ userId: 'user_a' });
  await byHand('user_a');
  expect(await place('user_b')).toMatchObject({ userId: 'user_a' });
});

it('is not named by an older word of its own that comes late', async () => {
  const { world, place } = open();
  await world.pass(1000);
  const older = world.now() - 500;
  await place('user_b', { userId: 'user_b' });
  expect(await place('user_c', { userId: 'user_c' }, older)).toMatchObject({ isElsewhere: true });
  expect(await place(null)).toMatchObject({ userId: 'user_b' });
});
