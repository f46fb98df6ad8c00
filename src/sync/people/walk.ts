// Walking all people: shard by shard, and in each by the order of keys. The cursor names both, so a walk goes on where it was.

import { shardName, shardNames } from '../../platform/shards.ts';
import type { Layout } from '../../platform/shards.ts';

/** `after` is the key behind which the next page begins. */
type Place = { readonly shard: number; readonly after: string };

/** Null: it begins. `from`: the key behind which each shard is begun. */
export function placeOf(cursor: string | null, from = ''): Place & { readonly name: string } {
  const [, shard = '0', after = from] = /^(\d+)\.(.*)$/.exec(cursor ?? '') ?? [];
  return { shard: Number(shard), after, name: shardName(Number(shard)) };
}

/** `next` as the shard has answered: null where it has no more. Null: all of them are walked. */
export function cursorAfter(
  { shard }: Place,
  next: string | null,
  walk: { readonly layout: Layout; readonly from?: string },
): string | null {
  if (next !== null) return `${shard}.${next}`;
  const isLast = shard + 1 >= shardNames(walk.layout).length;
  return isLast ? null : `${shard + 1}.${walk.from ?? ''}`;
}
