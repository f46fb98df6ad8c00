// Many events at once, for people of any shard: each shard is asked once, and the answers come back in the order of the events.

import { byShard, costOf, inEach, inOrder } from '../../platform/parts.ts';
import type { Asking } from '../../platform/parts.ts';
import type { Layout } from '../../platform/shards.ts';
import type { Arrival, Taken } from './arrival.ts';

type Outboxes = {
  readonly layout: () => Layout;
  readonly outbox: Asking<{
    readonly acceptMany: (arrivals: readonly Arrival[]) => Promise<Taken>;
  }>;
};

/** May be repeated. */
export async function acceptByShard(
  { layout, outbox }: Outboxes,
  arrivals: readonly Arrival[],
): Promise<Taken> {
  const parts = byShard(arrivals, ({ userId }) => userId, layout());
  const answers = await inEach(parts, (name, members) =>
    outbox(name, async (shard) => shard.acceptMany(members)),
  );
  const takings = answers.map((answer) => answer.takings);
  return { takings: inOrder(parts, takings), ...costOf(answers) };
}
