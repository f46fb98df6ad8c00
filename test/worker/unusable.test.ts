// An endpoint that sends what nothing can be made of, through the door: answered, counted, and told by health and log.

import { evictDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, expect, it, vi } from 'vitest';

import { signStripe } from '../../src/samples/sign-stripe.ts';
import { sweep } from '../../src/watch/sweep.ts';
import { app } from './relay-app.ts';

const THIN = {
  id: 'evt_thin',
  object: 'v2.core.event',
  type: 'v1.customer.subscription.updated',
  created: '2026-11-24T00:00:00.000Z',
  livemode: false,
  related_object: { id: 'sub_1', type: 'subscription', url: '/v1/subscriptions/sub_1' },
};

afterEach(() => {
  vi.restoreAllMocks();
});

it('answers thin events 200, counts them through an eviction, and says what to change', async () => {
  const lines = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  const body = JSON.stringify(THIN);
  for (let sent = 0; sent < 2; sent += 1) {
    const headers = signStripe(body, { secret: 'whsec_of_a_test_in_workerd' });
    const response = await app.request('/webhooks/stripe', { method: 'POST', body, headers }, env);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ outcome: 'ignored' });
  }
  const told = lines.mock.calls.map(([line]) => String(line)).join('\n');
  expect(told).toContain('"reason":"thin_event"');
  expect(told).toContain('use snapshot events');
  await sweep(env, Date.now());
  await evictDurableObject(env.OUTBOX.getByName('s0'));
  const ADMIN_TOKEN = 'an-operator-token-of-length';
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
  const health = await app.request('/healthz', { headers }, { ...env, ADMIN_TOKEN });
  expect(health.status).toBe(503);
  expect(await health.json()).toMatchObject({
    problems: ['unusable_stripe'],
    details: [expect.stringMatching(/^stripe: 2 events told nothing, use snapshot events/)],
  });
});
