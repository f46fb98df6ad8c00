// The whole Worker from outside: signed webhooks in over HTTP, what landed at the emulator out. Nothing inside is
// touched; the process is real, and so is kill -9.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { clerkEvent, clerkUser } from '../../src/samples/clerk.ts';
import { checkoutSession, stripeEvent, subscription } from '../../src/samples/stripe.ts';
import { until } from '../../src/start/until.ts';
import { startEmulator } from '../emulator/server.ts';
import type { EmulatorState } from '../emulator/state.ts';
import { emulatorClient } from '../support/emulator.ts';
import type { EmulatorClient } from '../support/emulator.ts';
import { ADMIN_TOKEN, delivered, post, startRelay, statusOf } from '../support/relay.ts';
import type { Relay } from '../support/relay.ts';

let emulator: EmulatorClient;
let closeEmulator: () => Promise<void>;
let relay: Relay;
let vars: Record<string, string>;

beforeAll(async () => {
  const server = await startEmulator({ token: 'flow-key' });
  closeEmulator = server.close;
  emulator = emulatorClient(server.url);
  vars = {
    CUSTOMERIO_TRACK_TOKEN: 'flow-key',
    CUSTOMERIO_PIPELINES_URL: `${server.url}/v1`,
    LINGER_MS: '50',
  };
  relay = await startRelay(vars);
});

afterAll(async () => {
  await relay.close();
  await closeEmulator();
});

beforeEach(() => emulator.reset());

let people = 0;
function newUser(): string {
  people += 1;
  return `user_flow${Date.now()}x${people}`;
}

function signUp(id: string, updatedAt = Date.now()) {
  const user = clerkUser({ id, created_at: updatedAt, updated_at: updatedAt });
  return clerkEvent('user.created', user, updatedAt);
}

async function landed(userId: string): Promise<string[]> {
  const { events } = await emulator.state();
  return events.filter((each) => each.userId === userId).map((each) => each.event);
}

describe('relay', () => {
  it('lands one identify and one track for a webhook sent a hundred times in parallel', async () => {
    const userId = newUser();
    const event = signUp(userId);
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => post(relay, 'clerk', event, { id: 'msg_same' })),
    );
    const outcomes = answers.map(({ json }) => json['outcome']);
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(outcomes.filter((each) => each === 'accepted')).toHaveLength(1);
    expect(outcomes.filter((each) => each === 'duplicate')).toHaveLength(99);
    expect(await delivered(relay)).toBe(true);
    const state = await emulator.state();
    expect(state.identifies.filter((each) => each.userId === userId)).toHaveLength(1);
    expect(await landed(userId)).toEqual(['user_created']);
    expect(state.people[userId]?.traits).toMatchObject({ email: 'ada@example.test' });
  });

  it('joins a checkout to its person through client_reference_id, in any order', async () => {
    const userId = newUser();
    const customer = `cus_${userId}`;
    const sub = subscription({ id: `sub_${userId}`, customer });
    const session = checkoutSession({ id: `cs_${userId}`, customer, client_reference_id: userId });
    const first = await post(relay, 'stripe', stripeEvent('customer.subscription.created', sub));
    expect(first.json).toEqual({ outcome: 'waiting' });
    await post(relay, 'stripe', stripeEvent('checkout.session.completed', session));
    await until(async () => (await landed(userId)).length > 1);
    expect(await landed(userId)).toEqual(['subscription_started', 'checkout_completed']);
    const { people: known } = await emulator.state();
    expect(known[userId]?.traits).toMatchObject({
      plan: 'pro',
      mrr: 49,
      stripeCustomerId: customer,
    });
  });

  it('sends every request in strict mode, authorized, or the emulator would have dropped it', async () => {
    const userId = newUser();
    await post(relay, 'clerk', signUp(userId));
    expect(await until(async () => (await landed(userId)).length === 1)).toBe(true);
  });

  it('retries through 503 and 429 until it lands, once', async () => {
    const userId = newUser();
    await emulator.script('503,429 Retry-After 1,reset,200 html');
    await post(relay, 'clerk', signUp(userId));
    expect(await until(async () => (await landed(userId)).length === 1)).toBe(true);
    expect((await emulator.state()).duplicates).toBe(0);
  });

  it('keeps what it answered 200 through kill -9', async () => {
    const userId = newUser();
    await emulator.down();
    expect((await post(relay, 'clerk', signUp(userId))).status).toBe(200);
    await relay.kill();
    await emulator.up();
    relay = await startRelay(vars, relay.folder);
    expect(await until(async () => (await landed(userId)).length === 1)).toBe(true);
  });

  it('takes 1,500 webhooks through an outage of many retries, and lands each once and in order', async () => {
    const users = Array.from({ length: 25 }, newUser);
    const indexes = Array.from({ length: 60 }, (_, index) => index);
    await emulator.down();
    const sent = users.map(async (userId) => {
      const statuses = [];
      for (const index of indexes) {
        statuses.push((await post(relay, 'stripe', guestCheckout(userId, index))).status);
      }
      return statuses;
    });
    const statuses = (await Promise.all(sent)).flat();
    expect(statuses).toEqual(statuses.map(() => 200));
    const before = (await statusOf(relay)).retries;
    expect(await until(async () => (await statusOf(relay)).retries >= before + 8)).toBe(true);
    await emulator.up();
    expect(await delivered(relay)).toBe(true);
    const { events, duplicates } = await emulator.state();
    const amounts = users.map((userId) => amountsOf(events, userId));
    expect({ amounts, duplicates }).toEqual({ amounts: users.map(() => indexes), duplicates: 0 });
  });

  it('delivers one person in the order of acceptance, also through an outage', async () => {
    const userId = newUser();
    await emulator.down();
    for (let index = 0; index < 40; index += 1) {
      await post(relay, 'stripe', guestCheckout(userId, index));
    }
    await emulator.up();
    expect(await delivered(relay)).toBe(true);
    const { events } = await emulator.state();
    expect(amountsOf(events, userId)).toEqual(Array.from({ length: 40 }, (_, index) => index));
  });
});

