// The layout record: `SHARDS` and `JURISDICTION` stand from the first webhook on that is accepted. It is kept outside any
// jurisdiction, so that a changed jurisdiction finds it. Looking it up writes nothing; each isolate asks until it stands.

import { callShard, hinted } from '../platform/shards.ts';
import type { Layout } from '../platform/shards.ts';
import { isolateConfig, readConfig, underLayout } from './config.ts';
import type { Config, ConfigResult } from './config.ts';

/** The name of the outbox shard that is in no layout: it keeps the one in force, and the incidents that were told. */
export const LAYOUT_SHARD = 'layout';

/** May people be looked for? Only with a configuration that is right, under the layout they are stored under. */
export type Readiness =
  /** `isFixed` is false while nothing is stored: then any other layout would do as well. */
  | { readonly kind: 'ready'; readonly config: Config; readonly isFixed: boolean }
  | { readonly kind: 'config_invalid'; readonly problems: readonly string[] }
  | {
      readonly kind: 'layout_mismatch';
      readonly config: Config;
      readonly inForce: Layout;
      readonly problem: string;
    };

/** Asks, and changes nothing. */
export function readinessOf(env: Cloudflare.Env): Promise<Readiness> {
  return readinessFor(env, () => null);
}

/** For whoever stores something next: where no layout stands, the configured one does from now on. */
export function readyToStore(env: Cloudflare.Env): Promise<Readiness> {
  return readinessFor(env, ({ shards, jurisdiction }) => ({ shards, jurisdiction }));
}

export function layoutShard(env: Cloudflare.Env) {
  const checked = isolateConfig(env);
  return env.OUTBOX.getByName(
    LAYOUT_SHARD,
    hinted(checked.ok ? checked.config.location : undefined),
  );
}

/** A layout that stands never changes, so an isolate asks for it once. */
const settled = new WeakMap<object, Readiness>();

async function readinessFor(
  env: Cloudflare.Env,
  wantedIn: (config: Config) => Layout | null,
): Promise<Readiness> {
  const known = settled.get(env);
  if (known !== undefined) return known;
  const checked = isolateConfig(env);
  if (!checked.ok) return { kind: 'config_invalid', problems: checked.problems };
  const { config } = checked;
  const stored = await callShard(
    () => layoutShard(env),
    async (shard) => shard.layout(wantedIn(config)),
  );
  const readiness = readinessUnder(config, stored);
  if (readiness.kind === 'ready' && readiness.isFixed) settled.set(env, readiness);
  return readiness;
}

function readinessUnder(config: Config, stored: Layout | null): Readiness {
  if (stored === null) return { kind: 'ready', config, isFixed: false };
  // What nobody has chosen follows what is stored: a new default moves nobody.
  const wanted = { ...stored, ...config.chosen };
  const isSame = stored.shards === wanted.shards && stored.jurisdiction === wanted.jurisdiction;
  return isSame
    ? { kind: 'ready', config: underLayout(config, stored), isFixed: true }
    : { kind: 'layout_mismatch', config, inForce: stored, problem: mismatch(stored) };
}

function mismatch({ shards, jurisdiction }: Layout): string {
  return `people are stored under SHARDS=${shards} and JURISDICTION="${jurisdiction ?? ''}": set these again, or neither`;
}

/** Where a shard remembers the layout that it follows: it stands, so it is asked for once in the shard's life. */
const FOLLOWED = 'layout';

function isWhole({ shards, jurisdiction }: Partial<Layout>): boolean {
  return shards !== undefined && jurisdiction !== undefined;
}

/** A shard's configuration. Where not all of the layout is chosen, a shard that was made follows the one in force. */
export async function shardConfig(
  env: Cloudflare.Env,
  storage: DurableObjectStorage,
): Promise<ConfigResult> {
  const checked = readConfig({ ...env });
  if (!checked.ok || isWhole(checked.config.chosen)) return checked;
  const kept = await storage.get<Layout>(FOLLOWED);
  const inForce =
    kept ??
    (await callShard(
      () => layoutShard(env),
      async (shard) => shard.layout(null),
    ));
  if (inForce === null) return checked;
  if (kept === undefined) await storage.put(FOLLOWED, inForce);
  return { ok: true, config: underLayout(checked.config, inForce) };
}
