// The door in workerd, where what stands behind it fails: the provider has to keep the event.

import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';

import { appWith } from '../../src/app.ts';
import { readinessOf, readyToStore } from '../../src/config/layout.ts';
import { PROVIDERS } from '../../src/intake/providers.ts';
import { clerkEvent, clerkUser } from '../../src/samples/clerk.ts';
import { signClerk } from '../../src/samples/sign-clerk.ts';
import { app } from './relay-app.ts';

const TOKEN = 'an-operator-token-of-length';
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

function post(bindings: Record<string, unknown>) {
  const body = JSON.stringify(clerkEvent('user.created', clerkUser()));
  const headers = signClerk(body, { secret: SECRET, id: 'msg_1' });
  return app.request('/webhooks/clerk', { method: 'POST', body, headers }, { ...env, ...bindings });
}

describe('app', () => {
  it('answers 503 and Retry-After when the shard fails, so that the provider keeps the event', async () => {
    const broken = {
      getByName: () => ({
        layout: async () => ({ shards: 1, jurisdiction: null }),
        accept: async () => {
          throw new Error('SQLITE_FULL');
        },
      }),
    };
    const response = await post({ OUTBOX: broken });
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('60');
    expect(await response.json()).toEqual({ error: 'unavailable' });
  });

  it('calls once more with a fresh stub when the platform says that is safe', async () => {
    let calls = 0;
    const flaky = {
      getByName: () => ({
        layout: async () => ({ shards: 1, jurisdiction: null }),
        accept: async () => {
          calls += 1;
          if (calls === 1) throw Object.assign(new Error('reset'), { retryable: true });
          return { outcome: 'accepted', messages: 1 };
        },
      }),
    };
    const response = await post({ OUTBOX: flaky });
    expect({ status: response.status, calls }).toEqual({ status: 200, calls: 2 });
  });

  it('refuses a layout other than the stored one, and says which to set', async () => {
    const of = (SHARDS: string) => Object.assign({}, env, { SHARDS });
    expect(await readyToStore(of('2'))).toMatchObject({ kind: 'ready' });
    expect(await readinessOf(of('3'))).toMatchObject({
      kind: 'layout_mismatch',
      problem: 'people are stored under SHARDS=2 and JURISDICTION="": set these again, or neither',
    });
    const unset = Object.fromEntries(Object.entries(env).filter(([name]) => name !== 'SHARDS'));
    expect(await readinessOf(unset as never)).toMatchObject({
      kind: 'ready',
      isFixed: true,
      config: { shards: 2, outbox: { requestsPerSecond: 500 } },
    });
    // A jurisdiction alone says nothing of the number, and is not what is stored.
    expect(await readinessOf({ ...unset, JURISDICTION: 'eu' } as never)).toMatchObject({
      kind: 'layout_mismatch',
      problem: 'people are stored under SHARDS=2 and JURISDICTION="": set these again, or neither',
    });
  });

  it('keeps webhooks without a Customer.io key, and health names it', async () => {
    const headers = { authorization: `Bearer ${TOKEN}` };
    const bindings = { ...env, SHARDS: '2', CUSTOMERIO_TRACK_TOKEN: '', ADMIN_TOKEN: TOKEN };
    const response = await app.request('/healthz', { headers }, bindings);
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({
      status: 'failing',
      problems: ['key_missing'],
      details: ['CUSTOMERIO_TRACK_TOKEN: not set'],
      layout: { shards: 2, jurisdiction: null },
    });
  });

  it('goes on taking webhooks where an optional value is wrong, and health says what it closes', async () => {
    const token = 'an-operator-token-of-length';
    const bindings = { ...env, SHARDS: '2', ADMIN_TOKEN: token, RATE_LIMIT: 'quick' };
    // One of its own: answers about health are shared for some seconds.
    const fresh = appWith(PROVIDERS);
    const headers = { authorization: `Bearer ${token}` };
    const response = await fresh.request('/healthz', { headers }, bindings);
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({
      problems: ['config_invalid', 'key_missing'],
      details: [
        'RATE_LIMIT: expected a whole number from 1 to 10000; until then messages are kept, and none is sent',
        'CUSTOMERIO_TRACK_TOKEN: not set',
      ],
    });
    const unsigned = await fresh.request(
      '/webhooks/clerk',
      { method: 'POST', body: '{}' },
      bindings,
    );
    expect(unsigned.status).toBe(401);
  });
});
