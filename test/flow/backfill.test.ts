// Everybody who was there before, pulled by the real Worker from emulated Clerk and Stripe, through kill -9; a smaller size of
// `npm run bench -- --backfill`.

import { expect, it } from 'vitest';

import { backfill } from '../torture/backfill.ts';

it('nobody is missing and nothing is told, through three kills and all that APIs do', async () => {
  const verdict = await backfill({ users: 1500, subscriptions: 900, kills: 3, isHostile: true });
  expect(verdict).toMatchObject({
    state: 'done',
    missing: 0,
    wrong: 0,
    told: 0,
    parked: 0,
  });
});
