// Pages that are sent: what is too large for the Worker's memory is refused before it is read.

import { env } from 'cloudflare:workers';
import { expect, it } from 'vitest';

import { byContract } from './by-contract.ts';
import { app } from './relay-app.ts';

const ADMIN_TOKEN = 'an-operator-token-of-length';

async function send(length: string | null) {
  const headers = new Headers({ authorization: `Bearer ${ADMIN_TOKEN}` });
  if (length !== null) headers.set('content-length', length);
  const request = { method: 'POST', headers, body: JSON.stringify({ id: 'push-none' }) };
  const response = await app.request('/admin/sync/pages', request, { ...env, ADMIN_TOKEN });
  const json = await byContract({ method: 'POST', path: '/sync/pages' }, response);
  return { status: response.status, json };
}

it.each(['25000001', '1e99', 'x', null])('refuses a page of %s bytes', async (length) => {
  expect(await send(length)).toEqual({ status: 413, json: { error: 'sync_page_too_large' } });
});

it('reads one of 25,000,000 bytes', async () => {
  expect(await send('25000000')).toEqual({ status: 409, json: { error: 'sync_over' } });
});
