// A provider that calls without a secret to verify it by fails health, and writes nothing.

import { env } from 'cloudflare:workers';
import { expect, it } from 'vitest';

import { appWith } from '../../src/app.ts';
import { PROVIDERS } from '../../src/intake/providers.ts';

it('a provider without a secret fails health once it calls, and not before', async () => {
  const without = { ...env, STRIPE_WEBHOOK_SECRET: '', STRIPE_SVIX_SIGNING_SECRET: '' };
  const codes = async () => {
    // An app of its own: an answer is kept for some seconds.
    const response = await appWith(PROVIDERS).request('/healthz', {}, without);
    const { problems = [] } = await response.json<{ problems?: string[] }>();
    return problems;
  };
  expect(await codes()).not.toContain('secret_missing');
  const call = { method: 'POST', body: '{}' };
  const refused = await appWith(PROVIDERS).request('/webhooks/stripe', call, without);
  expect(refused.status).toBe(503);
  expect(await codes()).toContain('secret_missing');
});