/** A checkout that names its person itself; its amount says which one it is. */
function guestCheckout(userId: string, index: number) {
  const session = checkoutSession({
    id: `cs_${userId}_${index}`,
    customer: null,
    subscription: null,
    amount_total: index * 100,
    metadata: { clerkUserId: userId },
  });
  return stripeEvent('checkout.session.completed', session);
}

/** Which of a person's checkouts have landed, in order. */
function amountsOf(events: EmulatorState['events'], userId: string): unknown[] {
  const theirs = events.filter((each) => each.userId === userId);
  return theirs.map(({ properties }) => properties['amount']);
}

describe('refusals', () => {
  it('refuses a body changed after signing', async () => {
    const answer = await post(relay, 'clerk', signUp(newUser()), {
      headers: { 'svix-signature': 'v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=' },
    });
    expect(answer).toMatchObject({ status: 401, json: { error: 'signature_invalid' } });
  });

  it('refuses a webhook without a signature', async () => {
    const response = await fetch(`${relay.url}/webhooks/stripe`, { method: 'POST', body: '{}' });
    expect(response.status).toBe(401);
    expect(await response.json()).toEqual({ error: 'signature_missing' });
  });

  it('refuses a body over the cap', async () => {
    const answer = await post(relay, 'stripe', 'x'.repeat(524_289));
    expect(answer).toMatchObject({ status: 413, json: { error: 'body_too_large' } });
  });

  it('refuses what is signed but not JSON', async () => {
    const answer = await post(relay, 'stripe', 'not json');
    expect(answer).toMatchObject({ status: 400, json: { error: 'body_malformed' } });
  });

  it('refuses providers it does not know, and methods other than POST', async () => {
    const unknown = await fetch(`${relay.url}/webhooks/paddle`, { method: 'POST', body: '{}' });
    expect(unknown.status).toBe(404);
    const get = await fetch(`${relay.url}/webhooks/clerk`);
    expect(get.status).toBe(405);
  });

  it('parks a verified event it cannot read, and answers 200', async () => {
    const answer = await post(relay, 'stripe', stripeEvent('customer.subscription.created', {}));
    expect(answer).toMatchObject({ status: 200, json: { outcome: 'parked' } });
  });

  it('ignores verified types that no mapping wants', async () => {
    const answer = await post(relay, 'stripe', stripeEvent('product.created', { id: 'prod_1' }));
    expect(answer).toMatchObject({ status: 200, json: { outcome: 'ignored' } });
  });

  it('is healthy when everything is configured', async () => {
    const response = await fetch(`${relay.url}/healthz`);
    expect({ status: response.status, json: await response.json() }).toEqual({
      status: 200,
      json: { status: 'ok' },
    });
  });

  it('answers 503 and Retry-After for a provider without its secret, and for a wrong var', async () => {
    const bare = await startRelay({ STRIPE_WEBHOOK_SECRET: '' });
    const missing = await post(bare, 'stripe', stripeEvent('product.created', { id: 'prod_1' }));
    expect(missing).toMatchObject({
      status: 503,
      json: { error: 'secret_missing' },
      retryAfter: '60',
    });
    await bare.kill();
    const wrong = await startRelay({ SHARDS: 'many', TRAIT_CASE: 'kebab' }, bare.folder);
    const invalid = await post(wrong, 'stripe', stripeEvent('product.created', { id: 'prod_1' }));
    expect(invalid).toMatchObject({ status: 503, json: { error: 'config_invalid' } });
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
    const health = await fetch(`${wrong.url}/healthz`, { headers });
    expect(health.status).toBe(503);
    const { details } = (await health.json()) as { details: string[] };
    expect(details).toEqual([
      'SHARDS: expected a whole number from 1 to 64',
      'TRAIT_CASE: expected "camel" or "snake"',
    ]);
    await wrong.close();
  });
});
