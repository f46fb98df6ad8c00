// Lets the operator in: only with ADMIN_TOKEN, as a bearer token or as the password of a browser's dialogue; without
// one configured the routes behind it do not exist. Stands behind `configured`, and asks no shard.

import type { Context, Next } from 'hono';

import type { RelayApp } from '../door/ready.ts';
import { refuse } from '../door/refusal.ts';
import { listIn } from '../platform/list.ts';
import type * as v from '../platform/schema.ts';
import { auditDenied } from './audit.ts';
import type { EVERYWHERE } from './contract.ts';
import { isSame } from './same.ts';

type Denied<Status extends 401 | 403> = v.InferOutput<(typeof EVERYWHERE)[Status]>;

export async function operatorOnly(
  c: Context<RelayApp>,
  next: Next,
): Promise<Response | undefined> {
  const { adminToken } = c.get('config').operator;
  if (adminToken === null) return refuse(c, 'not_found');
  if (isFromElsewhere(c)) return c.json({ error: 'origin_foreign' } satisfies Denied<403>, 403);
  if (hasToken(c, adminToken)) {
    await next();
    return undefined;
  }
  auditDenied(c);
  return c.json({ error: 'token_invalid' } satisfies Denied<401>, 401, {
    'WWW-Authenticate': 'Basic realm="Lifecycle Relay", charset="UTF-8"',
  });
}

/** Whether the request carries the operator's token, or one of the two while it is rotated. */
export function hasToken(c: Context<RelayApp>, adminToken: string): boolean {
  const given = tokenOf(c.req.header('authorization') ?? '');
  return listIn(adminToken).some((token) => isSame(given, token));
}

/**
 * A browser sends a password it remembers along with what another site asks for: that may look, but not act. Browsers
 * say where it comes from in one of two ways, older ones only in `Origin`; whoever is no browser sends neither.
 */
function isFromElsewhere(c: Context<RelayApp>): boolean {
  if (['GET', 'HEAD'].includes(c.req.method)) return false;
  const own = new URL(c.req.url).origin;
  const site = c.req.header('sec-fetch-site') ?? 'none';
  return !['none', 'same-origin'].includes(site) || (c.req.header('origin') ?? own) !== own;
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
