// Health: what is missing or failing, by name and never by value. Asking every shard costs requests, and anyone may
// ask, so an isolate asks at most every few seconds.

import type { Config } from '../config/config.ts';
import { isolateConfig } from '../config/isolate-config.ts';
import { layoutProblem } from '../config/layout.ts';
import { PROVIDERS } from '../intake/providers.ts';
import { namespaceIn } from '../platform/namespaces.ts';
import { shardName } from '../platform/shards.ts';
import { unusables } from './incidents.ts';

export type Health =
  | { readonly status: 'ok' }
  | { readonly status: 'failing'; readonly problems: readonly string[] };

const ASKED_EVERY_MS = 5_000;

let last: { readonly at: number; readonly health: Health } | null = null;

export async function healthOf(env: Cloudflare.Env): Promise<Health> {
  const now = Date.now();
  if (last !== null && now - last.at < ASKED_EVERY_MS) return last.health;
  const problems = await problemsOf(env);
  const health: Health = problems.length === 0 ? { status: 'ok' } : { status: 'failing', problems };
  last = { at: now, health };
  return health;
}

async function problemsOf(env: Cloudflare.Env): Promise<string[]> {
  const checked = isolateConfig(env);
  if (!checked.ok) return [...checked.problems];
  const { config } = checked;
  const layout = await layoutProblem(env, config);
  const missing = missingNames(config);
  return layout === null
    ? [...missing, ...(await shardProblems(env, config))]
    : [...missing, layout];
}

/** A relay without any provider, or without Customer.io, does nothing. */
function missingNames({ secrets, customerio, emails }: Config): string[] {
  const names = PROVIDERS.flatMap((provider) => provider.secretNames);
  const isAnySet = names.some((name) => (secrets[name] ?? []).length > 0);
  return [
    ...(isAnySet ? [] : [`${names.join(' or ')}: not set`]),
    ...(Object.keys(emails.rules).length > 0 && customerio.appToken === null
      ? ['CUSTOMERIO_APP_TOKEN: not set, mails wait and are dropped after 72 hours']
      : []),
    ...(customerio.token === null ? ['CUSTOMERIO_TRACK_TOKEN: not set, messages are kept'] : []),
  ];
}

async function shardProblems(env: Cloudflare.Env, config: Config): Promise<string[]> {
  const outboxes = namespaceIn(env.OUTBOX, config);
  const names = Array.from({ length: config.shards }, (_, index) => shardName(index));
  const healths = await Promise.all(names.map((name) => outboxes.getByName(name).health()));
  const paused = healths.flatMap(({ pause }, index) =>
    pause === null ? [] : [`outbox ${names[index]}: paused, ${pause}`],
  );
  return [...paused, ...Object.values(unusables(healths, Date.now()))];
}
