// The console attacked from outside, against the real Worker: forms from elsewhere, sessions that are made up, fixed, over or
// of another token, tricks with paths and headers. Each does nothing and shows nothing.

import { createHmac } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { formTokenOf, newSession } from '../../src/console/browser/session.ts';
import { signUp } from '../console/world.ts';
import { ADMIN_TOKEN, post, startRelay } from '../support/relay.ts';
import type { Relay } from '../support/relay.ts';

const OTHER_TOKEN = 'another-admin-token-of-length';
const COOKIE = '__Host-lifecycle-console';
const HOUR_MS = 3_600_000;
const PERSON = 'user_attacked';

let relay: Relay;
let open: Relay;
let home: string;

beforeAll(async () => {
  relay = await startRelay({ LINGER_MS: '50', SHARDS: '1' });
  open = await startRelay({ ADMIN_TOKEN: '' });
  home = `${relay.url}/console`;
  await post(relay, 'clerk', signUp(PERSON, 'Secret Name', 'secret@example.test'));
});

afterAll(async () => {
  await relay.close();
  await open.close();
});

type Asked = {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly form?: Readonly<Record<string, string>>;
};

async function ask({ path = '', method = 'GET', headers = {}, form }: Asked) {
  const body = form === undefined ? null : new URLSearchParams(form);
  const init = { method, headers, redirect: 'manual', body } as const;
  const response = await fetch(`${home}${path}`, init);
  return { status: response.status, headers: response.headers, text: await response.text() };
}

function cookieOf(id: string, until: number, token: string): string {
  const key = createHmac('sha256', token).update('lifecycle-relay console').digest('base64url');
  const signature = createHmac('sha256', key).update(`${id}.${until}`).digest('base64url');
  return `${COOKIE}=${id}.${until}.${signature}`;
}

function session(token = ADMIN_TOKEN, until = Date.now() + HOUR_MS) {
  const { id } = newSession(0);
  return { id, cookie: cookieOf(id, until, token), token: formTokenOf(id, token) };
}

const origin = () => ({ origin: relay.url });
const FORGET = `/people/${PERSON}/forget`;

async function isThere(): Promise<boolean> {
  const { cookie } = session();
  return (await ask({ path: `/people/${PERSON}`, headers: { cookie } })).text.includes(
    'Secret Name',
  );
}

