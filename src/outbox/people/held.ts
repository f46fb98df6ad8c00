// What an outbox shard holds about one person, a page at once: their rows, what is parked about them, and their entries in
// the journal, sent or not. Read-only.

import { heldRow, HELD_PAGE_MAX, sizeOf } from '../../platform/held.ts';
import type { Held, HeldPage } from '../../platform/held.ts';
import type { Entry } from '../journal/entry.ts';
import type { Storage } from '../storage.ts';
import { personKey } from './table.ts';

/** One call makes so many searches of the journal: some hundred milliseconds. */
const SEARCHES_MAX = 20;
const SEARCH = { rolls: 1000, most: 100 };

/** `after`: empty to begin with, then what the page before named: a number behind `parked:` or `journal:`. */
export function heldPage(storage: Storage, userId: string, after: string): HeldPage {
  const person = personKey(userId);
  const [place, number] = after.split(':');
  const seq = Number(number ?? 0);
  switch (place) {
    case 'journal':
      return journalPage(storage, person, seq);
    case 'parked':
      return parkedPage(storage, person, seq);
    default:
      return { held: storage.tables().held(person), next: 'parked:0' };
  }
}

function parkedPage(storage: Storage, person: string, after: number): HeldPage {
  const held: Held[] = [];
  let row = storage.tables().parked.nextOf(person, after);
  while (row !== null) {
    held.push(heldRow('parked', row));
    if (sizeOf(held) > HELD_PAGE_MAX) return { held, next: `parked:${row.seq}` };
    row = storage.tables().parked.nextOf(person, row.seq);
  }
  return { held, next: 'journal:0' };
}

/** A page may be empty and not the last one. */
function journalPage(storage: Storage, person: string, after: number): HeldPage {
  const held: Held[] = [];
  let seq = after;
  for (let searches = 0; searches < SEARCHES_MAX && sizeOf(held) < HELD_PAGE_MAX; searches += 1) {
    const { entries, next } = storage.tables().journal.entriesOf(person, seq, SEARCH);
    held.push(...entries.map((entry) => heldRow('journal', shownEntry(entry, storage))));
    if (next === null) return { held, next: null };
    seq = next;
  }
  return { held, next: `journal:${seq}` };
}

function shownEntry({ seq, at, isRemoval, messages, webhook }: Entry, storage: Storage) {
  const isDelivered = seq <= storage.delivery().cursor.seq;
  return { seq, at, isRemoval, isDelivered, messages, webhook: webhook ?? null };
}
