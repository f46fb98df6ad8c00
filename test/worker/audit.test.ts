// Audit lines: who has the token leaves one for each action and each read of a person, who has not leaves one too; signed,
// and without anything of the person.

import { createHmac } from 'node:crypto';

import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { formTokenOf, sessionIn } from '../../src/console/browser/session.ts';
import { clerkEvent, clerkUser } from '../../src/samples/clerk.ts';
import { signClerk } from '../../src/samples/sign-clerk.ts';
import { app } from './relay-app.ts';
import { collectSent } from './sent.ts';
import { settle } from './settle.ts';

const ADMIN_TOKEN = 'an-operator-token-of-length';
const PERSON = 'user_audited';
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

// What a deletion leaves to do is done while the other side still answers.
collectSent(settle);

let lines: string[] = [];

beforeEach(() => {
  lines = [];
  vi.spyOn(console, 'log').mockImplementation((line) => void lines.push(String(line)));
});

async function ask(method: string, path: string, token = ADMIN_TOKEN, json?: unknown) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const body = json === undefined ? null : JSON.stringify(json);
  return app.request(path, { method, headers, body }, { ...env, ADMIN_TOKEN });
}

function audits(): Record<string, unknown>[] {
  return lines
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ stage }) => stage === 'audit');
}

describe('the audit', () => {
  it('has a line for every action and every read of a person, and none for looking at figures', async () => {
    await ask('GET', '/admin/status');
    await ask('GET', '/admin/parked');
    await ask('GET', `/admin/people/${PERSON}`);
    await ask('GET', `/admin/people/${PERSON}/export`);
    await ask('GET', '/admin/links/cus_audited');
    await ask('GET', '/admin/parked/s0-1');
    await ask('POST', '/admin/links', ADMIN_TOKEN, { customerId: 'cus_audited', userId: PERSON });
    await ask('DELETE', '/admin/links/cus_audited');
    await ask('POST', '/admin/parked/replay');
    await ask('DELETE', '/admin/parked/s0-1');
    await ask('DELETE', `/admin/people/${PERSON}`);
    await ask('POST', '/admin/nonsense');
    expect(audits().map(({ action, status }) => `${String(action)} ${String(status)}`)).toEqual([
      'GET /people/:userId 404',
      'GET /people/:userId/export 200',
      'GET /links/:customerId 404',
      'GET /parked/:id 404',
      'POST /links 200',
      'DELETE /links/:customerId 200',
      'POST /parked/replay 200',
      'DELETE /parked/:id 404',
      'DELETE /people/:userId 200',
      'POST unknown 404',
    ]);
    expect(audits().map(({ on }) => on)).toContain('s0-1');
  });

  it('has a line for a wrong token, wherever it is tried', async () => {
    for (const path of ['/admin/status', `/admin/people/${PERSON}`, '/metrics']) {
      expect((await ask('GET', path, 'a-wrong-token-of-that-length')).status).toBe(401);
    }
    expect(audits().map(({ denied }) => denied)).toEqual(Array(3).fill('token_invalid'));
  });

  it('names nobody and holds no secret', async () => {
    await ask('GET', `/admin/people/${PERSON}`);
    await ask('GET', '/admin/people/ada%40example.test');
    await ask('POST', '/admin/links', ADMIN_TOKEN, { customerId: 'cus_audited', userId: PERSON });
    await ask('GET', `/admin/people/${PERSON}`, 'a-wrong-token-of-that-length');
    expect(audits()).toHaveLength(4);
    // Whole words: a hash may well hold three letters of somebody's name.
    for (const word of [PERSON, 'cus_audited', 'ada@', 'ada%40', 'example.test', 'wrong-token']) {
      expect(lines.join('\n')).not.toContain(word);
    }
  });

  it('is signed: another text or another token has another signature', async () => {
    await ask('GET', `/admin/people/${PERSON}`);
    const [{ signature, ...line } = {}] = audits();
    const sign = (token: string, text: string) => {
      const key = createHmac('sha256', token).update('lifecycle-relay audit').digest('base64url');
      return createHmac('sha256', key).update(text).digest('base64url');
    };
    expect(signature).toBe(sign(ADMIN_TOKEN, JSON.stringify(line)));
    expect(signature).not.toBe(sign(ADMIN_TOKEN, JSON.stringify({ ...line, status: 200 })));
    expect(signature).not.toBe(sign('another-token-of-that-length', JSON.stringify(line)));
  });

  it('has ten lines a minute for a flood of wrong tokens, and then says how many it left out', async () => {
    const now = Date.now() + 600_000;
    const clock = vi.spyOn(Date, 'now').mockReturnValue(now);
    for (let count = 0; count < 35; count += 1) await ask('GET', '/admin/status', 'wrong');
    expect(audits()).toHaveLength(10);
    clock.mockReturnValue(now + 59_999);
    expect((await ask('GET', '/admin/status', 'wrong')).status).toBe(401);
    expect(audits()).toHaveLength(10);
    clock.mockReturnValue(now + 60_000);
    await ask('GET', '/admin/status', 'wrong');
    await ask('DELETE', '/admin/links/cus_audited');
    clock.mockRestore();
    expect(audits().map(({ untold }) => untold ?? 0)).toEqual([...Array(10).fill(0), 26, 0]);
  });
});

