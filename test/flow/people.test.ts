// One person, from outside the real Worker: look-ups that find whose an event is, and a deletion that outlives kill -9.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { clerkEmail, clerkEvent, clerkUser } from '../../src/samples/clerk.ts';
import { dispute } from '../../src/samples/stripe-money.ts';
import { customer, invoice, stripeEvent, subscription } from '../../src/samples/stripe.ts';
import { until } from '../../src/start/until.ts';
import { startClerkApi } from '../emulator/clerk-api.ts';
import { startEmulator } from '../emulator/server.ts';
import { startStripeApi } from '../emulator/stripe-api.ts';
import { emulatorClient } from '../support/emulator.ts';
import type { EmulatorClient } from '../support/emulator.ts';
import { newCustomer, newUser } from '../support/person-events.ts';
import { delivered, post, startRelay } from '../support/relay.ts';
import type { Relay } from '../support/relay.ts';

const [buyer, buyerCustomer, chargeId] = [newUser(), newCustomer(), 'ch_flow'];

let emulator: EmulatorClient;
let relay: Relay;
let vars: Record<string, string>;
const closers: (() => Promise<void>)[] = [];

beforeAll(async () => {
  const pipelines = await startEmulator({ token: 'flow-key' });
  emulator = emulatorClient(pipelines.url);
  const stripe = await startStripeApi({
    key: 'sk_test_stripe',
    customers: [customer({ id: buyerCustomer, email: 'buyer@example.test' })],
    charges: [{ id: chargeId, object: 'charge', customer: buyerCustomer }],
  });
  const emails = [clerkEmail('idn_1', 'buyer@example.test')];
  const users = [clerkUser({ id: buyer, email_addresses: emails })];
  const clerk = await startClerkApi({ key: 'sk_test_clerk', users });
  closers.push(pipelines.close, stripe.close, clerk.close);
  vars = {
    CUSTOMERIO_TRACK_TOKEN: 'flow-key',
    CUSTOMERIO_PIPELINES_URL: `${pipelines.url}/v1`,
    LINGER_MS: '50',
    STRIPE_SECRET_KEY: 'sk_test_stripe',
    STRIPE_API_URL: stripe.url,
    CLERK_SECRET_KEY: 'sk_test_clerk',
    CLERK_API_URL: clerk.url,
    EMAIL_LOOKUP: 'true',
  };
  relay = await startRelay(vars);
});

afterAll(async () => {
  await relay.close();
  for (const close of closers) await close();
});

async function landed(userId: string): Promise<string[]> {
  const { events } = await emulator.state();
  return events.filter((each) => each.userId === userId).map((each) => each.event);
}

describe('one person', () => {
  it('is found by look-ups: the charge tells the customer, the customer the email, and that the user', async () => {
    const opened = dispute({ charge: chargeId });
    const paid = invoice({ id: 'in_flow', customer: buyerCustomer });
    expect(
      (await post(relay, 'stripe', stripeEvent('charge.dispute.created', opened))).json,
    ).toEqual({ outcome: 'waiting' });
    expect((await post(relay, 'stripe', stripeEvent('invoice.paid', paid))).json).toEqual({
      outcome: 'waiting',
    });
    const isThere = await until(async () => (await landed(buyer)).length >= 2);
    expect([isThere, (await landed(buyer)).toSorted()]).toEqual([
      true,
      ['dispute_opened', 'payment_succeeded'],
    ]);
  });

  it('stays deleted through kill -9: a renewal, an update and a replay bring nothing back', async () => {
    const [user, customerId] = [newUser(), newCustomer()];
    const signUp = clerkEvent(
      'user.created',
      clerkUser({ id: user, public_metadata: { stripeCustomerId: customerId } }),
    );
    await post(relay, 'clerk', signUp);
    const sold = subscription({ id: `sub_${customerId}`, customer: customerId });
    await post(relay, 'stripe', stripeEvent('customer.subscription.created', sold));
    await until(async () => (await landed(user)).includes('subscription_started'));
    const gone = clerkEvent('user.deleted', { object: 'user', id: user, deleted: true });
    expect((await post(relay, 'clerk', gone)).json).toEqual({ outcome: 'accepted' });
    await relay.kill();
    relay = await startRelay(vars, relay.folder);
    expect(await until(async () => (await landed(user)).includes('User Deleted'))).toBe(true);
    const late = [
      await post(relay, 'clerk', signUp),
      await post(relay, 'clerk', clerkEvent('user.updated', clerkUser({ id: user }))),
      await post(
        relay,
        'stripe',
        stripeEvent('invoice.paid', invoice({ id: 'in_late', customer: customerId })),
      ),
    ];
    expect(late.map(({ json }) => json)).toEqual(
      Array.from({ length: 3 }, () => ({ outcome: 'ignored' })),
    );
    expect(await delivered(relay)).toBe(true);
    const { resurrections } = await emulator.state();
    expect([resurrections, (await landed(user)).at(-1)]).toEqual([0, 'User Deleted']);
  });
});
