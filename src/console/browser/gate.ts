// The gate of the console: who may look, and whose forms count. A browser signs in once with ADMIN_TOKEN and has a session;
// a tool sends the token with every request. A form counts from our own pages alone, with the token that stands in it.

import type { Next } from 'hono';

import { isSafe } from '../../config/environment.ts';
import { layoutShard } from '../../config/layout.ts';
import { readBody } from '../../door/read-body.ts';
import { refuse } from '../../door/refusal.ts';
import { listIn } from '../../platform/list.ts';
import { callShard } from '../../platform/shards.ts';
import { DAY_MS } from '../../platform/time.ts';
import { auditDenied, auditPage } from '../audit.ts';
import { hasToken } from '../operator-only.ts';
import { isSame } from '../same.ts';
import { textIn } from './form.ts';
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

/** How long the link of `npm start` stays spent: longer than any `npm start` goes on. */
const LINK_MS = 3650 * DAY_MS;

/** Ours are all of this one kind. */
const FORM_TYPE = 'application/x-www-form-urlencoded';

/** Without ADMIN_TOKEN there is no console. A form from another page is refused before anything else. */
export async function exists(c: Console, next: Next): Promise<Response | undefined> {
  if (c.get('config').operator.adminToken === null) return refused(c, 'console_off', 404);
  if (!isLooking(c)) {
    if (!isOurs(c)) return refused(c, 'origin_foreign', 403);
    if (!(await takeBody(c))) return refused(c, 'body_too_large', 413);
  }
  await next();
  return undefined;
}

/** Stands before every page but the way in. */
export async function signedIn(c: Console, next: Next): Promise<Response | undefined> {
  const adminToken = tokenOf(c);
  const id = await sessionIdOf(c, adminToken);
  if (id === null) {
    const isWrong = c.req.header('authorization') !== undefined;
    return signInPage(c, { isWrong, isOver: !isLooking(c), to: placeOf(c) });
  }
  if (!isLooking(c)) {
    const { token } = await fieldsOf(c);
    if (!isFormToken(token, id, adminToken)) return refused(c, 'form_stale', 403);
  }
  c.set('formToken', formTokenOf(id, adminToken));
  await next();
  return undefined;
}

/** The form was sent: the token is right, or the form comes again. */
export async function signIn(c: Console): Promise<Response> {
  const fields = await fieldsOf(c);
  const given = listIn(tokenOf(c)).find((token) => isSame(fields.token, token));
  return given === undefined
    ? signInPage(c, { isWrong: true, to: fields.to })
    : enter(c, { to: placeIn(fields.to), token: given });
}

/** The session's id counts no more, also for whoever has copied it. */
export async function signOut(c: Console): Promise<Response> {
  const session = sessionIn(c.req.header('cookie') ?? '', tokenOf(c), Date.now());
  if (session !== null && (await spend(c, session.id, session.until))) {
    auditPage(c, { action: 'sign out', on: null });
  }
  return c.body(null, 303, { Location: '/console', 'Set-Cookie': COOKIE_GONE });
}

/** The link that `npm start` prints: on this machine alone, and once. */
export async function followLink(c: Console): Promise<Response> {
  const code = c.req.param('code') ?? '';
  const isHere = c.req.url.startsWith('http:') && isSafe(c.req.url);
  const known: unknown = Reflect.get(c.env, 'CONSOLE_LINK');
  if (!isHere || typeof known !== 'string' || known.length < 24) return refuse(c, 'not_found');
  const isRight = isSame(code, known) && (await spend(c, code, Date.now() + LINK_MS));
  return isRight
    ? enter(c, { to: placeIn(c.req.query('to') ?? ''), token: tokenOf(c) })
    : signInPage(c, { to: '' });
}

type SignIn = {
  /** Where to go on. */
  readonly to: string;
  readonly isWrong?: boolean;
  /** A form came too late: what it asked for was not done. */
  readonly isOver?: boolean;
};

/** The page that asks for the token; it remembers where to go on. By plain http browsers keep no cookie, but of this machine. */
function signInPage(
  c: Console,
  { to, isWrong = false, isOver = false }: SignIn,
): Promise<Response> {
  if (isWrong) auditDenied(c);
  c.status(401);
  return page(c, 'sign-in', { to: placeIn(to), isWrong, isOver, isPlain: !isSafe(c.req.url) });
}

/** Where somebody is: at a page, or at the one whose form was sent. */
function placeOf(c: Console): string {
  const at = isLooking(c) ? c.req.url : (c.req.header('referer') ?? '');
  return at.replace(/^\w+:\/\/[^/]*/, '');
}

/** `token`: what was given signs the session, so that while two count it ends with its own. */
function enter(c: Console, { to, token }: { readonly to: string; readonly token: string }) {
  auditPage(c, { action: 'sign in', on: null });
  const session = newSession(Date.now());
  return c.body(null, 303, { Location: to, 'Set-Cookie': cookieOf(session, token) });
}

/** What a form of ours carries beside its own fields. Hono keeps the body, so it may be read again. */
async function fieldsOf(c: Console): Promise<{ readonly token: string; readonly to: string }> {
  const { token, to } = await c.req.parseBody();
  return { token: textIn(token), to: textIn(to) };
}

/** A page of ours, with what was asked of it, or the first one: whoever signs in is never sent elsewhere, by dots neither. */
function placeIn(to: string): string {
  const isPage = /^\/console(\/[\w/-]*)?(\?[\w=&%.+~*-]*)?$/.test(to);
  return isPage && !/sign-|link\//.test(to) ? to : '/console';
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

function refused(c: Console, code: string, status: 403 | 404 | 413): Promise<Response> {
  auditDenied(c);
  c.status(status);
  return page(c, 'message', { code });
}

/** Sent by a page of ours: its origin, and as our forms are sent. */
function isOurs(c: Console): boolean {
  const [type] = (c.req.header('content-type') ?? '').split(';');
  return c.req.header('origin') === new URL(c.req.url).origin && type === FORM_TYPE;
}

/** Anybody may send a form, so no more of it is held in memory than of a webhook. False: it is larger. */
async function takeBody(c: Console): Promise<boolean> {
  const { url, method } = c.req.raw;
  const headers = new Headers(c.req.raw.headers);
  // Without the sender's charset, which the platform may not know.
  headers.set('content-type', FORM_TYPE);
  const body = await readBody(c.req.raw);
  c.req.raw = new Request(url, { method, headers, body });
  return body !== null;
}

function tokenOf(c: Console): string {
  return c.get('config').operator.adminToken ?? '';
}

function isLooking(c: Console): boolean {
  return ['GET', 'HEAD'].includes(c.req.method);
}
