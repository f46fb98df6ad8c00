// Look-ups against Stripe's and Clerk's APIs on loopback: every answer, and what it means.

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { readConfig } from '../../src/config/config.ts';
import { findUserWith, lookUpWith } from '../../src/links/ask.ts';
import { emailMark } from '../../src/person/email-mark.ts';
import { clerkOrganization } from '../../src/samples/clerk-organization.ts';
import { clerkEmail, clerkUser } from '../../src/samples/clerk.ts';
import { customer } from '../../src/samples/stripe.ts';
import { startClerkApi } from '../emulator/clerk-api.ts';
import { emulate } from '../emulator/loopback.ts';
import type { Emulated } from '../emulator/loopback.ts';
import { startStripeApi } from '../emulator/stripe-api.ts';
import { impatientNet, NET } from '../support/net.ts';

const STRIPE_KEY = 'sk_test_stripe';
const CLERK_KEY = 'sk_test_clerk';
const ADA = { kind: 'person', userId: 'user_ada' } as const;

let stripe: Awaited<ReturnType<typeof startStripeApi>>;
let clerk: Awaited<ReturnType<typeof startClerkApi>>;
/** Says whatever a test wants an API to say. */
let odd: Emulated;
let saying: unknown;

beforeAll(async () => {
  stripe = await startStripeApi({
    key: STRIPE_KEY,
    customers: [
      customer({ id: 'cus_named', metadata: { clerkUserId: 'user_named' } }),
      customer({ id: 'cus_before', metadata: { userId: 'legacy_42' } }),
      customer({ id: 'cus_org', metadata: { organizationId: 'org_1' } }),
      customer({ id: 'cus_mail', email: 'Ada@Example.test' }),
      customer({ id: 'cus_signed', email: 'ada@example.test', metadata: { ref: 'user_ada' } }),
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
  odd = await emulate(() => ({ status: 200, body: saying }));
  const unverified = { ...clerkEmail('idn_3', 'new@example.test'), verification: null };
  clerk = await startClerkApi({
    key: CLERK_KEY,
    users: [
      clerkUser({ id: 'user_ada', email_addresses: [clerkEmail('idn_1', 'ada@example.test')] }),
      clerkUser({ id: 'user_one', email_addresses: [clerkEmail('idn_2', 'twice@example.test')] }),
      clerkUser({ id: 'user_two', email_addresses: [clerkEmail('idn_2', 'twice@example.test')] }),
      clerkUser({ id: 'user_new', email_addresses: [unverified] }),
      clerkOrganization({ id: 'org_acme' }),
    ],
  });
});

afterEach(() => {
  stripe.reset();
  clerk.reset();
  odd.forget();
});

afterAll(async () => {
  await stripe.close();
  await clerk.close();
  await odd.close();
});

function lookUp(vars: Readonly<Record<string, unknown>> = {}, net = NET) {
  const result = readConfig({
    STRIPE_SECRET_KEY: STRIPE_KEY,
    STRIPE_API_URL: stripe.url,
    CLERK_SECRET_KEY: CLERK_KEY,
    CLERK_API_URL: clerk.url,
    EMAIL_LOOKUP: 'true',
    ...vars,
  });
  if (!result.ok) throw new Error('expected a configuration');
  const ask = lookUpWith(result.config, net);
  if (ask === null) throw new Error('expected a look-up');
  return ask;
}

describe('a look-up', () => {
  it.each([
    [
      'cus_named',
      { kind: 'person', userId: 'user_named', source: 'customer_lookup', isNamed: true },
    ],
    ['cus_before', { kind: 'nobody', why: 'customer_without_id', externalId: 'legacy_42' }],
    // Somebody typed the address: a hint. With the user's id in the metadata the application has said so.
    ['cus_mail', { ...ADA, source: 'email_lookup', typed: { email: null } }],
    ['cus_signed', { ...ADA, source: 'customer_lookup' }],
    ['cs_guest', { kind: 'nobody', why: 'customer_without_id' }],
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
  ])('of %s finds what there is', async (key, answer) => {
    expect(await lookUp()(key)).toEqual(answer);
  });

  it('asks Clerk only where EMAIL_LOOKUP is on and there is a key', async () => {
    const nobody = { kind: 'nobody', why: 'customer_without_id' };
    expect(await lookUp({ EMAIL_LOOKUP: 'false' })('cus_mail')).toEqual(nobody);
    expect(await lookUp({ CLERK_SECRET_KEY: '' })('cus_mail')).toEqual(nobody);
    expect(clerk.requests()).toEqual([]);
  });

  it('is not made at all without a Stripe key', () => {
    const result = readConfig({ CLERK_SECRET_KEY: CLERK_KEY, EMAIL_LOOKUP: 'true' });
    expect(result.ok && lookUpWith(result.config, NET)).toBeNull();
  });

  it.each([
    ['429 Retry-After 7', 'rate_limited', 7000],
    ['429', 'rate_limited', null],
    ['503', 'unavailable', null],
    ['503 Retry-After 8', 'unavailable', 8000],
    ['401', 'key_invalid', null],
    ['403', 'key_invalid', null],
    ['reset', 'unreachable', null],
  ])('comes again later after %s of either', async (script, reason, retryAfterMs) => {
    const later = { kind: 'later', retryAfterMs, isForAll: true };
    stripe.script(script);
    expect(await lookUp()('cus_named')).toEqual({ ...later, why: `stripe_${reason}` });
    stripe.script(script);
    expect(await lookUp()('ch_1')).toEqual({ ...later, why: `stripe_${reason}` });
    clerk.script(script);
    expect(await lookUp()('cus_mail')).toEqual({ ...later, why: `clerk_${reason}` });
  });

  it.each([
    ['400', 'refused'],
    ['404', 'not_found'],
    ['409', 'refused'],
    ['301 http://elsewhere.test/', 'refused'],
  ])('finds nobody after %s of either', async (script, reason) => {
    stripe.script(script);
    expect(await lookUp()('cus_named')).toEqual({ kind: 'nobody', why: `stripe_${reason}` });
    clerk.script(script);
    expect(await lookUp()('cus_mail')).toEqual({ kind: 'nobody', why: `clerk_${reason}` });
  });

  it('comes again later when no answer comes in time, or half of one', async () => {
    const later = {
      kind: 'later',
      why: 'stripe_unreachable',
      retryAfterMs: null,
      isForAll: true,
    };
    stripe.script('timeout');
    expect(await lookUp({}, impatientNet('request').net)('cus_named')).toEqual(later);
    odd.script('half');
    saying = { email: 'ada@example.test', metadata: {} };
    expect(await lookUp({ STRIPE_API_URL: odd.url })('cus_named')).toEqual(later);
    const silent = { ...NET, fetch: async () => new Response('<html>') };
    expect(await lookUp({}, silent)('cus_named')).toEqual(later);
  });

  it('does not take an answer of another shape for one', async () => {
    const unexpected = { kind: 'nobody', why: 'answer_unexpected' };
    saying = ['customers'];
    expect(await lookUp({ STRIPE_API_URL: odd.url })('cus_named')).toEqual(unexpected);
    saying = { data: [{ id: 'user_ada' }] };
    expect(await lookUp({ CLERK_API_URL: odd.url })('cus_mail')).toEqual(unexpected);
    saying = [{ id: 'user_ada' }];
    expect(await lookUp({ CLERK_API_URL: odd.url })('cus_mail')).toEqual(unexpected);
    saying = { customer: 12 };
    expect(await lookUp({ STRIPE_API_URL: odd.url })('ch_1')).toEqual({
      kind: 'nobody',
      why: 'charge_without_customer',
    });
  });

  it('by id says whether there is a user, and which emails are verified, as marks alone', async () => {
    const result = readConfig({ CLERK_SECRET_KEY: CLERK_KEY, CLERK_API_URL: clerk.url });
    const find = result.ok ? findUserWith(result.config, NET) : null;
    if (find === null) throw new Error('expected a look-up');
    expect(await find('user_ada')).toEqual({
      kind: 'user',
      verified: [emailMark('Ada@example.test')],
    });
    expect(await find('user_new')).toEqual({ kind: 'user', verified: [] });
    expect(await find('user_invented')).toEqual({ kind: 'nobody', why: 'clerk_not_found' });
    // An organization is asked for as one.
    expect(await find('org_acme')).toEqual({ kind: 'user', verified: [] });
    expect(await find('org_invented')).toEqual({ kind: 'nobody', why: 'clerk_not_found' });
    clerk.script('401');
    expect(await find('user_ada')).toMatchObject({ kind: 'later', why: 'clerk_key_invalid' });
    const keyless = readConfig({});
    expect(keyless.ok && findUserWith(keyless.config, NET)).toBeNull();
  });

  it('asks Clerk for one address, whatever its case, and never the organization that pays', async () => {
    await lookUp()('cus_mail');
    await lookUp()('cus_org');
    expect(clerk.requests()).toHaveLength(1);
  });

  it('never follows a redirect with a key', async () => {
    stripe.script(`301 ${clerk.url}/`);
    expect(await lookUp()('cus_named')).toMatchObject({ kind: 'nobody' });
    expect(clerk.requests()).toEqual([]);
  });

  it('says that a key is refused, and sends it nowhere else', async () => {
    const answer = await lookUp({ STRIPE_SECRET_KEY: 'sk_wrong' })('cus_named');
    expect(answer).toMatchObject({ kind: 'later', why: 'stripe_key_invalid' });
  });
});
