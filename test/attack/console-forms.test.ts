// What anybody may send to the console before they are known, and sessions while ADMIN_TOKEN is rotated, against the real Worker.

import { once } from 'node:events';
import { get } from 'node:http';
import type { IncomingMessage } from 'node:http';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { formTokenOf, sessionIn } from '../../src/console/browser/session.ts';
import { BODY_BYTES_MAX } from '../../src/door/read-body.ts';
import { startRelay } from '../support/relay.ts';
import type { Relay } from '../support/relay.ts';

const [NEW, OLD] = ['the-token-that-comes-in-new', 'the-token-that-goes-out-old'];
const BOTH = `${NEW},${OLD}`;
const LINK = 'a-link-that-npm-start-has-made-up';
const FORM = 'application/x-www-form-urlencoded';

let relay: Relay;
let home: string;

beforeAll(async () => {
  relay = await startRelay({ ADMIN_TOKEN: BOTH, CONSOLE_LINK: LINK, SHARDS: '1' });
  home = `${relay.url}/console`;
});

afterAll(() => relay.close());

type Sent = { readonly type?: string; readonly cookie?: string; readonly path?: string };

function send(
  body: string | ReadableStream,
  { type = FORM, cookie = '', path = '/sign-in' }: Sent,
) {
  const headers = { origin: relay.url, 'content-type': type, cookie };
  const init = { method: 'POST', headers, redirect: 'manual', body, duplex: 'half' } as const;
  return fetch(`${home}${path}`, init);
}

async function look(path: string, cookie = ''): Promise<{ status: number; text: string }> {
  const response = await fetch(`${home}${path}`, { headers: { cookie }, redirect: 'manual' });
  return { status: response.status, text: await response.text() };
}

/** What the browser keeps of an answer. */
function cookieIn(response: Response): string {
  return response.headers.get('set-cookie')?.split(';')[0] ?? '';
}

async function signedInWith(token: string): Promise<string> {
  const response = await send(new URLSearchParams({ token }).toString(), {});
  expect(response.status).toBe(303);
  return cookieIn(response);
}

/** As a page asks whose own name was turned to this machine; `fetch` lets nobody say another host. */
async function askedAs(host: string, path: string) {
  const [answer] = (await once(get(`${relay.url}${path}`, { headers: { host } }), 'response')) as [
    IncomingMessage,
  ];
  const pieces = await answer.toArray();
  return { status: answer.statusCode, text: Buffer.concat(pieces).toString() };
}

describe('a form of anybody', () => {
  it('is refused, and no fault, when it is of a kind that no page of ours sends', async () => {
    const right = `token=${NEW}`;
    for (const [type, body] of [
      ['multipart/form-data', right],
      ['multipart/form-data; boundary=x', '--x\r\nbroken'],
      ['multipart/form-data; boundary=x', `--x\r\nContent-Disposition: form-data; name="token"`],
      [`${FORM}x`, right],
      ['text/plain', right],
      ['application/json', JSON.stringify({ token: NEW })],
      ['', right],
    ] as const) {
      const response = await send(body, { type });
      expect({ type, status: response.status }).toEqual({ type, status: 403 });
      expect(cookieIn(response)).toBe('');
    }
  });

  it('is a wrong token and no fault when it cannot be read', async () => {
    for (const body of ['', '%', '%FF%FE', 'token', 'token=%', 'token[]=a&token[]=b', '&&&==']) {
      const response = await send(body, { type: `${FORM}; charset=utf-16` });
      expect({ body, status: response.status }).toEqual({ body, status: 401 });
    }
  });

  it('is no longer than a webhook, whether it says how long it is or not', async () => {
    const whole = `token=${NEW}&to=`.padEnd(BODY_BYTES_MAX, 'a');
    expect((await send(whole, {})).status).toBe(303);
    expect((await send(`${whole}a`, {})).status).toBe(413);
    const pieces = new Blob([`${whole}a`]).stream();
    expect((await send(pieces, {})).status).toBe(413);
    const cookie = await signedInWith(NEW);
    expect((await send(`${whole}a`, { cookie, path: '/mapping' })).status).toBe(413);
  });
});

