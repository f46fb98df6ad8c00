// The layout record: `SHARDS` and `JURISDICTION` are fixed at first use. It stands outside any jurisdiction, so that
// a changed jurisdiction finds it. Each isolate asks once.

import { callShard } from '../platform/shards.ts';
import type { Layout } from '../platform/shards.ts';
import { isolateConfig } from './config.ts';
import type { Config } from './config.ts';

/** May people be looked for? Only with a configuration that is right, under the layout they are stored under. */
export type Readiness =
  | { readonly kind: 'ready'; readonly config: Config }
  | { readonly kind: 'config_invalid'; readonly problems: readonly string[] }
  | { readonly kind: 'layout_mismatch'; readonly config: Config; readonly problem: string };

export async function readinessOf(env: Cloudflare.Env): Promise<Readiness> {
  const checked = isolateConfig(env);
  if (!checked.ok) return { kind: 'config_invalid', problems: checked.problems };
  const { config } = checked;
  const problem = await layoutProblem(env, config);
  return problem === null
    ? { kind: 'ready', config }
    : { kind: 'layout_mismatch', config, problem };
}

/** The outbox shard that is in no layout: it keeps the one in force, and the incidents that were told. */
export function layoutShard(env: Cloudflare.Env) {
  return env.OUTBOX.getByName('layout');
}

let checkedFor: string | null = null;

/** Null when the stored layout is the configured one; else what to do about it. */
async function layoutProblem(env: Cloudflare.Env, wanted: Layout): Promise<string | null> {
  const { shards, jurisdiction } = wanted;
  const key = JSON.stringify({ shards, jurisdiction });
  if (checkedFor === key) return null;
  const stored = await callShard(
    () => layoutShard(env),
    (shard) => shard.layout({ shards, jurisdiction }),
  );
  if (stored.shards !== shards || stored.jurisdiction !== jurisdiction) return mismatch(stored);
  checkedFor = key;
  return null;
}

function mismatch(stored: Layout): string {
  const jurisdiction = stored.jurisdiction ?? '';
  return `people are stored under SHARDS=${stored.shards} and JURISDICTION="${jurisdiction}": set these again`;
}
