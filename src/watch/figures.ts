// Figures: how every shard is, asked once each. Health, status and metrics are made of them.

import type { Config } from '../config/config.ts';
import type { LinksHealth } from '../links/calls.ts';
import type { ShardHealth } from '../outbox/capabilities.ts';
import { namespaceIn } from '../platform/namespaces.ts';
import { shardName } from '../platform/shards.ts';

export type ShardFigures = {
  readonly name: string;
  readonly outbox: ShardHealth;
  readonly links: LinksHealth;
};

/** Two requests per shard. */
export async function figuresOf(
  env: Cloudflare.Env,
  config: Config,
): Promise<readonly ShardFigures[]> {
  const names = Array.from({ length: config.shards }, (_, index) => shardName(index));
  return Promise.all(
    names.map(async (name) => {
      const [outbox, links] = await Promise.all([
        namespaceIn(env.OUTBOX, config).getByName(name).health(),
        namespaceIn(env.LINKS, config).getByName(name).health(),
      ]);
      return { name, outbox, links };
    }),
  );
}
