// The layout record: `SHARDS` and `JURISDICTION` are fixed at first use. It stands outside any jurisdiction, so that
// a changed jurisdiction finds it. Each isolate asks once.

import { callShard } from '../platform/shards.ts';
import type { Layout } from '../platform/shards.ts';
import type { Config } from './config.ts';

let checkedFor: string | null = null;

/** Null when the stored layout is the configured one; else what to do about it. */
export async function layoutProblem(env: Cloudflare.Env, config: Config): Promise<string | null> {
  const { shards, jurisdiction } = config;
  const wanted = { shards, jurisdiction };
  const key = JSON.stringify(wanted);
  if (checkedFor === key) return null;
  const stored = await callShard(
    () => env.OUTBOX.getByName('layout'),
    (outbox) => outbox.layout(wanted),
  );
  if (stored.shards !== shards || stored.jurisdiction !== jurisdiction) return mismatch(stored);
  checkedFor = key;
  return null;
}

function mismatch(stored: Layout): string {
  const jurisdiction = stored.jurisdiction ?? '';
  return `people are stored under SHARDS=${stored.shards} and JURISDICTION="${jurisdiction}": set these again`;
}
