// A provider more is one more in the list: nothing else has to know its name or its secrets. This one is added to a copy
// of the list, and its webhook goes through the door into the real shards.

import { env } from 'cloudflare:workers';
import { afterEach, describe, expect, it, vi } from 'vitest';

import { appWith } from '../../src/app.ts';
import type { Provider } from '../../src/intake/provider.ts';
import { PROVIDERS } from '../../src/intake/providers.ts';
import { newUser } from '../support/person-events.ts';

const SECRET = 'paddle-secret-of-length';

const paddle: Provider = {
  name: 'paddle',
  secrets: { PADDLE_WEBHOOK_SECRET: ['PADDLE_SECRET'] },
  keyBytesOf: (secret) => secret.length,
  events: ['customer'],
  recognize: () => null,
  snapshot: ({ object }) => object,
  verify: async ({ headers, body }, secrets) => {
    const signatures = await Promise.all(
      (secrets['PADDLE_WEBHOOK_SECRET'] ?? []).map((secret) => sign(body, secret)),
    );
    return signatures.includes(headers['paddle-signature'] ?? '')
      ? { ok: true, deliveryId: null }
      : { ok: false, reason: 'signature_invalid' };
  },
  sign: async ({ body }, secrets) => ({
    'paddle-signature': await sign(body, secrets['PADDLE_WEBHOOK_SECRET']?.[0] ?? ''),
  }),
  read: ({ json, receivedAt }) => {
    const { userId } = json as { userId: string };
    const facet = { asOf: receivedAt, rank: 2, traits: { email: 'ada@example.test' } } as const;
    const news = [{ kind: 'user', facet, created: false, createdAt: receivedAt }] as const;
    const nobodyElse = { customerId: null, chargeId: null, claims: [] };
    return { kind: 'event', id: `evt_${userId}`, type: 'customer', userId, news, ...nobodyElse };
  },
};

async function sign(body: string, secret: string): Promise<string> {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const hash = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', bytes(secret), hash, false, ['sign']);
  const signature = await crypto.subtle.sign('HMAC', key, bytes(body));
  return btoa(String.fromCodePoint(...new Uint8Array(signature)));
}

const app = appWith([...PROVIDERS, paddle]);

async function post(userId: string, bindings: Record<string, string>) {
  const body = JSON.stringify({ userId });
  const headers = { 'paddle-signature': await sign(body, SECRET) };
  const init = { method: 'POST', body, headers };
  const response = await app.request('/webhooks/paddle', init, { ...env, ...bindings });
  return { status: response.status, json: await response.json() };
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe('a third provider', () => {
  it.each(['PADDLE_WEBHOOK_SECRET', 'PADDLE_SECRET'])(
    'gets its webhook accepted and its person known, with its secret under %s',
    async (name) => {
      const userId = newUser();
      const taken = await post(userId, { [name]: `an-older-one-of-length, ${SECRET}` });
      expect(taken).toEqual({ status: 200, json: { outcome: 'accepted' } });
      const view = await env.OUTBOX.getByName('s0').view(userId);
      expect(view).toMatchObject({ kind: 'person', traits: { email: 'ada@example.test' } });
    },
  );

  it('is refused with another secret, and asked to wait without any', async () => {
    vi.spyOn(console, 'log').mockImplementation(() => undefined);
    const refused = await post('user_1', { PADDLE_SECRET: 'another-one-of-length' });
    expect(refused).toEqual({ status: 401, json: { error: 'signature_invalid' } });
    const waits = await post('user_1', {});
    expect(waits).toEqual({ status: 503, json: { error: 'secret_missing' } });
  });

  it('is named by health where no provider has a secret', async () => {
    const none = { CLERK_WEBHOOK_SIGNING_SECRET: '', STRIPE_WEBHOOK_SECRET: '' };
    const ADMIN_TOKEN = 'an-operator-token-of-length';
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
    const response = await app.request('/healthz', { headers }, { ...env, ...none, ADMIN_TOKEN });
    expect(await response.json()).toMatchObject({
      problems: ['secret_missing'],
      details: [
        'CLERK_WEBHOOK_SIGNING_SECRET or STRIPE_WEBHOOK_SECRET or STRIPE_SVIX_SIGNING_SECRET or PADDLE_WEBHOOK_SECRET: not set',
      ],
    });
  });
});
