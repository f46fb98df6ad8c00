// The gate of the console: who may look, and whose forms count. A browser signs in once with ADMIN_TOKEN and has a session;
// a tool sends the token with every request. A form counts from our own pages alone, with the token that stands in it.

import type { Next } from 'hono';

import { layoutShard } from '../../config/layout.ts';
import { refuse } from '../../door/refusal.ts';
import { listIn } from '../../platform/list.ts';
import { callShard } from '../../platform/shards.ts';
import { auditDenied, auditPage } from '../audit.ts';
import { hasToken } from '../operator-only.ts';
import { isSame } from '../same.ts';
import { page } from './page.ts';
import type { Console } from './page.ts';
import {
  COOKIE_GONE,
  cookieOf,
  formTokenOf,
  isFormToken,
  newSession,
  sessionIn,
} from './session.ts';

/** What the session of a tool is called: it has no cookie. */
const TOOL = 'tool';

/** How long the link of `npm start` may be followed. */
const LINK_MS = 24 * 3_600_000;

/** Without ADMIN_TOKEN there is no console. A form from another page is refused before anything else. */
export async function exists(c: Console, next: Next): Promise<Response | undefined> {
  if (c.get('config').operator.adminToken === null) return refuse(c, 'not_found');
  if (!isLooking(c) && c.req.header('origin') !== new URL(c.req.url).origin) {
    return refused(c, 'origin_foreign');
  }
  await next();
  return undefined;
}

/** Stands before every page but the way in. */
export async function signedIn(c: Console, next: Next): Promise<Response | undefined> {
  const adminToken = tokenOf(c);
  const id = await sessionIdOf(c, adminToken);
  if (id === null) return signInPage(c, c.req.header('authorization') !== undefined);
  if (!isLooking(c)) {
    const { token } = await fieldsOf(c);
    if (!isFormToken(token, id, adminToken)) return refused(c, 'form_stale');
  }
  c.set('formToken', formTokenOf(id, adminToken));
  await next();
  return undefined;
}

/** The form was sent: the token is right, or the form comes again. */
export async function signIn(c: Console): Promise<Response> {
  const fields = await fieldsOf(c);
  const adminToken = tokenOf(c);
  const isRight = listIn(adminToken).some((token) => isSame(fields.token.trim(), token));
  return isRight ? enter(c, placeIn(fields.to)) : signInPage(c, true);
}

/** The session's id counts no more, also for whoever has copied it. */
export async function signOut(c: Console): Promise<Response> {
  const session = sessionIn(c.req.header('cookie') ?? '', tokenOf(c), Date.now());
  if (session !== null) await spend(c, session.id, session.until);
  return c.body(null, 303, { Location: '/console', 'Set-Cookie': COOKIE_GONE });
}

/** The link that `npm start` prints: on this machine alone, and once. */
export async function followLink(c: Console): Promise<Response> {
  const code = c.req.param('code') ?? '';
  const { hostname, protocol } = new URL(c.req.url);
  const isHere = protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  const known: unknown = Reflect.get(c.env, 'CONSOLE_LINK');
  if (!isHere || typeof known !== 'string' || known.length < 24) return refuse(c, 'not_found');
  const isRight = isSame(code, known) && (await spend(c, code, Date.now() + LINK_MS));
  return isRight ? enter(c, placeIn(c.req.query('to') ?? '')) : signInPage(c, false);
}

/** The page that asks for the token; it remembers where to go on. */
function signInPage(c: Console, isWrong: boolean): Promise<Response> {
  if (isWrong) auditDenied(c);
  const to = isLooking(c) ? new URL(c.req.url).pathname : '/console';
  c.status(401);
  return page(c, 'sign-in', { to: placeIn(to), isWrong });
}

function enter(c: Console, to: string): Response {
  auditPage(c, { action: 'sign in', on: null });
  const session = newSession(Date.now());
  return c.body(null, 303, { Location: to, 'Set-Cookie': cookieOf(session, tokenOf(c)) });
}

/** Fields of a form, as text; what is missing is empty. Hono keeps the body, so it may be read again. */
async function fieldsOf(c: Console): Promise<{ readonly token: string; readonly to: string }> {
  const form = await c.req.parseBody();
  const { token = '', to = '' } = form;
  return { token: typeof token === 'string' ? token : '', to: typeof to === 'string' ? to : '' };
}

/** A page of ours, or the first one: whoever signs in is never sent elsewhere. */
function placeIn(to: string): string {
  return /^\/console(\/[\w./-]*)?$/.test(to) && !/sign-|link\//.test(to) ? to : '/console';
}

async function sessionIdOf(c: Console, adminToken: string): Promise<string | null> {
  if (hasToken(c, adminToken)) return TOOL;
  const session = sessionIn(c.req.header('cookie') ?? '', adminToken, Date.now());
  if (session === null) return null;
  return (await spend(c, session.id, null)) ? session.id : null;
}

/** False: it was spent before. Null only asks. */
function spend(c: Console, secret: string, until: number | null): Promise<boolean> {
  return callShard(
    () => layoutShard(c.env),
    async (shard) => shard.spend(secret, until),
  );
}

function refused(c: Console, code: string): Promise<Response> {
  auditDenied(c);
  c.status(403);
  return page(c, 'message', { code });
}

function tokenOf(c: Console): string {
  return c.get('config').operator.adminToken ?? '';
}

function isLooking(c: Console): boolean {
  return ['GET', 'HEAD'].includes(c.req.method);
}
