// The journal: accepted messages in order, a table an hour with one sequence over all of them. Append-only; an hour is
// dropped whole, because dropping a table costs nothing while deleting its rows costs one write each. Nothing here is
// ever read whole.

import { textOf } from '../../platform/sql.ts';
import type { Run } from '../../platform/sql.ts';
import { COLUMNS, entryOf } from './entry.ts';
import type { Entry, Row } from './entry.ts';
import { openSearch } from './search.ts';
import { openSlots } from './slots.ts';

/** How much is read at once. Bytes are counted as characters of JSON: near enough to keep memory small. */
type ReadLimit = { readonly count: number; readonly bytes?: number };

/** Entries read by one statement. */
const PAGE_ENTRIES = 50;

/** `passedSeq`: how far the cursor has come. Where all tables are dropped the sequence goes on from there. */
export type Journal = ReturnType<typeof openJournal>;

export function openJournal(run: Run, passedSeq: number) {
  const slots = openSlots(run);
  let lastSeq = Math.max(slots.newestSeq(), passedSeq);
  const { search, rollOf } = openSearch(run, slots, () => lastSeq);

  function append({ at, person, isRemoval, messages, webhook }: Omit<Entry, 'seq'>): void {
    const seq = lastSeq + 1;
    const roll = rollOf(person, seq);
    run(
      `INSERT INTO ${slots.tableFor(at)} (seq, at, person, removal, messages, roll, webhook)
        VALUES (?, ?, ?, ?, ?, ?, ?)`,
      seq,
      at,
      person,
      isRemoval ? 1 : 0,
      JSON.stringify(messages),
      roll,
      webhook === undefined ? null : JSON.stringify(webhook),
    );
    lastSeq = seq;
  }

  /** From the oldest table that has any: a page ends with its table. */
  function pageAfter(seq: number, most: number): Row[] {
    for (const table of slots.over(seq, lastSeq)) {
      const query = `SELECT ${COLUMNS} FROM ${table} WHERE seq > ? ORDER BY seq LIMIT ?`;
      const rows = run(query, seq, most);
      if (rows.length > 0) return rows;
    }
    return [];
  }

  /** Drops what ended before `at` and is delivered to the last entry; the newest table always stays. */
  function dropBefore(at: number, deliveredSeq: number): void {
    while (dropOneBefore(at, deliveredSeq));
  }

  /** Of that the oldest table; false where there is none. */
  function dropOneBefore(at: number, deliveredSeq: number): boolean {
    const oldest = slots.oldest();
    return oldest !== null && oldest.endsAt <= at && dropDelivered(deliveredSeq, 'newest');
  }

  /** Drops the oldest table before its time; false where all of it is not delivered, or it is the `newest` that is kept. */
  function dropDelivered(deliveredSeq: number, kept: 'newest' | 'nothing'): boolean {
    const oldest = slots.oldest();
    if (oldest === null || (oldest.next === null && kept === 'newest')) return false;
    const last = (oldest.next ?? lastSeq + 1) - 1;
    if (last > deliveredSeq) return false;
    slots.dropOldest();
    return true;
  }

  return {
    ...search,
    append,
    dropBefore,
    dropOneBefore,
    dropDelivered,
    /** The entries behind `seq` in order: at most `count`, and no more once they hold `bytes`. */
    entriesAfter: (seq: number, limit: ReadLimit) => readAfter(pageAfter, seq, limit),
    lastSeq: () => lastSeq,
  };
}

function readAfter(
  pageAfter: (seq: number, most: number) => Row[],
  seq: number,
  { count, bytes = Infinity }: ReadLimit,
): Entry[] {
  const found: Entry[] = [];
  let held = 0;
  while (found.length < count && held < bytes) {
    const most = Math.min(PAGE_ENTRIES, count - found.length);
    const page = pageAfter(found.at(-1)?.seq ?? seq, most);
    if (page.length === 0) break;
    for (const row of page) held += textOf(row['messages']).length;
    found.push(...page.map(entryOf));
  }
  return found;
}
