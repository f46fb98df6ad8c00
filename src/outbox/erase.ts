// Erase: what is left of a deleted person once the tombstone stands. The journal is searched in slices, so that
// nothing is ever read whole; then every links shard forgets the id. Runs in the alarm; every step may be repeated.

import type { Decision } from '../log.ts';
import { counted } from './delivery.ts';
import type { Delivery } from './delivery.ts';
import type { Erasure } from './erasures.ts';
import type { Entry } from './journal.ts';
import type { Store } from './store.ts';

/** Entries looked through in one transaction: some ten milliseconds. */
const SLICE_ENTRIES = 5000;

/** One alarm run erases no longer than this, so that delivery goes on. */
const SLICES_PER_RUN = 20;

export type EraseShell = {
  readonly store: () => Store;
  readonly transaction: (write: () => void) => void;
  readonly delivery: () => Delivery;
  /** Keeps the record durably, within the transaction around it. */
  readonly save: (delivery: Delivery) => void;
  /** Makes every links shard forget who was deleted. */
  readonly eraseLinks: (userId: string, at: number) => Promise<void>;
  readonly log: (decision: Decision) => void;
};

export async function erase(shell: EraseShell): Promise<void> {
  for (let slice = 0; slice < SLICES_PER_RUN; slice += 1) {
    const erasure = shell.store().erasures.first();
    if (erasure === null) return;
    if (!erasure.areLinksErased) await eraseLinks(shell, erasure);
    shell.transaction(() => eraseSlice(shell, erasure));
  }
}

async function eraseLinks(shell: EraseShell, { person, userId, at }: Erasure): Promise<void> {
  await shell.eraseLinks(userId, at);
  shell.transaction(() => shell.store().erasures.noteLinksErased(person));
}

function eraseSlice(shell: EraseShell, { person, seq }: Erasure): void {
  const { journal, erasures } = shell.store();
  const { entries, next } = journal.entriesOf(person, seq, SLICE_ENTRIES);
  for (const entry of entries) journal.empty(entry.seq);
  const skipped = entries.reduce((sum, entry) => sum + undelivered(entry, shell.delivery()), 0);
  if (skipped > 0) shell.save(counted(shell.delivery(), { skipped }));
  if (next !== null) {
    erasures.noteSearched(person, next);
    return;
  }
  erasures.finish(person);
  shell.log({ decision: 'erased' });
}

/** Messages that will not be sent any more count as skipped, as they would in the drain. */
function undelivered(entry: Entry, { cursor }: Delivery): number {
  if (entry.seq <= cursor.seq) return 0;
  const done = entry.seq === cursor.seq + 1 ? cursor.part : 0;
  return Math.max(0, entry.messages.length - done);
}
