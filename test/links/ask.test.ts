// Look-ups against Stripe's and Clerk's APIs on loopback: every answer, and what it means.

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { readConfig } from '../../src/config/config.ts';
import { lookUpWith } from '../../src/links/ask.ts';
import { clerkEmail, clerkUser } from '../../src/samples/clerk.ts';
import { customer } from '../../src/samples/stripe.ts';
import { startClerkApi } from '../emulator/clerk-api.ts';
import { startStripeApi } from '../emulator/stripe-api.ts';

const STRIPE_KEY = 'sk_test_stripe';
const CLERK_KEY = 'sk_test_clerk';

let stripe: Awaited<ReturnType<typeof startStripeApi>>;
let clerk: Awaited<ReturnType<typeof startClerkApi>>;

beforeAll(async () => {
  stripe = await startStripeApi({
    key: STRIPE_KEY,
    customers: [
      customer({ id: 'cus_named', metadata: { clerkUserId: 'user_named' } }),
      customer({ id: 'cus_org', metadata: { organizationId: 'org_1' } }),
      customer({ id: 'cus_mail', email: 'Ada@Example.test' }),
      customer({ id: 'cus_twice', email: 'twice@example.test' }),
      customer({ id: 'cus_unverified', email: 'new@example.test' }),
      customer({ id: 'cus_stranger', email: 'stranger@example.test' }),
      customer({ id: 'cus_bare' }),
      { id: 'cus_gone', object: 'customer', deleted: true },
    ],
    charges: [
      { id: 'ch_1', object: 'charge', customer: 'cus_named' },
      { id: 'py_1', object: 'charge', customer: { id: 'cus_mail', object: 'customer' } },
      { id: 'ch_guest', object: 'charge', customer: null },
    ],
  });
  const unverified = { ...clerkEmail('idn_3', 'new@example.test'), verification: null };
  clerk = await startClerkApi({
    key: CLERK_KEY,
    users: [
      clerkUser({ id: 'user_ada', email_addresses: [clerkEmail('idn_1', 'ada@example.test')] }),
      clerkUser({ id: 'user_one', email_addresses: [clerkEmail('idn_2', 'twice@example.test')] }),
      clerkUser({ id: 'user_two', email_addresses: [clerkEmail('idn_2', 'twice@example.test')] }),
      clerkUser({ id: 'user_new', email_addresses: [unverified] }),
    ],
  });
});

afterEach(() => {
  stripe.reset();
  clerk.reset();
});

afterAll(async () => {
  await stripe.close();
  await clerk.close();
});

function lookUp(vars: Readonly<Record<string, unknown>> = {}) {
  const result = readConfig({
    STRIPE_SECRET_KEY: STRIPE_KEY,
    STRIPE_API_URL: stripe.url,
    CLERK_SECRET_KEY: CLERK_KEY,
    CLERK_API_URL: clerk.url,
    EMAIL_LOOKUP: 'true',
    ...vars,
  });
  if (!result.ok) throw new Error('expected a configuration');
  const ask = lookUpWith(result.config, { fetch, now: Date.now });
  if (ask === null) throw new Error('expected a look-up');
  return ask;
}

describe('a look-up', () => {
  it.each([
    ['cus_named', { kind: 'person', userId: 'user_named', source: 'customer_lookup' }],
    ['cus_mail', { kind: 'person', userId: 'user_ada', source: 'email_lookup' }],
    ['cus_org', { kind: 'nobody', why: 'organization_pays' }],
    ['cus_twice', { kind: 'nobody', why: 'email_shared' }],
    ['cus_unverified', { kind: 'nobody', why: 'email_unverified' }],
    ['cus_stranger', { kind: 'nobody', why: 'email_unknown' }],
    ['cus_bare', { kind: 'nobody', why: 'customer_without_id' }],
    ['cus_gone', { kind: 'nobody', why: 'customer_without_id' }],
    ['cus_unheard_of', { kind: 'nobody', why: 'stripe_not_found' }],
    ['ch_1', { kind: 'customer', customerId: 'cus_named' }],
    ['py_1', { kind: 'customer', customerId: 'cus_mail' }],
    ['ch_guest', { kind: 'nobody', why: 'charge_without_customer' }],
  ])('finds of %s what there is', async (key, finding) => {
    expect(await lookUp()(key)).toEqual(finding);
  });

  it('asks Clerk only where EMAIL_LOOKUP is on and there is a key', async () => {
    const nobody = { kind: 'nobody', why: 'customer_without_id' };
    expect(await lookUp({ EMAIL_LOOKUP: 'false' })('cus_mail')).toEqual(nobody);
    expect(await lookUp({ CLERK_SECRET_KEY: '' })('cus_mail')).toEqual(nobody);
    expect(clerk.requests()).toEqual([]);
  });

  it('does not exist without a Stripe key', () => {
    const result = readConfig({ CLERK_SECRET_KEY: CLERK_KEY, EMAIL_LOOKUP: 'true' });
    expect(result.ok && lookUpWith(result.config, { fetch, now: Date.now })).toBeNull();
  });

  it.each([
    ['429 Retry-After 7', 'stripe_rate_limited', 7000],
    ['503', 'stripe_unavailable', null],
    ['403', 'stripe_key_invalid', null],
    ['reset', 'stripe_unreachable', null],
  ])('comes again later after %s', async (script, why, retryAfterMs) => {
    stripe.script(script);
    expect(await lookUp()('cus_named')).toEqual({
      kind: 'later',
      why,
      retryAfterMs,
      isForAll: true,
    });
  });

  it('keeps what Clerk asks for, too, and never follows a redirect with a key', async () => {
    clerk.script('429 Retry-After 9');
    const answer = await lookUp()('cus_mail');
    expect(answer).toMatchObject({ why: 'clerk_rate_limited', retryAfterMs: 9000 });
    stripe.script(`301 ${clerk.url}/`);
    clerk.reset();
    expect(await lookUp()('cus_named')).toMatchObject({ kind: 'nobody' });
    expect(clerk.requests()).toEqual([]);
  });

  it('says that a key is refused, and sends it nowhere else', async () => {
    const answer = await lookUp({ STRIPE_SECRET_KEY: 'sk_wrong' })('cus_named');
    expect(answer).toMatchObject({ kind: 'later', why: 'stripe_key_invalid' });
  });
});