describe('the console', () => {
  it('shows a session of ours its pages, so that what follows fails for its own reason', async () => {
    expect(await isThere()).toBe(true);
  });

  it('is not there without ADMIN_TOKEN', async () => {
    for (const path of ['', '/people', '/sign-in', `/sign-in/x`]) {
      const response = await fetch(`${open.url}/console${path}`);
      expect({ path, status: response.status }).toEqual({ path, status: 404 });
    }
  });

  it('refuses a form from elsewhere, from nowhere and without its token, and does nothing', async () => {
    const { cookie, token } = session();
    const form = { token, typed: PERSON };
    const tries: Asked[] = [
      { headers: { cookie, origin: 'https://evil.example' }, form },
      { headers: { cookie, origin: 'null' }, form },
      { headers: { cookie, origin: `${relay.url}.evil.example` }, form },
      { headers: { cookie }, form },
      { headers: { cookie, ...origin() }, form: { typed: PERSON } },
      { headers: { cookie, ...origin() }, form: { typed: PERSON, token: session().token } },
      { headers: { cookie, ...origin() }, form: { typed: PERSON, token: '' } },
    ];
    for (const each of tries) {
      expect((await ask({ path: FORGET, method: 'POST', ...each })).status).toBe(403);
    }
    expect(await isThere()).toBe(true);
  });

  it('takes no session that is over, too long, of another token, changed or made up', async () => {
    const { id, cookie } = session();
    const tries = [
      session(ADMIN_TOKEN, Date.now() - 1).cookie,
      session(ADMIN_TOKEN, Date.now() + 9 * HOUR_MS).cookie,
      session(OTHER_TOKEN).cookie,
      cookie.replace(id, newSession(0).id),
      `${cookie}x`,
      `${COOKIE}=`,
      `${COOKIE}=${'a'.repeat(32)}.${Date.now() + HOUR_MS}.${'b'.repeat(43)}`,
      cookie.replace(COOKIE, 'lifecycle-console'),
    ];
    for (const each of tries) {
      const { status, text } = await ask({ path: `/people/${PERSON}`, headers: { cookie: each } });
      expect(status).toBe(401);
      expect(text).not.toContain('Secret');
    }
  });

  it('gives a new id at each sign-in, whatever cookie came along', async () => {
    const fixed = session(OTHER_TOKEN);
    const answer = await ask({
      path: '/sign-in',
      method: 'POST',
      headers: { ...origin(), cookie: fixed.cookie },
      form: { token: ADMIN_TOKEN, to: '/console' },
    });
    expect(answer.status).toBe(303);
    const given = answer.headers.get('set-cookie') ?? '';
    expect(given).toMatch(
      /^__Host-lifecycle-console=\w{32}\.\d{13}\.[\w-]{43}; Path=\/; Secure; HttpOnly; SameSite=Strict; Max-Age=28800$/,
    );
    expect(given).not.toContain(fixed.id);
  });

  it('looks for no email that stands in an address', async () => {
    const { cookie, token } = session();
    const { status, text } = await ask({
      path: '/people?q=secret%40example.test',
      headers: { cookie },
    });
    expect(status).toBe(200);
    expect(text).not.toContain('secret@');
    const form = { token, q: 'secret@example.test' };
    const headers = { cookie, ...origin() };
    const found = await ask({ path: '/people', method: 'POST', headers, form });
    expect(found.headers.get('location')).toBe(`/console/people/${PERSON}`);
  });

  it('does to nobody and to nothing what a form does not say', async () => {
    const { cookie, token } = session();
    const headers = { cookie, ...origin() };
    const sent = (path: string, form: Readonly<Record<string, string>>) =>
      ask({ path, method: 'POST', headers, form: { ...form, token } });
    for (const typed of ['', 'user_other', PERSON.toUpperCase(), ` ${PERSON}`]) {
      const { headers: answered } = await sent(FORGET, { typed });
      expect(answered.get('location')).toBe(`/console/people/${PERSON}?note=typed`);
    }
    await post(relay, 'clerk', { type: 'user.updated', object: 'event', data: { id: 7 } });
    const until = String(Date.now() + HOUR_MS);
    for (const act of ['', 'remove', 'Replay', 'toString']) {
      const answer = await sent('/parked', { do: act, until });
      expect(answer.headers.get('location')).toBe('/console/parked');
    }
    expect((await ask({ path: '/parked', headers: { cookie } })).text).toContain('1 parked');
    expect(await isThere()).toBe(true);
  });

  it('sends whoever signs in to no other place', async () => {
    for (const to of [
      'https://evil.example',
      '//evil.example',
      '/console//evil.example/..',
      '/admin/status',
      '/console/sign-out',
      'javascript:alert(1)',
      '/console\\evil',
      '/console/x\r\nSet-Cookie: a=b',
    ]) {
      const form = { token: ADMIN_TOKEN, to };
      const answer = await ask({ path: '/sign-in', method: 'POST', headers: origin(), form });
      const { pathname, origin: place } = new URL(answer.headers.get('location') ?? '', home);
      expect({ to, place, isOurs: pathname.startsWith('/console') }).toEqual({
        to,
        place: relay.url,
        isOurs: true,
      });
    }
  });

  it('refuses a wrong token with the form again, and no cookie', async () => {
    const form = { token: OTHER_TOKEN, to: '/console' };
    const answer = await ask({ path: '/sign-in', method: 'POST', headers: origin(), form });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('set-cookie')).toBeNull();
    expect(answer.text).not.toContain(OTHER_TOKEN);
  });

  it('has no link by which anybody is let in where npm start has made none', async () => {
    expect((await ask({ path: '/sign-in/undefined' })).status).toBe(404);
  });

  it('is not reached around its gate by a path or a method', async () => {
    const paths = [
      '//people',
      '/%70eople',
      `/people/${PERSON}/`,
      '/./people',
      `/people/..%2fpeople/${PERSON}`,
      '/sign-in/../people',
      `/people/${PERSON}?sign-in`,
    ];
    for (const path of paths) {
      for (const method of ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'PATCH']) {
        const { status, text } = await ask({ path, method });
        expect({ path, method, isOpen: status < 400 && status !== 303 }).toEqual({
          path,
          method,
          isOpen: false,
        });
        expect(text).not.toContain('Secret');
      }
    }
    expect((await ask({ path: FORGET, headers: { cookie: session().cookie } })).status).toBe(404);
    expect(await isThere()).toBe(true);
  });

  it('shows a stranger none of its pages, nor who sends something like the token', async () => {
    const pages = [
      '',
      '/webhooks',
      '/people',
      '/waiting',
      '/parked',
      '/mapping',
      '/sync',
      '/setup',
    ];
    for (const path of pages) expect((await ask({ path })).status).toBe(401);
    const like = [`${ADMIN_TOKEN}x`, ADMIN_TOKEN.slice(0, -1), ADMIN_TOKEN.toUpperCase(), '', ','];
    for (const token of like) {
      const basic = Buffer.from(`any:${token}`).toString('base64');
      for (const authorization of [`Bearer ${token}`, `Basic ${basic}`, token]) {
        expect((await ask({ headers: { authorization } })).status).toBe(401);
      }
    }
  });

  it('believes no header about where it is or who asks', async () => {
    const headers = {
      'x-forwarded-host': 'localhost',
      'x-original-url': '/console',
      'x-http-method-override': 'POST',
      'x-forwarded-for': '127.0.0.1',
    };
    expect((await ask({ path: `/people/${PERSON}`, headers })).status).toBe(401);
  });

  it('may be framed by nobody, runs no script but its own, and is kept nowhere', async () => {
    const pages = [
      await ask({}),
      await ask({ headers: { cookie: session().cookie } }),
      await ask({ path: '/nowhere', headers: { cookie: session().cookie } }),
      await ask({ path: '/people', method: 'POST', headers: { origin: 'https://evil.example' } }),
      await ask({ path: `/people/${PERSON}/export`, headers: { cookie: session().cookie } }),
    ];
    for (const { headers, text } of pages) {
      expect(headers.get('content-security-policy')).toBe(
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
      );
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('permissions-policy')).not.toBeNull();
      expect(headers.get('referrer-policy')).toBe('same-origin');
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
      expect(text).not.toMatch(/ style=| on\w+=|<script>/);
    }
  });
});
