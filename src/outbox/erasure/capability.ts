// Erasure: what is left of a deleted person once the tombstone stands. Every links shard forgets the id, every outbox
// shard what it could not read and what names them, then the journal is searched by its rolls, in slices. Runs in the alarm; every step may be repeated.

import { configIn } from '../capability.ts';
import type { Capability, ShardWorld } from '../capability.ts';
import { withCounts } from '../delivery/record.ts';
import type { Delivery } from '../delivery/record.ts';
import type { Entry } from '../journal/entry.ts';
import type { Erasure } from './table.ts';

/** One transaction: some ten milliseconds. */
const SLICE = { rolls: 1000, most: 500 };

/** One alarm run erases no longer than this, so that delivery goes on. */
const SLICES_PER_RUN = 20;

/** Due at once: it does not wait until Customer.io may be asked again. */
export const erasure = {
  name: 'erasure',
  dueAt: ({ storage }) => (storage.tables().erasures.first() === null ? null : 0),
  run: eraseSome,
} satisfies Capability;

async function eraseSome(world: ShardWorld): Promise<void> {
  for (let slice = 0; slice < SLICES_PER_RUN; slice += 1) {
    const first = world.storage.tables().erasures.first();
    if (first === null || world.requests.areSpentOnErasures()) return;
    if (!first.areLinksErased) {
      await eraseLinks(world, first);
      continue;
    }
    if (!first.isParkedForgotten) await forgetParked(world, first);
    eraseSlice(world, first);
  }
}

async function eraseLinks(world: ShardWorld, begun: Erasure): Promise<void> {
  const { person, userId, at, knownBy } = begun;
  world.requests.addForErasure(configIn(world).shards);
  const customers = await world.eraseLinks(userId, at);
  const all = [...new Set([...knownBy, ...customers])];
  world.storage.tables().erasures.noteLinksErased(person, all);
}

async function forgetParked(world: ShardWorld, { person, knownBy }: Erasure): Promise<void> {
  world.requests.addForErasure(configIn(world).shards);
  await world.forgetParked(knownBy);
  world.storage.tables().erasures.noteParkedForgotten(person);
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
