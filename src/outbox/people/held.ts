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

/** `after`: empty to begin with, then what the page before named: a number behind `parked:` or `journal:`, an id behind `purchases:`. */
export function heldPage(storage: Storage, userId: string, after: string): HeldPage {
  const person = personKey(userId);
  const [place, behind = ''] = after.split(':');
  const seq = Number(behind);
  switch (place) {
    case 'journal':
      return journalPage(storage, person, seq);
    case 'parked':
      return parkedPage(storage, person, seq);
    case 'purchases':
      return purchasesPage(storage, person, behind);
    default:
      return { held: storage.tables().held(person), next: 'purchases:' };
  }
}

function purchasesPage(storage: Storage, person: string, after: string): HeldPage {
  const { purchases } = storage.tables();
  const held: Held[] = [];
  let row = purchases.heldNext(person, after);
  while (row !== null) {
    const { id, ...shown } = row;
    held.push(shown);
    if (sizeOf(held) > HELD_PAGE_MAX) return { held, next: `purchases:${id}` };
    row = purchases.heldNext(person, id);
  }
  return { held, next: 'parked:0' };
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
  const holds = new Set(
    storage
      .tables()
      .holds.placesOf(person)
      .map((place) => place.seq),
  );
  const isDelivered = (at: number) => at <= storage.delivery().cursor.seq && !holds.has(at);
  let seq = after;
  for (let searches = 0; searches < SEARCHES_MAX && sizeOf(held) < HELD_PAGE_MAX; searches += 1) {
    const { entries, next } = storage.tables().journal.entriesOf(person, seq, SEARCH);
    held.push(...entries.map((entry) => heldRow('journal', shownEntry(entry, isDelivered))));
    if (next === null) return { held, next: null };
    seq = next;
  }
  return { held, next: `journal:${seq}` };
}

/** Not delivered either: what the cursor has passed while its person was held. */
function shownEntry(entry: Entry, isDelivered: (seq: number) => boolean) {
  const { seq, at, isRemoval, messages, webhook = null } = entry;
  return { seq, at, isRemoval, isDelivered: isDelivered(seq), messages, webhook };
}
