// P9, against the real Worker: a buyer types a stranger's Clerk id into a payment link. Nothing of the stranger changes,
// nobody is mailed, nobody is made, and what is honest gets through.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { clerkEmail, clerkEvent, clerkUser } from '../../src/samples/clerk.ts';
import {
  checkoutSession,
  customer,
  invoice,
  stripeEvent,
  subscription,
} from '../../src/samples/stripe.ts';
import { until } from '../../src/start/until.ts';
import { startAppApi } from '../emulator/app-api.ts';
import { startClerkApi } from '../emulator/clerk-api.ts';
import { startEmulator } from '../emulator/server.ts';
import { emulatorClient } from '../support/emulator.ts';
import type { EmulatorClient } from '../support/emulator.ts';
import { newCustomer, newUser } from '../support/person-events.ts';
import { ADMIN_TOKEN, delivered, post, startRelay } from '../support/relay.ts';
import type { Relay } from '../support/relay.ts';

const INVOICE_URL = 'https://invoice.stripe.example.test/attacker';
const LINK = { payment_link: 'plink_1' };

let emulator: EmulatorClient;
let app: Awaited<ReturnType<typeof startAppApi>>;
let relay: Relay;
const closers: (() => Promise<void>)[] = [];

/** Known to Clerk's API from the start; the relay hears of them only by asking. */
const newcomer = newUser();

beforeAll(async () => {
  const pipelines = await startEmulator({ token: 'attack-key' });
  app = await startAppApi({ token: 'app-key', requestsPerSecond: 1000 });
  const users = [clerkUser({ id: newcomer, email_addresses: [] })];
  const clerk = await startClerkApi({ key: 'sk_test_clerk', users });
  emulator = emulatorClient(pipelines.url);
  relay = await startRelay({
    CUSTOMERIO_TRACK_TOKEN: 'attack-key',
    CUSTOMERIO_PIPELINES_URL: `${pipelines.url}/v1`,
    CUSTOMERIO_APP_TOKEN: 'app-key',
    CUSTOMERIO_APP_URL: app.appUrl,
    CLERK_SECRET_KEY: 'sk_test_clerk',
    CLERK_API_URL: clerk.url,
    EMAILS: '{"payment_failed":1,"checkout_abandoned":2,"checkout_completed":3}',
    LINGER_MS: '20',
  });
  closers.push(relay.close, pipelines.close, app.close, clerk.close);
});

afterAll(async () => {
  for (const close of closers) await close();
});

/** As Stripe sends it now: mails go out only for what is fresh. */
async function stripe(type: string, object: Record<string, unknown>): Promise<unknown> {
  const created = Math.floor(Date.now() / 1000);
  return (await post(relay, 'stripe', stripeEvent(type, object, { created }))).json['outcome'];
}

/** Somebody with a verified email; with a customer, where the application has noted one in their metadata. */
async function signUp(customerId: string | null = null): Promise<{ user: string; email: string }> {
  const user = newUser();
  const email = `${user.toLowerCase()}@example.test`;
  const data = clerkUser({
    id: user,
    email_addresses: [clerkEmail('idn_1', email)],
    public_metadata: customerId === null ? {} : { stripeCustomerId: customerId },
  });
  await post(relay, 'clerk', clerkEvent('user.created', data));
  return { user, email };
}

/** All that Customer.io knows of somebody. */
async function landed(userId: string) {
  const { people, events } = await emulator.state();
  return { traits: people[userId], events: events.filter((each) => each.userId === userId) };
}

function mailsTo(email: string) {
  return app.mails.filter((mail) => JSON.stringify(mail).includes(email));
}

