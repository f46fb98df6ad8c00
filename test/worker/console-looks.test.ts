// What a look at the console's pages does, in workerd: it writes no row, whoever looks, and what is refused is a page that says
// what helps.

import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';

import { clerkEvent, clerkUser } from '../../src/samples/clerk.ts';
import { signClerk } from '../../src/samples/sign-clerk.ts';
import { codeOf } from '../../src/watch/codes.ts';
import { app } from './relay-app.ts';
import { collectSent } from './sent.ts';
import { settle } from './settle.ts';

const ADMIN_TOKEN = 'an-operator-token-of-length';
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

const PAGES = [
  '',
  '/webhooks',
  '/webhooks?provider=clerk&person=user_looked&before=2100-01-01T00:00',
  '/webhooks/s0-1',
  '/people',
  '/people?q=user_looked',
  '/people?q=cus_looked',
  '/people/user_looked',
  '/people/user_looked/export',
  '/people/user_nobody',
  '/organizations/org_nobody',
  '/waiting',
  '/waiting/link?customer=cus_looked&person=user_looked',
  '/parked',
  '/parked/group?of=object_unexpected',
  '/parked/s0-1',
  '/mapping',
  '/sync',
  '/setup',
  '/nowhere',
];

collectSent(settle);

function look(path: string, more: Readonly<Record<string, unknown>> = {}) {
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
  const bindings = { ...env, ADMIN_TOKEN, ...more } as unknown as Cloudflare.Env;
  return app.request(`https://relay.test/console${path}`, { headers }, bindings);
}

async function take(body: object): Promise<void> {
  const text = JSON.stringify(body);
  const headers = signClerk(text, { secret: SECRET, id: `msg_${crypto.randomUUID()}` });
  const asked = { method: 'POST', body: text, headers };
  expect((await app.request('/webhooks/clerk', asked, env)).status).toBe(200);
}

const SHARDS = [
  () => env.OUTBOX.getByName('s0'),
  () => env.OUTBOX.getByName('layout'),
  () => env.LINKS.getByName('s0'),
  () => env.SYNC.getByName('sync'),
];

/** Every row of every table, and how many were written in this life: also one that was written as it was. */
async function stored(): Promise<unknown> {
  const tables = SHARDS.map((shard) =>
    runInDurableObject(shard(), (_, { storage: { sql } }) => {
      const listed = sql.exec("SELECT name FROM sqlite_master WHERE type = 'table'").toArray();
      const names = listed
        .map(({ name }) => String(name))
        .filter((name) => !name.startsWith('_cf_'));
      return names.map((name) => [name, sql.exec(`SELECT * FROM "${name}"`).toArray()]);
    }),
  );
  const [outbox, links] = await Promise.all([
    env.OUTBOX.getByName('s0').health(),
    env.LINKS.getByName('s0').health(),
  ]);
  const written = [outbox.counters.rowsWritten, links.rowsWritten];
  return { tables: await Promise.all(tables), written };
}

describe('a look at a page', () => {
  it.each(PAGES)('writes no row: /console%s', async (path) => {
    vi.spyOn(console, 'log').mockImplementation(() => undefined);
    await take(clerkEvent('user.created', clerkUser({ id: 'user_looked' })));
    await take(clerkEvent('user.updated', { id: 7 }));
    await settle();
    await look('/sync');
    const before = await stored();
    const answer = await look(path);
    await answer.text();
    expect(answer.status).toBeLessThan(500);
    expect(await stored()).toEqual(before);
  });
});

describe('what is refused', () => {
  it.each([
    ['config_invalid', { SHARDS: 'many' }, 503],
    ['layout_mismatch', { SHARDS: '7' }, 503],
    ['console_off', { ADMIN_TOKEN: '' }, 404],
    [
      'page_failed',
      { SYNC: { getByName: () => ({ jobs: () => Promise.reject(new Error()) }) } },
      503,
    ],
  ] as const)('is a page that says what helps: %s', async (code, vars, status) => {
    vi.spyOn(console, 'log').mockImplementation(() => undefined);
    await take(clerkEvent('user.created', clerkUser({ id: 'user_looked' })));
    const answer = await look('', vars);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toContain('text/html');
    expect(answer.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(await answer.text()).toContain(codeOf(code)?.sentence);
  });

  it('keeps its words for tools', async () => {
    const answer = await app.request('/admin/status', {}, { ...env, ADMIN_TOKEN });
    expect(await answer.json()).toEqual({ error: 'token_invalid' });
  });
});
