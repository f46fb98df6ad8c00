// npm run bench -- --backfill: what it costs to pull everybody, on the real Worker, and what live webhooks feel of it.

import { figuresOf } from '../torture/backfill-figures.ts';
import { backfill } from '../torture/backfill.ts';

/** Of 100,000 the rates are the same: npm run torture:backfill. */
const [USERS, SUBSCRIPTIONS] = [10_000, 6000];

export async function pulled(): Promise<void> {
  const verdict = await backfill({
    users: USERS,
    subscriptions: SUBSCRIPTIONS,
    kills: 0,
    calm: 200,
    say: console.log,
  });
  const figures = figuresOf(verdict, USERS);
  console.log(`${USERS} people and ${SUBSCRIPTIONS} subscriptions:`, figures);
}
