// Ready: a route behind this middleware finds the checked configuration in `c.get('config')`, and may ask the shards,
// because the stored layout is the configured one. Otherwise the answer is 503, and no shard that may be wrong is asked.

import type { Context, Next } from 'hono';

import { isolateConfig } from '../config/config.ts';
import type { Config } from '../config/config.ts';
import { readinessOf } from '../config/layout.ts';
import { log } from '../platform/log.ts';
import { refuse } from './refusal.ts';

export type RelayApp = { Bindings: Cloudflare.Env; Variables: { config: Config } };

export async function ready<Path extends string>(
  c: Context<RelayApp, Path>,
  next: Next,
): Promise<Response | undefined> {
  const readiness = await readinessOf(c.env);
  switch (readiness.kind) {
    case 'config_invalid':
      return notConfigured(c, readiness.problems);
    case 'layout_mismatch': {
      const { kind: reason, problem } = readiness;
      log({ stage: 'app', decision: 'unavailable', reason, problem });
      return refuse(c, reason);
    }
    case 'ready':
      c.set('config', readiness.config);
      await next();
      return undefined;
  }
}

/** The first half of it, which asks no shard: for routes that check their caller before anything is asked. */
export async function configured(c: Context<RelayApp>, next: Next): Promise<Response | undefined> {
  const checked = isolateConfig(c.env);
  if (!checked.ok) return notConfigured(c, checked.problems);
  c.set('config', checked.config);
  await next();
  return undefined;
}

function notConfigured(c: Context<RelayApp>, problems: readonly string[]): Response {
  const reason = 'config_invalid';
  log({ stage: 'app', decision: 'unavailable', reason, problems: problems.join('; ') });
  return refuse(c, reason);
}
