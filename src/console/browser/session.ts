// The session of a browser: a random id and its end, signed with a key derived from ADMIN_TOKEN, in a cookie. Another
// token ends it, and so do eight hours. Nothing is stored until it is signed out of. Pure but for the id.

import { createHmac } from 'node:crypto';

import { listIn } from '../../platform/list.ts';
import { HOUR_MS } from '../../platform/time.ts';
import { isSame } from '../same.ts';

/** `until` in Unix milliseconds. */
type Session = { readonly id: string; readonly until: number };

/** Only over https or to this machine, from no other host of the domain, for no script. */
const COOKIE = '__Host-lifecycle-console';
const COOKIE_RULES = 'Path=/; Secure; HttpOnly; SameSite=Strict';
/** `id.until.signature`, behind the cookie's name. */
const VALUE = /=([\w-]{32})\.(\d{13})\.([\w-]{43})$/;
const SESSION_MS = 8 * HOUR_MS;
const KEY_LABEL = 'lifecycle-relay console';

/** A new one at every sign-in: an id that was there before is never taken over. */
export function newSession(now: number): Session {
  return { id: crypto.randomUUID().replaceAll('-', ''), until: now + SESSION_MS };
}

/** The header that hands it to the browser; of two tokens the first signs. */
export function cookieOf(session: Session, adminToken: string): string {
  const text = `${session.id}.${session.until}`;
  const [key = ''] = keysOf(adminToken);
  return `${COOKIE}=${text}.${sign(text, key)}; ${COOKIE_RULES}; Max-Age=${SESSION_MS / 1000}`;
}

export const COOKIE_GONE = `${COOKIE}=; ${COOKIE_RULES}; Max-Age=0`;

/** Null for what was signed with another token, is over, or is none of ours. */
export function sessionIn(header: string, adminToken: string, now: number): Session | null {
  const cookie = header.split('; ').find((each) => each.startsWith(`${COOKIE}=`)) ?? '';
  const [, id = '', until = '', signature = ''] = VALUE.exec(cookie) ?? [];
  if (id === '' || Number(until) <= now || Number(until) > now + SESSION_MS) return null;
  const isOurs = keysOf(adminToken).some((key) => isSame(signature, sign(`${id}.${until}`, key)));
  return isOurs ? { id, until: Number(until) } : null;
}

/** What every form of a session carries: a page from elsewhere cannot know it. */
export function formTokenOf(sessionId: string, adminToken: string): string {
  return sign(`form ${sessionId}`, keysOf(adminToken)[0] ?? '');
}

export function isFormToken(given: string, sessionId: string, adminToken: string): boolean {
  return keysOf(adminToken).some((key) => isSame(given, sign(`form ${sessionId}`, key)));
}

/** Two while the token is rotated; the first signs. */
function keysOf(adminToken: string): string[] {
  return listIn(adminToken).map((token) => sign(KEY_LABEL, token));
}

function sign(text: string, key: string): string {
  return createHmac('sha256', key).update(text).digest('base64url');
}