describe('the way in', () => {
  it('goes on where somebody was, with what they had asked for, and by no dots elsewhere', async () => {
    const { text } = await look('/webhooks?provider=stripe&type=invoice.paid');
    expect(text).toContain('value="/console/webhooks?provider=stripe&amp;type=invoice.paid"');
    for (const [to, place] of [
      ['/console/webhooks?provider=stripe', '/console/webhooks?provider=stripe'],
      ['/console/people/user_a1', '/console/people/user_a1'],
      ['/console/../admin/status', '/console'],
      ['/console/people/../../metrics', '/console'],
      ['/console/%2e%2e/metrics', '/console'],
      ['/console?<script>', '/console'],
    ] as const) {
      const response = await send(new URLSearchParams({ token: NEW, to }).toString(), {});
      expect([to, response.headers.get('location')]).toEqual([to, place]);
    }
  });

  it('is the link of npm start once, whatever is tried before', async () => {
    for (const path of ['/sign-in/', '/sign-in/x', `/sign-in/${LINK}x`, `/sign-in/${LINK}/x`]) {
      expect((await look(path)).status).not.toBe(303);
    }
    expect((await askedAs('relay.example', `/console/sign-in/${LINK}`)).status).toBe(404);
    expect((await look(`/sign-in/${LINK}`)).status).toBe(303);
    expect((await look(`/sign-in/${LINK}`)).status).toBe(401);
  });
});

describe('whoever was signed out meanwhile', () => {
  it('is told that their form did nothing, and goes on where they were', async () => {
    for (const [referer, place] of [
      [`${relay.url}/console/people/user_a1?note=sent`, '/console/people/user_a1?note=sent'],
      ['https://evil.example/console/people/user_a1', '/console/people/user_a1'],
      ['https://evil.example/admin', '/console'],
      ['javascript:alert(1)', '/console'],
      ['', '/console'],
    ] as const) {
      const headers = { origin: relay.url, 'content-type': FORM, referer };
      const init = { method: 'POST', headers, body: 'token=x', redirect: 'manual' } as const;
      const response = await fetch(`${home}/people/user_a1/forget`, init);
      expect(response.status).toBe(401);
      const text = await response.text();
      expect(text).toContain('Your session has ended: nothing was done.');
      expect(text).toContain(`name="to" value="${place}"`);
    }
  });

  it('keeps their place through a wrong token', async () => {
    const form = new URLSearchParams({ token: 'wrong', to: '/console/parked' }).toString();
    const text = await (await send(form, {})).text();
    expect(text).toContain('The admin token is another one.');
    expect(text).not.toContain('Your session has ended');
    expect(text).toContain('name="to" value="/console/parked"');
  });

  it('is told why no browser stays signed in where the relay is asked by plain http', async () => {
    expect((await askedAs('relay.example', '/console')).text).toContain('asked by plain http');
    expect((await askedAs('localhost', '/console')).text).not.toContain('asked by plain http');
  });
});

describe('signing out', () => {
  it('ends the session for whoever has copied its cookie, and no other', async () => {
    const [mine, other] = [await signedInWith(NEW), await signedInWith(NEW)];
    const id = sessionIn(mine, NEW, Date.now())?.id ?? '';
    const form = new URLSearchParams({ token: formTokenOf(id, NEW) }).toString();
    expect((await send(form, { cookie: other, path: '/sign-out' })).status).toBe(403);
    expect((await look('/mapping', mine)).status).toBe(200);
    const answer = await send(form, { cookie: mine, path: '/sign-out' });
    expect(answer.headers.get('set-cookie')).toMatch(/^__Host-lifecycle-console=; .*Max-Age=0$/);
    expect((await look('/mapping', mine)).status).toBe(401);
    expect((await look('/mapping', other)).status).toBe(200);
  });
});

describe('while the token is rotated', () => {
  it('both let in, and each session ends with the token that began it', async () => {
    const [ofNew, ofOld] = [await signedInWith(NEW), await signedInWith(OLD)];
    const now = Date.now();
    for (const [cookie, own, other] of [
      [ofNew, NEW, OLD],
      [ofOld, OLD, NEW],
    ] as const) {
      expect((await look('/mapping', cookie)).status).toBe(200);
      expect(sessionIn(cookie, BOTH, now)).not.toBeNull();
      expect(sessionIn(cookie, own, now)).not.toBeNull();
      expect(sessionIn(cookie, other, now)).toBeNull();
    }
  });

  it('a form made before the rotation still counts, and is worth nothing to another session', async () => {
    const cookie = await signedInWith(OLD);
    const id = sessionIn(cookie, OLD, Date.now())?.id ?? '';
    const sent = (token: string) =>
      send(new URLSearchParams({ token, payload: '{}' }).toString(), { cookie, path: '/mapping' });
    expect((await sent(formTokenOf(id, OLD))).status).toBe(200);
    expect((await sent(formTokenOf(id, NEW))).status).toBe(200);
    expect((await sent(formTokenOf('tool', NEW))).status).toBe(403);
    expect((await sent(formTokenOf(id, 'some-other-token-of-length'))).status).toBe(403);
  });
});
