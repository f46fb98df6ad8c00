// What a deletion asks of the other shards, behind Cloudflare's namespaces.

import type { Config } from '../config/config.ts';
import { isolateNet } from '../platform/cloudflare.ts';
import { namespaceIn } from '../platform/namespaces.ts';
import type { Asking } from '../platform/parts.ts';
import { answerOf } from '../platform/patience.ts';
import { callShard, shardName, shardNames } from '../platform/shards.ts';
import type { Elsewhere } from './capability.ts';
import type { ErasedId } from './erased.ts';
import { acceptByShard } from './people/by-shard.ts';

export function elsewhereOf(env: Cloudflare.Env, configOf: () => Config): Elsewhere {
  const outbox: Asking<ReturnType<Cloudflare.Env['OUTBOX']['getByName']>> = (name, call) =>
    callShard(() => namespaceIn(env.OUTBOX, configOf()).getByName(name), call);
  const world = isolateNet();
  return {
    /** Every links shard: which customers were the person's is written nowhere else. */
    eraseLinks: async (erased) => {
      const config = configOf();
      const links = namespaceIn(env.LINKS, config);
      const answers = await Promise.all(
        shardNames(config).map((name) => answerOf(eraseIn(links.getByName(name), erased), world)),
      );
      return erased.map((_, index) => answers.flatMap((customers) => customers[index] ?? []));
    },
    /** Of any outbox shard, this one too: an unreadable webhook is parked wherever its id falls. */
    forgetParked: (ids, { shard, after }) => {
      const outboxes = namespaceIn(env.OUTBOX, configOf());
      return answerOf(outboxes.getByName(shardName(shard)).forgetParked(ids, after), world);
    },
    acceptMany: (arrivals) => acceptByShard({ layout: configOf, outbox }, arrivals),
  };
}

type LinksStub = ReturnType<Cloudflare.Env['LINKS']['getByName']>;

/** One alone is asked for as the release before would be, whose objects may run for minutes; the first release's answer nothing. */
async function eraseIn(
  links: LinksStub,
  erased: readonly ErasedId[],
): Promise<readonly (readonly string[])[]> {
  const [first, ...others] = erased;
  if (first === undefined) return [];
  if (others.length > 0) return links.eraseMany(erased);
  const customers: readonly string[] | undefined = await links.erase(first.userId, first.at);
  return [customers ?? []];
}
