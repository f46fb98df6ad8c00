// The journal: accepted messages in order, a table a day with one sequence over all of them. Append-only; a day is
// dropped whole, because dropping a table costs nothing while deleting its rows costs one write each. Nothing here is
// ever read whole.

import { addNumbered, dropNumbered, numbersOf } from '../../platform/migrations.ts';
import type { Migrations } from '../../platform/migrations.ts';
import { textOf } from '../../platform/sql.ts';
import type { Run } from '../../platform/sql.ts';
import { DAY_MS } from '../../platform/time.ts';
import { entryOf } from './entry.ts';
import type { Entry, Row } from './entry.ts';
import { openSearch } from './search.ts';

/** How much is read at once. Bytes are counted as characters of JSON: near enough to keep memory small. */
type ReadLimit = { readonly count: number; readonly bytes?: number };

/** Entries read by one statement. */
const PAGE_ENTRIES = 50;

export const JOURNAL: Migrations = {
  name: 'journal',
  isNumbered: true,
  steps: [
    (table) =>
      `CREATE TABLE IF NOT EXISTS ${table}
        (seq INTEGER PRIMARY KEY, at INTEGER, person TEXT, removal INTEGER, messages TEXT)`,
  ],
};

export function openJournal(run: Run) {
  const days = numbersOf(run, JOURNAL.name);
  let lastSeq = newestSeq(run, days);

  function append(entry: Omit<Entry, 'seq'>): void {
    const { at, person, isRemoval, messages } = entry;
    const seq = lastSeq + 1;
    run(
      `INSERT INTO journal_${dayFor(at)} (seq, at, person, removal, messages)
        VALUES (?, ?, ?, ?, ?)`,
      seq,
      at,
      person,
      isRemoval ? 1 : 0,
      JSON.stringify(messages),
    );
    lastSeq = seq;
  }

  /** Never a table before the newest one: clocks go back, sequences do not. */
  function dayFor(at: number): number {
    const day = Math.max(dayOf(at), days.at(-1) ?? 0);
    if (days.at(-1) === day) return day;
    addNumbered(run, JOURNAL, day);
    days.push(day);
    return day;
  }

  /** From the oldest day that has any: a page ends with its day. */
  function pageAfter(seq: number, most: number): Row[] {
    for (const day of days) {
      const rows = run(
        `SELECT * FROM journal_${day} WHERE seq > ? ORDER BY seq LIMIT ?`,
        seq,
        most,
      );
      if (rows.length > 0) return rows;
    }
    return [];
  }

  /** Drops the days before that of `at` that are delivered to the last entry; the newest always stays. */
  function dropBefore(at: number, deliveredSeq: number): void {
    while (days.length > 1 && (days[0] ?? 0) < dayOf(at)) {
      if (newestSeq(run, days.slice(0, 1)) > deliveredSeq) return;
      dropNumbered(run, JOURNAL, days.shift() ?? 0);
    }
  }

  return {
    ...openSearch(run, { days, lastSeq: () => lastSeq }),
    append,
    dropBefore,
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

function newestSeq(run: Run, days: readonly number[]): number {
  for (const day of days.toReversed()) {
    const newest = run(`SELECT MAX(seq) AS newest FROM journal_${day}`)[0]?.['newest'];
    if (typeof newest === 'number') return newest;
  }
  return 0;
}

/** Whole days since 1970 (UTC): the number in a table's name. */
function dayOf(at: number): number {
  return Math.floor(at / DAY_MS);
}
