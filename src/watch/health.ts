// Health: what is missing or failing, by name and never by value. Asking every shard costs requests, and anyone may
// ask, so an isolate asks at most every few seconds.

import type { Config } from '../config/config.ts';
import { readinessOf } from '../config/layout.ts';
import type { Provider } from '../intake/provider.ts';
import { secretsOf } from '../intake/secrets.ts';
import { namespaceIn } from '../platform/namespaces.ts';
import { shardNames } from '../platform/shards.ts';
import { unusables } from './incidents.ts';

type Health =
  | { readonly status: 'ok' }
  | { readonly status: 'failing'; readonly problems: readonly string[] };

const ASKED_EVERY_MS = 5_000;

export function healthWith(providers: readonly Provider[]) {
  let last: { readonly at: number; readonly health: Health } | null = null;

  return async (env: Cloudflare.Env): Promise<Health> => {
    const now = Date.now();
    if (last !== null && now - last.at < ASKED_EVERY_MS) return last.health;
    const problems = await problemsOf(env, providers);
    const health: Health =
      problems.length === 0 ? { status: 'ok' } : { status: 'failing', problems };
    last = { at: now, health };
    return health;
  };
}

async function problemsOf(
  env: Cloudflare.Env,
  providers: readonly Provider[],
): Promise<readonly string[]> {
  const readiness = await readinessOf(env);
  if (readiness.kind === 'config_invalid') return readiness.problems;
  const { config } = readiness;
  const missing = [...missingSecrets(env, providers), ...missingKeys(config)];
  return readiness.kind === 'layout_mismatch'
    ? [...missing, readiness.problem]
    : [...missing, ...(await shardProblems(env, config))];
}

/** A relay without any provider does nothing. */
function missingSecrets(env: Cloudflare.Env, providers: readonly Provider[]): string[] {
  if (providers.some((provider) => secretsOf(provider, { ...env }) !== null)) return [];
  const names = providers.flatMap(({ secrets }) => Object.keys(secrets));
  return [`${names.join(' or ')}: not set`];
}

/** Nor does one without Customer.io. */
function missingKeys({ customerio, emails }: Config): string[] {
  return [
    ...(Object.keys(emails.rules).length > 0 && customerio.appToken === null
      ? ['CUSTOMERIO_APP_TOKEN: not set, mails wait and are dropped after 72 hours']
      : []),
    ...(customerio.token === null ? ['CUSTOMERIO_TRACK_TOKEN: not set, messages are kept'] : []),
  ];
}

async function shardProblems(env: Cloudflare.Env, config: Config): Promise<string[]> {
  const outboxes = namespaceIn(env.OUTBOX, config);
  const names = shardNames(config);
  const healths = await Promise.all(names.map((name) => outboxes.getByName(name).health()));
  const paused = healths.flatMap(({ pause }, index) =>
    pause === null ? [] : [`outbox ${names[index]}: paused, ${pause}`],
  );
  const refused = healths.flatMap(({ refusedErasures }, index) =>
    refusedErasures > 0 ? [`outbox ${names[index]}: erasure_refused, ${refusedErasures}`] : [],
  );
  return [...paused, ...refused, ...Object.values(unusables(healths, Date.now()))];
}
