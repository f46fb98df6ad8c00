// What strangers can fill: pages stay light however many webhooks came, customers wait and things a person has.

import { afterAll, beforeAll, expect, it } from 'vitest';

import { stripeEvent, subscription } from '../../src/samples/stripe.ts';
import { ADMIN_TOKEN, post, startRelay } from '../support/relay.ts';
import type { Relay } from '../support/relay.ts';
import { signUp } from './world.ts';

const PERSON = 'user_heavy';
const MANY = 130;

let relay: Relay;

beforeAll(async () => {
  relay = await startRelay({ LINGER_MS: '50', SHARDS: '2' });
  await post(relay, 'clerk', signUp(PERSON, 'Heavy', 'heavy@example.test'));
  const bought = Array.from({ length: MANY }, (_, each) => [
    buy(`sub_strange${each}`, `cus_strange${each}`, {}),
    buy(`sub_heavy${each}`, `cus_heavy${each}`, { clerkUserId: PERSON }),
  ]);
  await Promise.all(bought.flat());
});

afterAll(() => relay.close());

/** Named by its metadata, or by nobody. */
function buy(id: string, customer: string, metadata: Readonly<Record<string, string>>) {
  const bought = subscription({ id, customer, metadata });
  return post(relay, 'stripe', stripeEvent('customer.subscription.created', bought));
}

async function look(path: string): Promise<string> {
  const authorization = `Basic ${Buffer.from(`any:${ADMIN_TOKEN}`).toString('base64')}`;
  const answer = await fetch(`${relay.url}/console${path}`, { headers: { authorization } });
  expect(answer.status).toBe(200);
  return answer.text();
}

it.each(['', '/webhooks', '/people', `/people/${PERSON}`, '/waiting', '/parked', '/mapping'])(
  'the page at /console%s is under 60 kB',
  async (path) => {
    expect((await look(path)).length).toBeLessThan(60_000);
  },
);

it('says how many wait, also of those whom it does not show', async () => {
  const text = await look('/waiting');
  expect(text).toContain(`${MANY} events of ${MANY}\ncustomers`);
  expect(text).toContain(`And ${MANY - 50} who came later.`);
  expect(text.match(/Clerk user of/g)).toHaveLength(50);
});
