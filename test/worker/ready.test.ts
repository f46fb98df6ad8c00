// What stands in front of the operator's routes: who is let in, and that nobody is looked for under another layout than
// the stored one.

import { env } from 'cloudflare:workers';
import { Hono } from 'hono';
import { afterEach, describe, expect, it, vi } from 'vitest';

import { adminWith } from '../../src/console/admin.ts';
import { ADMIN } from '../../src/console/contract.ts';
import { parkedRoutes } from '../../src/console/parked-routes.ts';
import { statusRoutes } from '../../src/console/status-routes.ts';
import type { RelayApp } from '../../src/door/ready.ts';
import { PROVIDERS } from '../../src/intake/providers.ts';
import { signClerk } from '../../src/samples/sign-clerk.ts';
import { app } from './relay-app.ts';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const TOKEN = 'admin-token-of-at-least-24-characters';

const admin = adminWith(PROVIDERS);
const routes = admin.routes.filter(({ path }) => path !== '/*');
const ASKED = [...new Set(routes.map(({ method, path }) => `${method} ${path}`))];

let asked: string[] = [];

afterEach(() => {
  asked = [];
  vi.restoreAllMocks();
});

/** Shards that remember by which name they were asked for; people are stored under a layout of eight. */
function shards() {
  const getByName = (name: string) => {
    asked.push(name);
    return { layout: async () => ({ shards: 8, jurisdiction: null }) };
  };
  return { getByName };
}

function under(token: string) {
  const bindings = { ...env, ADMIN_TOKEN: TOKEN, SHARDS: '4', OUTBOX: shards(), LINKS: shards() };
  return { bindings, headers: { authorization: `Bearer ${token}` } };
}

async function ask(route: string, mounted: Hono<RelayApp>, token = TOKEN) {
  const [method = '', path = ''] = route.split(' ');
  const { bindings, headers } = under(token);
  const address = path.replace(':customerId', 'cus_1').replace(':id', 's0-1');
  const body = method === 'POST' ? JSON.stringify({ customerId: 'cus_1', userId: 'user_1' }) : null;
  return mounted.request(address, { method, headers, body }, bindings);
}

describe('a route of the operator', () => {
  it('is in the contract, and every route of the contract is there', () => {
    const promised = Object.values(ADMIN).map(({ method, path }) => `${method} ${path}`);
    expect(ASKED.toSorted()).toEqual(promised.toSorted());
  });

  it.each(ASKED)('asks no shard under another layout than the stored one: %s', async (route) => {
    vi.spyOn(console, 'log').mockImplementation(() => undefined);
    const response = await ask(route, admin);
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({ error: 'layout_mismatch' });
    expect(asked).toEqual(['layout']);
  });

  it.each(ASKED)('asks nobody at all for who has a wrong token: %s', async (route) => {
    const response = await ask(route, admin, 'wrong');
    expect(response.status).toBe(401);
    expect(asked).toEqual([]);
  });

  it.each([
    ['GET /parked', parkedRoutes(PROVIDERS)],
    ['GET /status', statusRoutes],
  ])('guards itself, mounted without the others: %s', async (route, alone) => {
    vi.spyOn(console, 'log').mockImplementation(() => undefined);
    const response = await ask(route, new Hono<RelayApp>().route('/', alone));
    expect(response.status).toBe(503);
    expect(asked).toEqual(['layout']);
  });

  it('answers what is wrong by its kind where the configuration is, and asks nobody', async () => {
    vi.spyOn(console, 'log').mockImplementation(() => undefined);
    const { bindings, headers } = under(TOKEN);
    for (const path of ['/admin/status', '/metrics']) {
      const response = await app.request(path, { headers }, { ...bindings, SHARDS: 'many' });
      expect(response.status).toBe(503);
      expect(await response.json()).toEqual({ error: 'config_invalid' });
    }
    expect(asked).toEqual([]);
  });

  it('gives no metrics under another layout than the stored one', async () => {
    vi.spyOn(console, 'log').mockImplementation(() => undefined);
    const { bindings, headers } = under(TOKEN);
    const response = await app.request('/metrics', { headers }, bindings);
    expect(response.status).toBe(503);
    expect(asked).toEqual(['layout']);
  });
});

describe('a webhook', () => {
  it.each([
    ['layout_mismatch', {}],
    ['config_invalid', { SHARDS: 'many' }],
    ['config_invalid', { CLERK_WEBHOOK_SIGNING_SECRET: 'whsec_c2hvcnQ=' }],
    ['secret_missing', { SHARDS: '8', CLERK_WEBHOOK_SIGNING_SECRET: '' }],
  ])('is left with its provider for a minute: %s', async (error, more) => {
    vi.spyOn(console, 'log').mockImplementation(() => undefined);
    const { bindings } = under(TOKEN);
    const body = '{"type":"user.created"}';
    const headers = signClerk(body, { secret: SECRET, id: 'm' });
    const init = { method: 'POST', body, headers };
    const response = await app.request('/webhooks/clerk', init, { ...bindings, ...more });
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('60');
    expect(await response.json()).toEqual({ error });
  });

  it('that nobody has signed asks nobody', async () => {
    vi.spyOn(console, 'log').mockImplementation(() => undefined);
    const { bindings } = under(TOKEN);
    const init = { method: 'POST', body: '{"type":"user.created"}' };
    const response = await app.request('/webhooks/clerk', init, bindings);
    expect(response.status).toBe(401);
    expect(asked).toEqual([]);
  });

  it('is refused for good where nobody takes it', async () => {
    const answers = await Promise.all(
      [
        app.request('/webhooks/paypal', { method: 'POST' }, env),
        app.request('/webhooks/clerk', {}, env),
        app.request('/webhooks/clerk/more', { method: 'POST' }, env),
      ].map(async (asking) => {
        const response = await asking;
        return [response.status, await response.json()];
      }),
    );
    expect(answers).toEqual([
      [404, { error: 'provider_unknown' }],
      [405, { error: 'method_not_allowed' }],
      [404, { error: 'not_found' }],
    ]);
  });
});
