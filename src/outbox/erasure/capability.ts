// Erasure: what is left of a deleted person once the tombstone stands and every other shard knows (telling.ts). The journal is
// searched by its rolls, in slices. Runs in the alarm; every slice may be repeated.

import type { Capability, ShardWorld } from '../capability.ts';
import { withCounts } from '../delivery/record.ts';
import type { Delivery } from '../delivery/record.ts';
import type { Entry } from '../journal/entry.ts';
import { orLater } from './postpone.ts';
import type { Erasure } from './table.ts';

/** One transaction: some ten milliseconds. */
const SLICE = { rolls: 1000, most: 500 };

/** One alarm run searches no longer and no more than this, so that delivery goes on. */
const RUN_MS_MAX = 100;
const SLICES_PER_RUN = 100;

/** Due at once: it does not wait until Customer.io may be asked again. */
export const erasure = {
  name: 'erasure',
  dueAt: ({ storage }) => storage.tables().erasures.nextAt(true),
  run: eraseSome,
} satisfies Capability;

async function eraseSome(world: ShardWorld): Promise<void> {
  const { platform, storage } = world;
  const until = platform.now() + RUN_MS_MAX;
  for (let slice = 0; slice < SLICES_PER_RUN && platform.now() <= until; slice += 1) {
    const [first] = storage.tables().erasures.due(true, platform.now(), 1);
    if (first === undefined) return;
    await orLater(world, [first], () => eraseSlice(world, first));
    // Whoever brings a webhook gets in between.
    await platform.wait(0);
  }
}

function eraseSlice({ storage, platform }: ShardWorld, { person, seq }: Erasure): void {
  const isDone = storage.transaction(({ journal, erasures }) => {
    const found = journal.entriesOf(person, seq, SLICE);
    const { next } = found;
    const entries = found.entries.filter(({ isRemoval }) => !isRemoval);
    const skipped = entries.reduce((sum, entry) => sum + undelivered(entry, storage.delivery()), 0);
    for (const entry of entries) journal.empty(entry.seq);
    if (skipped > 0) storage.save(withCounts(storage.delivery(), { skipped }));
    if (next === null) erasures.finish(person);
    else erasures.noteSearched(person, next);
    return next === null;
  });
  if (isDone) platform.log({ stage: 'outbox', decision: 'erased', shard: platform.name });
}

/** Messages that will not be sent any more count as skipped, as they would in the drain. */
function undelivered(entry: Entry, { cursor }: Delivery): number {
  if (entry.seq <= cursor.seq) return 0;
  const done = entry.seq === cursor.seq + 1 ? cursor.part : 0;
  return Math.max(0, entry.messages.length - done);
}
