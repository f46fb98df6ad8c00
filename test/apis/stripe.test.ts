// Stripe's clients against its API on loopback: what is asked, and what comes of the answer.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { stripeSetup } from '../../src/apis/stripe-setup.ts';
import { stripeApi } from '../../src/apis/stripe.ts';
import { customer } from '../../src/samples/stripe.ts';
import { startStripeApi } from '../emulator/stripe-api.ts';
import { startStripeSetup } from '../emulator/stripe-setup.ts';
import { NET } from '../support/net.ts';

const KEY = 'sk_test_stripe';

let objects: Awaited<ReturnType<typeof startStripeApi>>;
let account: Awaited<ReturnType<typeof startStripeSetup>>;

beforeAll(async () => {
  objects = await startStripeApi({
    key: KEY,
    customers: [
      customer({ id: 'cus_1', email: 'ada@example.test', metadata: { userId: 'user_1' } }),
      { id: 'cus_gone', object: 'customer', deleted: true },
      { id: 'cus_odd', object: 'customer', email: 7, metadata: 'none' },
    ],
    charges: [
      { id: 'ch_1', object: 'charge', customer: 'cus_1' },
      { id: 'ch_2', object: 'charge', customer: { id: 'cus_2', object: 'customer' } },
      { id: 'ch_guest', object: 'charge', customer: null },
    ],
  });
  account = await startStripeSetup({ key: KEY });
});
beforeEach(() => account.has({}));
afterAll(async () => {
  await objects.close();
  await account.close();
});

const api = (key = KEY) => stripeApi({ baseUrl: objects.url, key }, NET);
const setup = () => stripeSetup({ baseUrl: account.url, key: KEY }, NET);

async function valueOf<Value>(answer: Promise<{ kind: string } | { kind: 'ok'; value: Value }>) {
  const awaited = await answer;
  if (!('value' in awaited)) throw new Error(`expected a yes, not ${awaited.kind}`);
  return awaited.value;
}

describe('stripeApi', () => {
  it.each([
    ['cus_1', { email: 'ada@example.test', metadata: { userId: 'user_1' } }],
    ['cus_gone', { email: null, metadata: {} }],
    ['cus_odd', { email: null, metadata: {} }],
  ])('reads of %s the email and the metadata, or neither', async (id, value) => {
    expect(await valueOf(api().customer(id))).toEqual(value);
  });

  it('asks for one id, whatever stands in it', async () => {
    objects.reset();
    await api().customer('cus_1/../../charges?x');
    const [request] = objects.requests();
    expect(request?.path).toBe('/v1/customers/cus_1%2F..%2F..%2Fcharges%3Fx');
  });

  it('tells a customer nobody knows from a key nobody takes', async () => {
    expect(await api().customer('cus_none')).toMatchObject({ kind: 'rejected', status: 404 });
    expect(await api('sk_wrong').customer('cus_1')).toMatchObject({ kind: 'refused', status: 401 });
  });

  it.each([
    ['ch_1', 'cus_1'],
    ['ch_2', 'cus_2'],
    ['ch_guest', null],
  ])('reads of %s its customer, told whole or by id, or none', async (id, named) => {
    expect(await valueOf(api().charge(id))).toEqual({ customer: named });
  });
});

describe('stripeSetup', () => {
  it('hands on the API version of the account', async () => {
    const answer = await setup().account();
    expect(answer).toMatchObject({ kind: 'ok', value: { id: 'acct_1' } });
    const version = answer.kind === 'ok' ? answer.headers.get('stripe-version') : null;
    expect(version).toBe('2025-12-15.clover');
  });

  it('makes an endpoint, whose secret is told once, and changes what it sends', async () => {
    const events = ['charge.refunded', 'invoice.paid'];
    const made = await valueOf(
      setup().createEndpoint('https://relay.test/webhooks/stripe', events),
    );
    expect(made).toMatchObject({ url: 'https://relay.test/webhooks/stripe', status: 'enabled' });
    expect(made.secret).toMatch(/^whsec_/);
    await setup().setEvents(made.id, ['invoice.paid']);
    const { data } = await valueOf(setup().endpoints());
    expect(data).toMatchObject([{ id: made.id, enabled_events: ['invoice.paid'] }]);
    expect(data[0]?.secret).toBeUndefined();
  });

  it('says why an endpoint was refused', async () => {
    expect(await setup().createEndpoint('http://relay.test', ['invoice.paid'])).toMatchObject({
      kind: 'rejected',
      status: 400,
      detail: expect.stringContaining('URL must be https') as unknown,
    });
  });

  it('reads thin destinations, which are asked for by a version', async () => {
    const thin = { id: 'ed_1', event_payload: 'thin', webhook_endpoint: { url: 'https://a.test' } };
    account.has({ destinations: [thin] });
    expect(await valueOf(setup().destinations())).toEqual({ data: [thin] });
  });

  it('reads prices page by page', async () => {
    const product = { id: 'prod_1', name: 'Pro' };
    const prices = Array.from({ length: 101 }, (_, index) => ({ id: `price_${index}`, product }));
    account.has({ prices });
    const first = await valueOf(setup().prices(null));
    expect([first.data.length, first.has_more]).toEqual([100, true]);
    const rest = await valueOf(setup().prices('price_99'));
    expect(rest).toMatchObject({ data: [{ id: 'price_100', recurring: null }], has_more: false });
  });
});
