// Ready: who stands behind this finds the checked configuration in `c.get('config')`, and people where the layout says.
// Everybody else is answered 503, and no shard that may be the wrong one is asked.

import type { Context, Next } from 'hono';

import { isolateConfig } from '../config/config.ts';
import type { Config } from '../config/config.ts';
import { readinessOf, readyToStore } from '../config/layout.ts';
import type { Readiness } from '../config/layout.ts';
import { log } from '../platform/log.ts';
import { refuse } from './refusal.ts';

/** `formToken`: what the forms of a signed-in browser carry. */
export type RelayApp = {
  Bindings: Cloudflare.Env;
  Variables: { config: Config; formToken?: string };
};

/** Whoever only looks fixes no layout; whoever changes something does, as an accepted webhook would. */
export async function ready<Path extends string>(
  c: Context<RelayApp, Path>,
  next: Next,
): Promise<Response | undefined> {
  const isLooking = ['GET', 'HEAD'].includes(c.req.method);
  const readiness = await (isLooking ? readinessOf(c.env) : readyToStore(c.env));
  if (readiness.kind !== 'ready') return notReady(c, readiness);
  c.set('config', readiness.config);
  await next();
  return undefined;
}

export function notReady(c: Context, readiness: Exclude<Readiness, { kind: 'ready' }>): Response {
  if (readiness.kind === 'config_invalid') return notConfigured(c, readiness.problems);
  const { kind: reason, problem } = readiness;
  log({ stage: 'app', decision: 'unavailable', reason, problem });
  return refuse(c, reason);
}

/** The first half of it, which asks no shard: for routes that check their caller before anything is asked. */
export async function configured(c: Context<RelayApp>, next: Next): Promise<Response | undefined> {
  const checked = isolateConfig(c.env);
  if (!checked.ok) return notConfigured(c, checked.problems);
  c.set('config', checked.config);
  await next();
  return undefined;
}

export function notConfigured(c: Context, problems: readonly string[]): Response {
  const reason = 'config_invalid';
  log({ stage: 'app', decision: 'unavailable', reason, problems: problems.join('; ') });
  return refuse(c, reason);
}
