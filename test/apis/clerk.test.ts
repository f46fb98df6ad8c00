// Clerk's client against its API on loopback: what is asked, and what comes of the answer.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { clerkApi } from '../../src/apis/clerk.ts';
import { clerkEmail, clerkUser } from '../../src/samples/clerk.ts';
import { startClerkApi } from '../emulator/clerk-api.ts';
import { NET } from '../support/net.ts';

const KEY = 'sk_test_clerk';

let clerk: Awaited<ReturnType<typeof startClerkApi>>;

beforeAll(async () => {
  const unverified = { ...clerkEmail('idn_2', 'ada+1@example.test'), verification: null };
  clerk = await startClerkApi({
    key: KEY,
    users: [
      clerkUser({ id: 'user_1', email_addresses: [clerkEmail('idn_1', 'ada@example.test')] }),
      clerkUser({ id: 'user_2', email_addresses: [unverified] }),
    ],
  });
});
beforeEach(() => clerk.reset());
afterAll(() => clerk.close());

const api = (key = KEY) => clerkApi({ baseUrl: clerk.url, key }, NET);

describe('clerkApi', () => {
  it('finds whoever has an email, in one request', async () => {
    const verified = await api().usersByEmail('ada@example.test', 2);
    expect(verified).toMatchObject({
      kind: 'ok',
      value: [{ id: 'user_1', email_addresses: [{ verification: { status: 'verified' } }] }],
    });
    expect(clerk.requests()).toEqual([{ path: '/v1/users', status: 200 }]);
  });

  it('finds an unverified address with a plus in it', async () => {
    expect(await api().usersByEmail('ada+1@example.test', 2)).toMatchObject({
      kind: 'ok',
      value: [{ id: 'user_2', email_addresses: [{ verification: null }] }],
    });
  });

  it('finds nobody where nobody has the email', async () => {
    expect(await api().usersByEmail('none@example.test', 2)).toMatchObject({
      kind: 'ok',
      value: [],
    });
  });

  it('is refused with a wrong key', async () => {
    expect(await api('sk_wrong').usersByEmail('a@example.test', 1)).toMatchObject({
      kind: 'refused',
      status: 401,
    });
  });
});
