// From journal entries to one request: which messages come next, and how they go over the wire. Pure.

import { BATCH_BYTES_MAX, utf8Bytes } from '../../customerio/limits.ts';
import type { Message } from '../../person/message.ts';
import type { Entry } from '../journal/entry.ts';

/** Room for `{"batch":[]}`. */
const BATCH_ENVELOPE_BYTES = 16;

/** Messages in one batch at most: Customer.io names no number, 500 KB is the real limit. */
export const BATCH_MESSAGES_MAX = 500;

/** Read at once: about one full batch, and never much more, whatever waits. */
export const READ_MAX = { count: BATCH_MESSAGES_MAX, bytes: BATCH_BYTES_MAX } as const;

/** Where delivery stands: all entries up to `seq`, and the first `part` messages of the one after it. */
export type Cursor = { readonly seq: number; readonly part: number };

/** Where a message stands in the journal. */
export type Place = { readonly seq: number; readonly part: number };

/** One message still to be delivered; `next` is the cursor once it has been. */
export type Item = Place & {
  readonly person: string;
  readonly isRemoval: boolean;
  readonly message: Message;
  readonly bytes: number;
  readonly next: Cursor;
};

export function isPassed({ seq, part }: Place, cursor: Cursor): boolean {
  return seq <= cursor.seq || (seq === cursor.seq + 1 && part < cursor.part);
}

type Plan = {
  readonly items: readonly Item[];
  /** Where the cursor may go when all items are done: behind what was skipped at the end, too. */
  readonly end: Cursor;
  /** Messages left out because their person is erased. */
  readonly skipped: number;
};

/** Takes messages in journal order until the batch is full or holds `most`; at least one, however large. */
export function planBatch(
  entries: readonly Entry[],
  cursor: Cursor & { readonly most?: number },
  isErased: (person: string) => boolean,
): Plan {
  const left = new Set(entries.filter((entry) => !entry.isRemoval && isErased(entry.person)));
  const candidates = entries
    .filter((entry) => !left.has(entry))
    .flatMap((entry) => itemsOf(entry, cursor));
  const items = candidates.slice(
    0,
    Math.min(fitting(candidates), cursor.most ?? BATCH_MESSAGES_MAX),
  );
  const isAll = items.length === candidates.length;
  const passed = { seq: entries.at(-1)?.seq ?? cursor.seq, part: 0 };
  const end = isAll ? passed : (items.at(-1)?.next ?? cursor);
  const skipped = [...left]
    .filter((entry) => entry.seq <= end.seq)
    .reduce((sum, entry) => sum + itemsOf(entry, cursor).length, 0);
  return { items, end, skipped };
}

function fitting(candidates: readonly Item[]): number {
  let bytes = BATCH_ENVELOPE_BYTES;
  const full = candidates.findIndex((item, index) => {
    bytes += item.bytes + 1;
    return index > 0 && (bytes > BATCH_BYTES_MAX || index >= BATCH_MESSAGES_MAX);
  });
  return full < 0 ? candidates.length : full;
}

function itemsOf(entry: Entry, cursor: Cursor): Item[] {
  // Sequences have no gaps, so the entry that is partly delivered is the very next one.
  const done = entry.seq === cursor.seq + 1 ? cursor.part : 0;
  return entry.messages
    .map((message, index) => ({
      person: entry.person,
      isRemoval: entry.isRemoval,
      message,
      bytes: utf8Bytes(JSON.stringify(message)),
      seq: entry.seq,
      part: index,
      next:
        index === entry.messages.length - 1
          ? { seq: entry.seq, part: 0 }
          : { seq: entry.seq - 1, part: index + 1 },
    }))
    .slice(done);
}

/**
 * The messages of a slice as they are sent: of several identifies of one person only the newest, where the first
 * of them stood, so that what happened finds the newest traits.
 */
export function foldIdentifies(items: readonly Pick<Item, 'person' | 'message'>[]): Message[] {
  const newest = new Map<string, Message>();
  for (const { person, message } of items) {
    if (message.type === 'identify') newest.set(person, message);
  }
  const folded: Message[] = [];
  for (const { person, message } of items) {
    const identify = newest.get(person);
    if (message.type !== 'identify') folded.push(message);
    else if (identify !== undefined) {
      folded.push(identify);
      newest.delete(person);
    }
  }
  return folded;
}
