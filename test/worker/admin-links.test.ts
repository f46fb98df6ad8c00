// The operator's routes about links and people, through the real Worker.

import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';

import { checkout, claim, deletion, newCustomer, newUser } from '../support/person-events.ts';
import { byContract } from './by-contract.ts';
import { app } from './relay-app.ts';
import { collectSent } from './sent.ts';
import { settle } from './settle.ts';

const TOKEN = 'admin-token-of-at-least-24-characters';

type Json = Record<string, unknown>;

collectSent(settle);

async function ask(method: string, path: string, about: { body?: unknown; token?: string } = {}) {
  const { body, token = TOKEN } = about;
  const response = await app.request(
    `/admin${path}`,
    {
      method,
      headers: { authorization: `Bearer ${token}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    },
    { ...env, ADMIN_TOKEN: TOKEN },
  );
  return { status: response.status, json: await byContract({ method, path }, response) };
}

async function wait(customerId: string, session: string): Promise<void> {
  const event = checkout(customerId, session);
  await env.LINKS.getByName('s0').place({ customerId, userId: null, claims: [], event });
}

const ROUTES = [
  ['GET', '/waiting'],
  ['POST', '/links'],
  ['GET', '/links/cus_1'],
  ['DELETE', '/links/cus_1'],
  ['GET', '/people/user_1'],
] as const;

describe('the admin API for links', () => {
  it('does not act for another site that a browser sends the remembered password along for', async () => {
    const bindings = { ...env, ADMIN_TOKEN: TOKEN };
    const authorization = `Basic ${btoa(`operator:${TOKEN}`)}`;
    const customerId = newCustomer();
    const body = JSON.stringify({ customerId, userId: newUser() });
    const post = (site: string) => {
      const headers = { authorization, 'sec-fetch-site': site, 'content-type': 'text/plain' };
      return app.request('/admin/links', { method: 'POST', headers, body }, bindings);
    };
    for (const site of ['cross-site', 'same-site']) {
      const refused = await post(site);
      expect(refused.status).toBe(403);
      expect(await refused.json()).toEqual({ error: 'origin_foreign' });
    }
    expect((await ask('GET', `/links/${customerId}`)).status).toBe(404);
    expect((await post('same-origin')).status).toBe(200);
  });

  it.each(ROUTES)(
    'refuses %s %s without the token, and does not exist without one configured',
    async (method, path) => {
      expect(await ask(method, path, { token: 'wrong' })).toEqual({
        status: 401,
        json: { error: 'token_invalid' },
      });
      const without = await app.request(`/admin${path}`, { method }, env);
      expect(without.status).toBe(404);
    },
  );

  it('lists who waits, how much, since when, why, and when somebody is asked next', async () => {
    const customer = newCustomer();
    await wait(customer, 'a');
    await wait(customer, 'b');
    const { json } = await ask('GET', '/waiting?limit=1000');
    const waiting = json['waiting'] as Json[];
    const mine = waiting.find(({ waitsFor }) => waitsFor === customer);
    expect(mine).toMatchObject({ events: 2, why: 'not_looked_up', lookUps: 0, nextLookUpAt: null });
    expect(Date.parse(String(mine?.['since']))).toBeGreaterThan(Date.now() - 60_000);
    const { json: limited } = await ask('GET', '/waiting?limit=1');
    expect(limited['waiting']).toHaveLength(1);
  });

  it('links by hand, releases what waits, and shows the person with their last messages', async () => {
    const [customerId, userId] = [newCustomer(), newUser()];
    await wait(customerId, 'a');
    expect(await ask('POST', '/links', { body: { customerId, userId } })).toEqual({
      status: 200,
      json: { customerId, userId },
    });
    await settle();
    expect((await ask('GET', `/links/${customerId}`)).json).toMatchObject({
      userId,
      source: 'operator',
      isErased: false,
    });
    const { status, json } = await ask('GET', `/people/${userId}`);
    expect(status).toBe(200);
    expect(json['traits']).toEqual({ plan: null, stripeCustomerId: customerId });
    const messages = json['messages'] as { isDelivered: boolean; message: Json }[];
    expect(messages.map(({ message }) => message['event'] ?? message['type'])).toEqual([
      'checkout_completed',
      'identify',
    ]);
    expect(messages.every(({ isDelivered }) => isDelivered)).toBe(true);
  });

  it('answers what stands where another link is newer than the hand', async () => {
    const [customerId, userId, standing] = [newCustomer(), newUser(), newUser()];
    const links = env.LINKS.getByName('s0');
    await links.learn([claim(customerId, standing)]);
    await runInDurableObject(links, (_, state) => {
      // As a clock that went back leaves it.
      state.storage.sql.exec(
        'UPDATE links SET as_of = ? WHERE customer = ?',
        Date.now() + 60_000,
        customerId,
      );
    });
    expect(await ask('POST', '/links', { body: { customerId, userId } })).toEqual({
      status: 409,
      json: { error: 'link_stands', customerId, userId: standing },
    });
    expect((await ask('GET', `/links/${customerId}`)).json).toMatchObject({ userId: standing });
  });

  it('forgets a link, once', async () => {
    const [customerId, userId] = [newCustomer(), newUser()];
    await ask('POST', '/links', { body: { customerId, userId } });
    expect((await ask('DELETE', `/links/${customerId}`)).status).toBe(200);
    expect((await ask('DELETE', `/links/${customerId}`)).status).toBe(404);
    expect((await ask('GET', `/links/${customerId}`)).status).toBe(404);
  });

  it.each([
    [{}],
    [{ customerId: 'user_1', userId: 'user_1' }],
    [{ customerId: 'cus_1', userId: 'a@example.test' }],
    [null],
  ])('refuses a link of %j', async (body) => {
    expect((await ask('POST', '/links', { body })).status).toBe(400);
  });

  it('knows nobody it never heard of, says that somebody is deleted, and links nothing to them', async () => {
    const userId = newUser();
    expect((await ask('GET', `/people/${userId}`)).status).toBe(404);
    await env.OUTBOX.getByName('s0').accept(userId, deletion());
    expect(await ask('GET', `/people/${userId}`)).toEqual({
      status: 410,
      json: { error: 'person_erased' },
    });
    const customerId = newCustomer();
    expect((await ask('POST', '/links', { body: { customerId, userId } })).status).toBe(409);
    expect((await ask('GET', `/links/${customerId}`)).status).toBe(404);
  });
});
