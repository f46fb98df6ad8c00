// The audit: one signed line in the log for every operator action, every read of a person and every wrong token; of wrong
// tokens ten a minute in an isolate, the rest is counted (`untold` of the next line), because anybody may send them. No name,
// no email, no id of a person: a person appears as their hash. Who has not got ADMIN_TOKEN can neither make a line nor
// change one unseen; a line that is missing shows only where logs are kept.
//
// `signature` is HMAC-SHA256, base64url, over the line's JSON without it. Its key is the base64url text of
// HMAC-SHA256(ADMIN_TOKEN, "lifecycle-relay audit"); of two tokens the first.

import { createHmac } from 'node:crypto';

import type { Context, Next } from 'hono';

import type { RelayApp } from '../door/ready.ts';
import { personKey } from '../outbox/people/table.ts';
import { listIn } from '../platform/list.ts';
import { log } from '../platform/log.ts';
import type { Decision } from '../platform/log.ts';
import * as v from '../platform/schema.ts';
import { ROUTES } from './routes.ts';
import type { AskedRoute } from './routes.ts';
import { toldAtMost } from './told-at-most.ts';

const KEY_LABEL = 'lifecycle-relay audit';

const ALL: readonly AskedRoute[] = Object.values(ROUTES);

/** What only looks, and shows a person: their view, all of them, their organization, whose a customer is, a parked thing. */
const READS_OF_A_PERSON: readonly AskedRoute[] = [
  ROUTES.person,
  ROUTES.exportPerson,
  ROUTES.organization,
  ROUTES.link,
  ROUTES.parkedOne,
];

/** A page that stays open asks for itself every few seconds: that look is told once in this time, in an isolate. */
const REFRESH_MS = 300_000;

/** Looks that are remembered. */
const LOOKS_MAX = 1000;

const looks = new Map<string, number>();

const denials = toldAtMost({ count: 10, everyMs: 60_000 });

/** Stands behind `operatorOnly`: whoever comes here has the token. */
export async function audited(c: Context<RelayApp>, next: Next): Promise<void> {
  await next();
  const path = c.req.path.replace(/^\/admin/, '');
  const found = ALL.find((route) => route.method === c.req.method && isAt(route, path));
  const isRead = c.req.method === 'GET' || c.req.method === 'HEAD';
  if (isRead && (found === undefined || !READS_OF_A_PERSON.includes(found))) return;
  const on = found === undefined ? null : targetIn(found, path);
  const body = found === ROUTES.linkByHand ? await linkIn(c) : {};
  write(c, { action: `${c.req.method} ${found?.path ?? 'unknown'}`, on, ...body });
}

/** An action in the browser, or a look at a person there. `on` is a person or a customer by their id, a parked thing by its number. */
export function auditPage(
  c: Context<RelayApp>,
  { action, on, ...more }: { readonly action: string; readonly on: string | null } & Decision,
): void {
  const line = { action: `console ${action}`, on: on === null ? null : nameless(on), ...more };
  if (!isRefresh(c, `${c.get('formToken')} ${line.action} ${line.on}`, Date.now())) {
    write(c, line, 200);
  }
}

/** As a browser says it: asked by a script of a page, which was told of not long ago. Notes every look. */
function isRefresh(c: Context<RelayApp>, look: string, now: number): boolean {
  if (c.req.method !== 'GET') return false;
  const isLately = now - (looks.get(look) ?? -Infinity) < REFRESH_MS;
  if (isLately && c.req.header('sec-fetch-dest') === 'empty') return true;
  if (looks.size >= LOOKS_MAX) looks.clear();
  looks.set(look, now);
  return false;
}

/** Whoever asks without the token, or with a wrong one. */
export function auditDenied(c: Context<RelayApp>): void {
  if (!denials.note(Date.now())) return;
  const found = ALL.find(
    (route) => route.method === c.req.method && isAt(route, c.req.path.replace(/^\/admin/, '')),
  );
  write(c, { action: `${c.req.method} ${found?.path ?? 'unknown'}`, denied: 'token_invalid' }, 401);
}

function write(c: Context<RelayApp>, what: Decision, status = c.res.status): void {
  const [adminToken] = listIn(c.get('config').operator.adminToken ?? '');
  if (adminToken === undefined) return;
  const at = new Date().toISOString();
  const ray = /^[\w-]{1,40}$/.exec(c.req.header('cf-ray') ?? '')?.[0] ?? null;
  const untold = denials.takeUntold();
  const counted = untold > 0 ? { untold } : {};
  const line = { stage: 'audit', at, ...what, status, ray, ...counted };
  log({ ...line, signature: signatureOf(line, adminToken) });
}

function signatureOf(line: Decision, adminToken: string): string {
  const key = createHmac('sha256', adminToken).update(KEY_LABEL).digest('base64url');
  return createHmac('sha256', key).update(JSON.stringify(line)).digest('base64url');
}

function isAt({ path }: AskedRoute, asked: string): boolean {
  const [wanted, given] = [path.split('/'), asked.split('/')];
  return (
    wanted.length === given.length &&
    wanted.every((part, index) => part.startsWith(':') || part === given[index])
  );
}

/** A parked thing's number as it is; a person or a customer as a hash. */
function targetIn({ path }: AskedRoute, asked: string): string | null {
  const at = path.split('/').findIndex((part) => part.startsWith(':'));
  if (at < 0) return null;
  return nameless(decoded(asked.split('/')[at] ?? ''));
}

function nameless(value: string): string {
  return /^s\d{1,2}-\d{1,15}$/.test(value) ? value : personKey(value);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The route has read the body already; Hono keeps it. */
async function linkIn(c: Context<RelayApp>): Promise<Decision> {
  const body: unknown = await c.req.json().catch(() => null);
  const asked = v.safeParse(ROUTES.linkByHand.request, body);
  if (!asked.success) return {};
  const { customerId, userId } = asked.output;
  return { on: personKey(customerId), person: personKey(userId) };
}
