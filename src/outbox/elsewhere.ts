// What a deletion asks of the other shards, behind Cloudflare's namespaces.

import type { Config } from '../config/config.ts';
import { namespaceIn } from '../platform/namespaces.ts';
import { shardNames } from '../platform/shards.ts';
import type { Elsewhere } from './capability.ts';

export function elsewhereOf(env: Cloudflare.Env, configOf: () => Config): Elsewhere {
  return {
    /** Every links shard: which customers were the person's is written nowhere else. */
    eraseLinks: async (userId, at) => {
      const config = configOf();
      const links = namespaceIn(env.LINKS, config);
      const customers = await Promise.all(
        shardNames(config).map(async (name) => links.getByName(name).erase(userId, at)),
      );
      // An object of the first release answers nothing.
      return customers.flatMap((each: readonly string[] | undefined) => each ?? []);
    },
    /** Every outbox shard, this one too: an unreadable webhook is parked wherever its id falls. */
    forgetParked: async (ids) => {
      const config = configOf();
      const outboxes = namespaceIn(env.OUTBOX, config);
      for (const name of shardNames(config)) {
        let after: number | null = 0;
        while (after !== null) after = await outboxes.getByName(name).forgetParked(ids, after);
      }
    },
  };
}
