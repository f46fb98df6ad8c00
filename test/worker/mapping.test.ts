// Where a page of the journal or of people begins, as the asker says it: a shard that is none of ours is not asked, because asking
// would make it.

import { listDurableObjectIds } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { expect, it } from 'vitest';

import { byContract } from './by-contract.ts';
import { app } from './relay-app.ts';

const ADMIN_TOKEN = 'an-operator-token-of-length';

async function ask(method: 'GET' | 'POST', path: string) {
  const body = JSON.stringify({ traitCase: 'camel', freePlan: null });
  const headers = {
    authorization: `Bearer ${ADMIN_TOKEN}`,
    'content-type': 'application/json',
  };
  const request = { method, headers, ...(method === 'POST' ? { body } : {}) };
  const response = await app.request(`/admin${path}`, request, { ...env, ADMIN_TOKEN });
  const json = await byContract({ method, path: path.replace(/\?.*/, '') }, response);
  return { status: response.status, json };
}

const ASKED = [
  ['GET', '/mapping/tracks'],
  ['POST', '/mapping/preview'],
] as const;

it.each(ASKED)('%s %s begins where it is asked to, and nowhere else', async (method, path) => {
  expect((await ask(method, path)).status).toBe(200);
  // The command begins with an empty one.
  for (const after of ['', '0.']) {
    expect((await ask(method, `${path}?after=${after}`)).status).toBe(200);
  }
  for (const after of ['99.x', '64.', '-1.', '0', 'x', '0.%00', `0.${'a'.repeat(60)}`]) {
    expect({ after, ...(await ask(method, `${path}?after=${after}`)) }).toEqual({
      after,
      status: 400,
      json: { error: 'after_invalid' },
    });
  }
  const ids = (await listDurableObjectIds(env.OUTBOX)).map(String);
  for (const name of ['s99', 's64']) {
    expect(ids).not.toContain(String(env.OUTBOX.idFromName(name)));
  }
});
