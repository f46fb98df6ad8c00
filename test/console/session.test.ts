// The session of a browser: which cookies count, which forms, and what the browser is told to do with them. Pure.

import { describe, expect, it } from 'vitest';

import {
  cookieOf,
  formTokenOf,
  isFormToken,
  newSession,
  sessionIn,
} from '../../src/console/browser/session.ts';

const NOW = 1_800_000_000_000;
const HOUR_MS = 3_600_000;
const [TOKEN, OTHER] = ['an-admin-token-of-length', 'another-admin-token-of-length'];

const session = newSession(NOW);
const header = cookieOf(session, TOKEN);
const cookie = header.split(';')[0] ?? '';

/** Of `cookie` with one part changed: the name, the id, the end, the signature. */
function changed(from: string, to: string): string {
  expect(cookie).toContain(from);
  return cookie.replace(from, to);
}

describe('the cookie', () => {
  it('is for no script, no other host, no request from elsewhere, and no longer than eight hours', () => {
    expect(header.split('; ').slice(1)).toEqual([
      'Path=/',
      'Secure',
      'HttpOnly',
      'SameSite=Strict',
      'Max-Age=28800',
    ]);
    expect(cookie).toMatch(/^__Host-lifecycle-console=/);
  });

  it('counts until its end, and not a millisecond after it', () => {
    expect(sessionIn(cookie, TOKEN, NOW)).toEqual(session);
    expect(sessionIn(cookie, TOKEN, session.until - 1)).toEqual(session);
    expect(sessionIn(cookie, TOKEN, session.until)).toBeNull();
    expect(session.until - NOW).toBe(8 * HOUR_MS);
  });

  it('is found beside others, and no other is taken for it', () => {
    expect(sessionIn(`a=b; ${cookie}; c=d`, TOKEN, NOW)).toEqual(session);
    for (const each of [
      '',
      `x${cookie}`,
      `a=${cookie}`,
      changed('__Host-', ''),
      changed('__Host-', '__Secure-'),
      `${cookie}.`,
      `${cookie} `,
    ]) {
      expect(sessionIn(each, TOKEN, NOW)).toBeNull();
    }
  });

  it('counts for nobody who has changed anything of it', () => {
    const { id, until } = session;
    for (const each of [
      changed(id, newSession(NOW).id),
      changed(String(until), String(until - 1)),
      cookieOf({ id, until: until + 1 }, TOKEN).split(';')[0] ?? '',
      cookieOf(session, OTHER).split(';')[0] ?? '',
      changed(cookie.slice(-43), 'A'.repeat(43)),
    ]) {
      expect(sessionIn(each, TOKEN, NOW)).toBeNull();
    }
  });

  it('has another id each time', () => {
    const ids = Array.from({ length: 100 }, () => newSession(NOW).id);
    expect(new Set(ids).size).toBe(100);
  });

  it('of either token counts while there are two, and none of one that is gone', () => {
    expect(sessionIn(cookie, `${OTHER},${TOKEN}`, NOW)).toEqual(session);
    expect(sessionIn(cookie, `${TOKEN},${OTHER}`, NOW)).toEqual(session);
    expect(sessionIn(cookie, OTHER, NOW)).toBeNull();
  });
});

describe('the token of a form', () => {
  const token = formTokenOf(session.id, TOKEN);

  it('counts for its own session, under either token while there are two', () => {
    expect(isFormToken(token, session.id, TOKEN)).toBe(true);
    expect(isFormToken(token, session.id, `${OTHER},${TOKEN}`)).toBe(true);
  });

  it('counts for no other session, nor under another token, nor where it is the cookie', () => {
    for (const [given, id, under] of [
      [token, newSession(NOW).id, TOKEN],
      [token, session.id, OTHER],
      ['', session.id, TOKEN],
      [cookie.slice(-43), session.id, TOKEN],
    ] as const) {
      expect(isFormToken(given, id, under)).toBe(false);
    }
  });
});