const HOME = 'https://relay.test';

/** As a tool sends it: the token with every request, and in a form what our own pages have. */
async function send(path: string, fields: Readonly<Record<string, string>>, token = ADMIN_TOKEN) {
  const headers = {
    authorization: `Bearer ${token}`,
    origin: HOME,
    'content-type': 'application/x-www-form-urlencoded',
  };
  const form = { token: formTokenOf('tool', ADMIN_TOKEN), ...fields };
  const body = new URLSearchParams(form).toString();
  const init = { method: 'POST', headers, body };
  return app.request(`${HOME}/console${path}`, init, { ...env, ADMIN_TOKEN });
}

describe('the audit of the console', () => {
  it('has a line for signing in, every action and every look at a person, and names nobody', async () => {
    await send('/sign-in', { token: ADMIN_TOKEN });
    await send('/people', { q: 'ada@example.test' });
    await ask('GET', `/console/people/${PERSON}`);
    await ask('GET', `/console/people/${PERSON}/export`);
    await ask('GET', `/console/waiting/link?customer=cus_audited&person=${PERSON}`);
    await send('/waiting/link', { customerId: 'cus_audited', userId: PERSON });
    await send(`/people/${PERSON}/identify`, {});
    await send('/parked', { do: 'replay', id: 's0-1' });
    await send('/parked', { do: 'discard', id: 's0-1' });
    await send('/sync', { kind: 'refresh', dryRun: 'yes' });
    await send('/sync/stop', {});
    await send(`/people/${PERSON}/forget`, { typed: PERSON });
    await ask('GET', '/console/webhooks');
    expect(audits().map(({ action }) => action)).toEqual([
      'console sign in',
      'console find a person',
      'console look at a person',
      'console export a person',
      'console look at a person',
      'console link',
      'console send the identify again',
      'console replayed parked things',
      'console discarded parked things',
      'console sync refresh count',
      'console sync stop',
      'console forget a person',
    ]);
    for (const word of [PERSON, 'cus_audited', 'ada@', 'example.test', ADMIN_TOKEN]) {
      expect(lines.join('\n')).not.toContain(word);
    }
  });

  it('has a line for a look at a webhook, by itself and under other tables, at what is parked and at an organization', async () => {
    for (const [id, user] of [
      ['msg_seen', clerkUser({ id: 'user_seen' })],
      ['msg_unread', { id: 7 }],
    ] as const) {
      const body = JSON.stringify(clerkEvent('user.created', { ...user }));
      const signed = signClerk(body, { secret: SECRET, id });
      await app.request('/webhooks/clerk', { method: 'POST', body, headers: signed }, env);
    }
    const bindings = { headers: { authorization: `Bearer ${ADMIN_TOKEN}` } };
    const listed = async (path: string) =>
      (await app.request(path, bindings, { ...env, ADMIN_TOKEN })).text();
    const [, entry = ''] = /webhooks\/(s0-\d+)/.exec(await listed('/console/webhooks')) ?? [];
    const [, parked = ''] = /"id":"(s0-\d+)"/.exec(await listed('/admin/parked')) ?? [];
    lines = [];
    await ask('GET', `/console/webhooks/${entry}`);
    await send('/mapping', { recent: entry });
    await ask('GET', `/console/parked/${parked}`);
    await ask('GET', '/console/organizations/org_seen');
    await send('/setup', { test: 'clerk' });
    expect(audits().map(({ action, outcome }) => [action, outcome])).toEqual([
      ['console look at a webhook', undefined],
      ['console look at a webhook', undefined],
      ['console look at a parked thing', undefined],
      ['console look at an organization', undefined],
      ['console test webhook of clerk', 'ignored'],
    ]);
    for (const word of ['user_seen', 'org_seen', 'example.test']) {
      expect(lines.filter((line) => line.includes('"stage":"audit"')).join('\n')).not.toContain(
        word,
      );
    }
  });

  it('has a line for every look, and one in five minutes for a page that refreshes itself', async () => {
    const now = Date.now() + 7_200_000;
    const clock = vi.spyOn(Date, 'now').mockReturnValue(now);
    const look = (dest: string, person = PERSON) => {
      const headers = { authorization: `Bearer ${ADMIN_TOKEN}`, 'sec-fetch-dest': dest };
      const bindings = { ...env, ADMIN_TOKEN };
      return app.request(`${HOME}/console/people/${person}`, { headers }, bindings);
    };
    const count = async (dest: string, person?: string) => {
      lines = [];
      await look(dest, person);
      return audits().length;
    };
    expect(await count('document')).toBe(1);
    expect(await count('empty')).toBe(0);
    expect(await count('document')).toBe(1);
    expect(await count('empty', 'user_audited2')).toBe(1);
    clock.mockReturnValue(now + 299_999);
    expect(await count('empty')).toBe(0);
    clock.mockReturnValue(now + 300_000);
    expect(await count('empty')).toBe(1);
    clock.mockRestore();
  });

  it('has a line for signing out, once', async () => {
    const signIn = await send('/sign-in', { token: ADMIN_TOKEN });
    const cookie = signIn.headers.get('set-cookie')?.split(';')[0] ?? '';
    const id = sessionIn(cookie, ADMIN_TOKEN, Date.now())?.id ?? '';
    lines = [];
    const form = new URLSearchParams({ token: formTokenOf(id, ADMIN_TOKEN) }).toString();
    const headers = {
      cookie,
      origin: HOME,
      'content-type': 'application/x-www-form-urlencoded',
    };
    const init = { method: 'POST', headers, body: form };
    const bindings = { ...env, ADMIN_TOKEN };
    await app.request(`${HOME}/console/sign-out`, init, bindings);
    expect(audits().map(({ action }) => action)).toEqual(['console sign out']);
  });

  it('has a line for a wrong token and for a form from elsewhere, and nothing is done', async () => {
    // Another minute than the flood's.
    const clock = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 3_600_000);
    await send('/sign-in', { token: 'a-wrong-token-of-that-length' }, 'x');
    await send(`/people/${PERSON}/forget`, { typed: PERSON, token: 'x' });
    await ask('POST', `/console/people/${PERSON}/forget`);
    clock.mockRestore();
    expect(audits().map(({ denied }) => denied)).toEqual(Array(3).fill('token_invalid'));
    expect(lines.join('\n')).not.toContain(PERSON);
  });
});
