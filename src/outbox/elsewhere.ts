// What a deletion asks of the other shards, behind Cloudflare's namespaces.

import type { Config } from '../config/config.ts';
import { namespaceIn } from '../platform/namespaces.ts';
import type { Asking } from '../platform/parts.ts';
import { callShard, shardNames } from '../platform/shards.ts';
import type { Elsewhere } from './capability.ts';
import { acceptByShard } from './people/by-shard.ts';

export function elsewhereOf(env: Cloudflare.Env, configOf: () => Config): Elsewhere {
  const outbox: Asking<ReturnType<Cloudflare.Env['OUTBOX']['getByName']>> = (name, call) =>
    callShard(() => namespaceIn(env.OUTBOX, configOf()).getByName(name), call);
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
    acceptMany: (arrivals) => acceptByShard({ layout: configOf, outbox }, arrivals),
  };
}
