// Health: what is missing or failing. A code for anybody; by name, never by value, for the operator. It writes nothing,
// and asks no shard before there is anything in it. Asking costs requests and anyone may ask: so an isolate asks at most
// every few seconds, and whoever comes meanwhile shares the answer.

import type { Config } from '../config/config.ts';
import { readinessOf } from '../config/layout.ts';
import type { Provider } from '../intake/provider.ts';
import { secretProblems, secretsOf } from '../intake/secrets.ts';
import type { ShardHealth } from '../outbox/capabilities.ts';
import { hasCalled } from '../platform/called.ts';
import { isolateNet } from '../platform/cloudflare.ts';
import { namespaceIn, syncOf } from '../platform/namespaces.ts';
import { shardNames } from '../platform/shards.ts';
import type { Layout } from '../platform/shards.ts';
import { troubleOf } from '../sync/job.ts';
import { filling, lags, large, listed, STORED_SHARE_MAX, unusables } from './incidents.ts';
import { shared } from './shared.ts';

/** `code` is for anybody; `detail` names variables, shards and counts. */
type Problem = { readonly code: string; readonly detail: string };

export type Health = {
  readonly problems: readonly Problem[];
  /** What works as it is set, and somebody should know. */
  readonly warnings?: readonly Problem[];
  /** The layout in force; null while nothing is stored, or where nobody could ask. */
  readonly layout: Layout | null;
};

const ASKED_EVERY_MS = 5_000;

/** Longer than a question to every shard takes. */
const PATIENCE_MS = 10_000;

export function healthWith(providers: readonly Provider[]) {
  return shared((env: Cloudflare.Env) => healthOf(env, providers), {
    ...isolateNet(),
    keptMs: ASKED_EVERY_MS,
    patienceMs: PATIENCE_MS,
  });
}

async function healthOf(env: Cloudflare.Env, providers: readonly Provider[]): Promise<Health> {
  const readiness = await readinessOf(env);
  if (readiness.kind === 'config_invalid') {
    return { problems: invalid(readiness.problems), layout: null };
  }
  const { config } = readiness;
  const missing = [
    ...secretFaults(env, providers),
    ...invalid(config.unusable.map(({ problem, until }) => `${problem}; until then ${until}`)),
    ...missingKeys(config),
  ];
  if (readiness.kind === 'layout_mismatch') {
    const { kind: code, problem: detail, inForce } = readiness;
    return { problems: [...missing, { code, detail }], layout: inForce };
  }
  if (!readiness.isFixed) return { problems: missing, layout: null };
  const { shards, jurisdiction } = config;
  const stuck = await syncProblems(env, config);
  const healths = await shardHealths(env, config);
  const problems = [...missing, ...shardProblems(healths, config), ...stuck];
  const warnings = listed(large(healths));
  return { problems, warnings, layout: { shards, jurisdiction } };
}

function invalid(problems: readonly string[]): Problem[] {
  return problems.map((detail) => ({ code: 'config_invalid', detail }));
}

/** A relay without any provider does nothing, and one of them with a secret that anybody could guess is closed. */
function secretFaults(env: Cloudflare.Env, providers: readonly Provider[]): Problem[] {
  const unusable = providers.flatMap((provider) => secretProblems(provider, { ...env }));
  if (providers.some((provider) => secretsOf(provider, { ...env }) !== null)) {
    return [...invalid(unusable), ...calledInVain(env, providers)];
  }
  const names = providers.flatMap(({ secrets }) => Object.keys(secrets));
  return [{ code: 'secret_missing', detail: `${names.join(' or ')}: not set` }];
}

/** One provider without a secret may be meant so, but not while it calls. */
function calledInVain(env: Cloudflare.Env, providers: readonly Provider[]): Problem[] {
  const since = Date.now() - CALLED_MS_MAX;
  return providers
    .filter(({ name }) => hasCalled(name, since))
    .filter((provider) => secretsOf(provider, { ...env }) === null)
    .map(({ name, secrets }) => ({
      code: 'secret_missing',
      detail: `${Object.keys(secrets)[0] ?? name}: not set, and ${name} sends webhooks`,
    }));
}

/** A provider comes again for hours; a stranger who called once is forgotten. */
const CALLED_MS_MAX = 3_600_000;

/** Nor does one without Customer.io. */
function missingKeys({ customerio, emails }: Config): Problem[] {
  const isMailing = Object.keys(emails.rules).length > 0;
  const appKey = { code: 'app_key_missing', detail: 'CUSTOMERIO_APP_TOKEN: not set' };
  const key = { code: 'key_missing', detail: 'CUSTOMERIO_TRACK_TOKEN: not set' };
  return [
    ...(isMailing && customerio.appToken === null ? [appKey] : []),
    ...(customerio.token === null ? [key] : []),
  ];
}

function shardHealths(env: Cloudflare.Env, config: Config): Promise<ShardHealth[]> {
  const outboxes = namespaceIn(env.OUTBOX, config);
  return Promise.all(shardNames(config).map((name) => outboxes.getByName(name).health()));
}

function shardProblems(healths: readonly ShardHealth[], config: Config): Problem[] {
  const names = shardNames(config);
  const ofShards = healths.flatMap(({ pause, refusedErasures }, index) => {
    const name = `outbox ${names[index]}`;
    const paused = { code: `paused_${pause}`, detail: `${name}: paused, ${pause}` };
    const refused = {
      code: 'erasure_refused',
      detail: `${name}: erasure_refused, ${refusedErasures}`,
    };
    return [...(pause === null ? [] : [paused]), ...(refusedErasures > 0 ? [refused] : [])];
  });
  const late = lags(healths, config.outbox.lagAlertMs);
  const full = filling(healths, STORED_SHARE_MAX);
  return [...ofShards, ...listed({ ...late, ...full, ...unusables(healths, Date.now()) })];
}

/** A job that cannot go on by itself. */
async function syncProblems(env: Cloudflare.Env, config: Config): Promise<Problem[]> {
  const [newest] = await syncOf(env, config).jobs(1);
  const code = newest === undefined ? null : troubleOf(newest);
  return code === null ? [] : [{ code, detail: `sync ${newest?.id ?? ''}: stands, ${code}` }];
}