/** A payment link is paid for in somebody's name, and what follows. */
async function buy(customerId: string, reference: string, email = 'eve@example.test') {
  const typed = { client_reference_id: reference, customer_details: { email }, ...LINK };
  const session = checkoutSession({ id: `cs_${customerId}`, customer: customerId, ...typed });
  const sold = subscription({ id: `sub_${customerId}`, customer: customerId });
  const failed = { hosted_invoice_url: INVOICE_URL, attempt_count: 1 };
  return [
    await stripe('customer.created', customer({ id: customerId })),
    await stripe('customer.subscription.created', sold),
    await stripe('checkout.session.completed', session),
    await stripe(
      'invoice.payment_failed',
      invoice({ id: `in_${customerId}`, customer: customerId, ...failed }),
    ),
  ];
}

/** True once whose the customer is has been asked, and nobody could say. */
function isUnconfirmed(key: string): Promise<boolean> {
  return until(async () => {
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
    const response = await fetch(`${relay.url}/admin/waiting?limit=1000`, { headers });
    const { waiting } = (await response.json()) as {
      waiting: { waitsFor: string; why: string; lookUps: number }[];
    };
    const found = waiting.find(({ waitsFor }) => waitsFor === key);
    return found !== undefined && found.why === 'reference_unconfirmed' && found.lookUps > 0;
  });
}

describe('a buyer who types a stranger’s id', () => {
  it('changes nothing of them and mails them nothing: it waits for the operator', async () => {
    const own = newCustomer();
    const { user, email } = await signUp(own);
    const sold = subscription({ id: `sub_${own}`, customer: own });
    await stripe('customer.subscription.created', sold);
    await until(async () => (await landed(user)).events.length === 2);
    const before = await landed(user);
    const attacker = newCustomer();
    await buy(attacker, user);
    expect(await isUnconfirmed(attacker)).toBe(true);
    expect(await delivered(relay)).toBe(true);
    expect(await landed(user)).toEqual(before);
    expect(mailsTo(email)).toEqual([]);
    // Their own purchase by the same link is theirs: the email is one they have verified.
    await buy(newCustomer(), user, email.toUpperCase());
    expect(await until(async () => mailsTo(email).length === 2)).toBe(true);
  });

  it('mails nobody by 40 checkouts that merely expire', async () => {
    const { user, email } = await signUp();
    const outcomes = new Set<unknown>();
    for (let count = 0; count < 40; count += 1) {
      const typed = { client_reference_id: user, customer: null, subscription: null, ...LINK };
      const left = checkoutSession({ id: `cs_left_${count}`, status: 'expired', ...typed });
      outcomes.add(await stripe('checkout.session.expired', left));
    }
    expect([...outcomes]).toEqual(['ignored']);
    expect(await delivered(relay)).toBe(true);
    expect((await landed(user)).events.map(({ event }) => event)).toEqual(['user_created']);
    expect(mailsTo(email)).toEqual([]);
  });

  it('makes nobody by an invented one, with a customer or as a guest', async () => {
    const [invented, ghost, customerId] = [newUser(), newUser(), newCustomer()];
    await buy(customerId, invented);
    const guest = { client_reference_id: ghost, customer: null, subscription: null, ...LINK };
    expect(
      await stripe('checkout.session.completed', checkoutSession({ id: 'cs_ghost', ...guest })),
    ).toBe('waiting');
    expect([await isUnconfirmed(customerId), await isUnconfirmed('cs_ghost')]).toEqual([
      true,
      true,
    ]);
    expect(await delivered(relay)).toBe(true);
    const { people } = await emulator.state();
    expect([invented, ghost].filter((each) => Object.hasOwn(people, each))).toEqual([]);
  });
});

describe('a buyer who is who they say', () => {
  it('is taken, as soon as Clerk knows them: by its webhook, or asked by id', async () => {
    const { user } = await signUp();
    await buy(newCustomer(), user);
    await buy(newCustomer(), newcomer);
    for (const each of [user, newcomer]) {
      const isThere = await until(async () =>
        (await landed(each)).events.some(({ event }) => event === 'payment_failed'),
      );
      expect(isThere).toBe(true);
      expect((await landed(each)).traits).toMatchObject({ traits: { plan: 'pro' } });
    }
  });
});
