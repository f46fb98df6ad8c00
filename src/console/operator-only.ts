// Lets the operator in: only with ADMIN_TOKEN, as a bearer token or as the password of a browser's dialogue; without
// one configured the routes behind it do not exist. Stands behind `configured`, and asks nobody.

import { createHash } from 'node:crypto';

import type { Context, Next } from 'hono';
import type * as z from 'zod';

import type { RelayApp } from '../door/ready.ts';
import { refuse } from '../door/refusal.ts';
import { auditDenied } from './audit.ts';
import type { EVERYWHERE } from './contract.ts';

type Denied<Status extends 401 | 403> = z.output<(typeof EVERYWHERE)[Status]>;

export async function operatorOnly(
  c: Context<RelayApp>,
  next: Next,
): Promise<Response | undefined> {
  const { adminToken } = c.get('config').operator;
  if (adminToken === null) return refuse(c, 'not_found');
  if (isFromElsewhere(c)) return c.json({ error: 'origin_foreign' } satisfies Denied<403>, 403);
  if (isSame(tokenOf(c.req.header('authorization') ?? ''), adminToken)) {
    await next();
    return undefined;
  }
  auditDenied(c);
  return c.json({ error: 'token_invalid' } satisfies Denied<401>, 401, {
    'WWW-Authenticate': 'Basic realm="Lifecycle Relay", charset="UTF-8"',
  });
}

/** A browser sends a password it remembers along with what another site asks for: that may look, but not act. */
function isFromElsewhere(c: Context<RelayApp>): boolean {
  const site = c.req.header('sec-fetch-site') ?? 'none';
  return !['GET', 'HEAD'].includes(c.req.method) && !['none', 'same-origin'].includes(site);
}

/** `Bearer <token>`, or the password of `Basic <base64 of user:password>`, whoever the user is. */
function tokenOf(header: string): string {
  const [scheme = '', value = ''] = header.split(' ');
  if (scheme.toLowerCase() === 'bearer') return value;
  return scheme.toLowerCase() === 'basic' ? passwordOf(value) : '';
}

function passwordOf(base64: string): string {
  try {
    const text = new TextDecoder().decode(
      Uint8Array.from(atob(base64), (character) => character.codePointAt(0) ?? 0),
    );
    return text.slice(text.indexOf(':') + 1);
  } catch {
    return '';
  }
}

/** Compared by their hashes, so that the time it takes says nothing about either. */
function isSame(given: string, expected: string): boolean {
  return digest(given) === digest(expected);
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
