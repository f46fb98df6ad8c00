// What the Worker's own `eraseLinks` does, for worlds without namespaces: every links shard is asked once for all who were deleted.

import type { ErasedId } from '../../src/outbox/erased.ts';

type LinksShard = {
  readonly eraseMany: (erased: readonly ErasedId[]) => string[][] | Promise<string[][]>;
};

export async function eraseInEach(
  erased: readonly ErasedId[],
  shards: readonly LinksShard[],
): Promise<string[][]> {
  const answers = await Promise.all(shards.map(async (shard) => shard.eraseMany(erased)));
  return erased.map((_, index) => answers.flatMap((customers) => customers[index] ?? []));
}
