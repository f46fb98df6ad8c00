// A relay whose wrangler.toml has lost its [assets]: webhooks and the operator's routes go on, and the console says what to do.

import { env } from 'cloudflare:workers';
import { expect, it } from 'vitest';

import { appWith } from '../../src/app.ts';
import { PROVIDERS } from '../../src/intake/providers.ts';
import { codeOf } from '../../src/watch/codes.ts';

const ADMIN_TOKEN = 'an-admin-token-of-24-characters';
const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
const app = appWith(PROVIDERS);

it.each([
  ['has no binding', undefined],
  ['finds no file', { fetch: async () => new Response(null, { status: 404 }) }],
  ['finds something else', { fetch: async () => new Response('<html>') }],
])('says what to do where the console %s, and nothing else fails', async (_, ASSETS) => {
  const without = { ...env, ADMIN_TOKEN, ASSETS } as unknown as Cloudflare.Env;
  const { sentence, remedy } = codeOf('assets_missing') ?? {};
  for (const [path, asked] of [
    ['/console', { headers }],
    ['/console', {}],
    ['/console/parked', { headers }],
  ] as const) {
    const response = await app.request(path, asked, without);
    expect(response.status).toBe(503);
    expect(await response.text()).toBe(`assets_missing: ${sentence} ${remedy}`);
    expect(response.headers.get('cache-control')).toBe('no-store');
  }
  expect((await app.request('/admin/status', { headers }, without)).status).toBe(200);
});
