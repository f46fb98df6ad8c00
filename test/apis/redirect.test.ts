// A redirect is never followed by whoever sends a key or a secret address: it would carry both to whoever asks.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { clerkApi } from '../../src/apis/clerk.ts';
import { stripeSetup } from '../../src/apis/stripe-setup.ts';
import { stripeApi } from '../../src/apis/stripe.ts';
import { askRelay } from '../../src/cli/terminal/relay-api.ts';
import { ADMIN } from '../../src/console/contract.ts';
import { sendEmail } from '../../src/customerio/email.ts';
import { operatorApi } from '../../src/customerio/operator-api.ts';
import { sendMessages } from '../../src/customerio/send.ts';
import { sendAlert } from '../../src/watch/alert.ts';
import { emulate } from '../emulator/loopback.ts';
import type { Emulated } from '../emulator/loopback.ts';
import { NET } from '../support/net.ts';

let other: Emulated;
let redirecting: Emulated;

beforeAll(async () => {
  other = await emulate(() => ({ status: 200, body: [] }));
  redirecting = await emulate(({ path }) => ({
    status: 307,
    body: {},
    headers: { location: `${other.url}${path}` },
  }));
});
afterAll(async () => {
  await redirecting.close();
  await other.close();
});

const stripe = () => stripeApi({ baseUrl: redirecting.url, key: 'key' }, NET);
const setup = () => stripeSetup({ baseUrl: redirecting.url, key: 'key' }, NET);
const clerk = () => clerkApi({ baseUrl: redirecting.url, key: 'key' }, NET);
const app = () => operatorApi({ baseUrl: redirecting.url, token: 'key' }, NET);
const identify = {
  type: 'identify',
  userId: 'user_1',
  messageId: '01HF7YAT00AAAAAAAAAAAAAAAA',
  timestamp: '2026-11-23T12:00:00.000Z',
  traits: {},
} as const;

const CALLS: Record<string, () => Promise<unknown>> = {
  'stripe.customer': () => stripe().customer('cus_1'),
  'stripe.charge': () => stripe().charge('ch_1'),
  'stripe.account': () => setup().account(),
  'stripe.endpoints': () => setup().endpoints(),
  'stripe.destinations': () => setup().destinations(),
  'stripe.createEndpoint': () => setup().createEndpoint('https://relay.test', ['charge.refunded']),
  'stripe.setEvents': () => setup().setEvents('we_1', ['charge.refunded']),
  'stripe.prices': () => setup().prices(null),
  'clerk.usersByEmail': () => clerk().usersByEmail('ada@example.test', 2),
  'app.searchPeople': () => app().searchPeople({ filter: {}, start: null, limit: 1 }),
  'app.person': () => app().person('user_1'),
  'app.deletePerson': () => app().deletePerson('user_1'),
  'app.segments': () => app().segments(),
  askRelay: () => askRelay({ route: ADMIN.status }, { url: redirecting.url, token: 'key' }, NET),
  sendEmail: () =>
    sendEmail(
      { to: 'ada@example.test', identifiers: { id: 'user_1' } },
      { baseUrl: redirecting.url, token: 'key' },
      { ...NET, isUnsent: () => false },
    ),
  sendMessages: () =>
    sendMessages([identify], { baseUrl: redirecting.url, token: 'key', siteId: null }, NET),
};

describe('a client', () => {
  it.each(Object.entries(CALLS))(
    '%s follows no redirect, and its key goes nowhere else',
    async (_, call) => {
      redirecting.forget();
      expect(await call()).toEqual({ kind: 'refused', reason: 'redirected', status: 307 });
      expect(redirecting.requests).toHaveLength(1);
      expect(other.requests).toEqual([]);
    },
  );

  it('sendAlert takes a redirect for an alert that was not taken', async () => {
    expect(await sendAlert({ url: `${redirecting.url}/secret`, name: null }, 'text', NET)).toBe(
      false,
    );
    expect(other.requests).toEqual([]);
  });
});
