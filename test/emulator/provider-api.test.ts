// The emulators of Clerk's and Stripe's APIs refuse what the real ones refuse, and page as they page.

import { createClerkClient } from '@clerk/backend';
import { Stripe } from 'stripe';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { clerkEmail, clerkUser } from '../../src/samples/clerk.ts';
import { customer } from '../../src/samples/stripe.ts';
import { startClerkApi } from './clerk-api.ts';
import { startStripeApi } from './stripe-api.ts';

let clerk: Awaited<ReturnType<typeof startClerkApi>>;
let stripe: Awaited<ReturnType<typeof startStripeApi>>;

beforeAll(async () => {
  const users = Array.from({ length: 12 }, (_, index) =>
    clerkUser({
      id: `user_${index}`,
      created_at: 1000 + index,
      email_addresses: [clerkEmail('idn_1', `p${index}@example.test`)],
    }),
  );
  clerk = await startClerkApi({ key: 'sk_test_clerk', users });
  const customers = Array.from({ length: 12 }, (_, index) => customer({ id: `cus_${index}` }));
  stripe = await startStripeApi({ key: 'sk_test_stripe', customers });
});

afterAll(async () => {
  await clerk.close();
  await stripe.close();
});

async function get(url: string, key: string) {
  const response = await fetch(url, { headers: { authorization: `Bearer ${key}` } });
  return { status: response.status, json: (await response.json()) as Record<string, unknown> };
}

describe('the emulated Clerk API', () => {
  it('refuses a wrong key', async () => {
    expect((await get(`${clerk.url}/v1/users`, 'sk_wrong')).status).toBe(401);
  });

  it('lists ten users by default, the newest first, and pages by a cursor', async () => {
    const first = (await get(`${clerk.url}/v1/users`, 'sk_test_clerk')).json as unknown as {
      id: string;
    }[];
    expect(first.map(({ id }) => id).slice(0, 2)).toEqual(['user_11', 'user_10']);
    expect(first).toHaveLength(10);
    const url = `${clerk.url}/v1/users?starting_after=${first.at(-1)?.id}`;
    const rest = (await get(url, 'sk_test_clerk')).json as unknown as { id: string }[];
    expect(rest.map(({ id }) => id)).toEqual(['user_1', 'user_0']);
    expect((await get(`${url}&offset=1`, 'sk_test_clerk')).status).toBe(422);
    expect((await get(`${clerk.url}/v1/users?limit=501`, 'sk_test_clerk')).status).toBe(422);
  });

  it('answers the official client, which asks for the list and the count', async () => {
    const client = createClerkClient({ secretKey: 'sk_test_clerk', apiUrl: clerk.url });
    clerk.reset();
    const { data, totalCount } = await client.users.getUserList({
      emailAddress: ['P3@example.test'],
    });
    expect({ ids: data.map(({ id }) => id), totalCount }).toEqual({
      ids: ['user_3'],
      totalCount: 1,
    });
    expect(clerk.requests()).toHaveLength(2);
  });
});

describe('the emulated Stripe API', () => {
  const client = () => {
    const { hostname: host, port } = new URL(stripe.url);
    return new Stripe('sk_test_stripe', { host, port, protocol: 'http', maxNetworkRetries: 0 });
  };

  it('refuses a wrong key', async () => {
    expect((await get(`${stripe.url}/v1/customers/cus_1`, 'sk_wrong')).status).toBe(401);
  });

  it('answers the official client, one by one and page by page', async () => {
    expect((await client().customers.retrieve('cus_3')).id).toBe('cus_3');
    const ids: string[] = [];
    for await (const each of client().customers.list({ limit: 5 })) ids.push(each.id);
    expect(ids).toHaveLength(12);
    await expect(client().customers.retrieve('cus_none')).rejects.toMatchObject({
      statusCode: 404,
    });
  });

  it('follows a script of faults', async () => {
    stripe.script('429 Retry-After 3');
    const response = await fetch(`${stripe.url}/v1/customers/cus_1`);
    expect({ status: response.status, after: response.headers.get('retry-after') }).toEqual({
      status: 429,
      after: '3',
    });
  });
});
