// Erase: what is left of a deleted person once the tombstone stands. The journal is searched in slices, so that
// nothing is ever read whole; then every links shard forgets the id. Runs in the alarm; every step may be repeated.

import { faultOf } from '../../platform/log.ts';
import type { Platform } from '../../platform/platform.ts';
import { counted } from '../delivery/record.ts';
import type { Delivery } from '../delivery/record.ts';
import type { Entry } from '../journal/journal.ts';
import type { Tables } from '../storage.ts';
import type { Erasure } from './table.ts';

/** Entries looked through in one transaction: some ten milliseconds. */
const SLICE_ENTRIES = 5000;

/** One alarm run erases no longer than this, so that delivery goes on. */
const SLICES_PER_RUN = 20;

/** After an erasure that met a fault. */
const AGAIN_MS = 30_000;

/** Makes every links shard forget who was deleted. */
export type EraseLinks = (userId: string, at: number) => Promise<void>;

type EraseShell = {
  readonly platform: Platform;
  readonly tables: Tables;
  readonly eraseLinks: EraseLinks;
};

export type Erasing = ReturnType<typeof openErasing>;

/** The erasures of one shard. Their faults are their own: delivery goes on. */
export function openErasing(shell: EraseShell) {
  const { tables, platform } = shell;
  let notBefore = 0;

  async function run(): Promise<void> {
    if (platform.now() < notBefore) return;
    try {
      await erase(shell);
    } catch (error) {
      notBefore = platform.now() + AGAIN_MS;
      const fault = faultOf(error);
      platform.log({ stage: 'outbox', decision: 'erase_failed', shard: platform.name, fault });
    }
  }

  return { run, dueAt: () => (tables.store().erasures.first() === null ? [] : [notBefore]) };
}

async function erase(shell: EraseShell): Promise<void> {
  for (let slice = 0; slice < SLICES_PER_RUN; slice += 1) {
    const erasure = shell.tables.store().erasures.first();
    if (erasure === null) return;
    if (!erasure.areLinksErased) await eraseLinks(shell, erasure);
    eraseSlice(shell, erasure);
  }
}

async function eraseLinks(shell: EraseShell, { person, userId, at }: Erasure): Promise<void> {
  await shell.eraseLinks(userId, at);
  shell.tables.store().erasures.noteLinksErased(person);
}

function eraseSlice({ tables, platform }: EraseShell, { person, seq }: Erasure): void {
  const isDone = tables.transaction(({ journal, erasures }) => {
    const { entries, next } = journal.entriesOf(person, seq, SLICE_ENTRIES);
    const skipped = entries.reduce((sum, entry) => sum + undelivered(entry, tables.delivery()), 0);
    for (const entry of entries) journal.empty(entry.seq);
    if (skipped > 0) tables.save(counted(tables.delivery(), { skipped }));
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
