// Figures: how every shard is, asked once each. Status and metrics are made of them.

import type { Config } from '../config/config.ts';
import type { LinksHealth } from '../links/figures.ts';
import type { ShardHealth } from '../outbox/capabilities.ts';
import { namespaceIn } from '../platform/namespaces.ts';
import { shardNames } from '../platform/shards.ts';

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
  return Promise.all(
    shardNames(config).map(async (name) => {
      const [outbox, links] = await Promise.all([
        namespaceIn(env.OUTBOX, config).getByName(name).health(),
        namespaceIn(env.LINKS, config).getByName(name).health(),
      ]);
      return { name, outbox, links };
    }),
  );
}
