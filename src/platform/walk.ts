// A walk through a table that no index orders by time: a slice at each visit, in the order of its key, and from the beginning
// again a day later. So what is past goes within days, at the cost of one row written for a visit; an index by time would cost one
// for each row of the table. Synchronous.

import { openRecord } from './records.ts';
import type { Run } from './sql.ts';
import { DAY_MS } from './time.ts';

/** Rows looked at by one visit: some milliseconds. */
const SLICE_ROWS = 5000;

type Walked = {
  readonly records: 'state' | 'tally';
  readonly table: string;
  /** The first column of its primary key. */
  readonly key: string;
  /** Which of its rows may go: a condition with one parameter. */
  readonly past: string;
};

/** Behind which key it goes on; empty between two walks. `begunAt` in Unix milliseconds. */
type Place = { readonly after: string; readonly begunAt: number };

export function openWalk(run: Run, { records, table, key, past }: Walked) {
  const record = openRecord<Place>(run, records, `walk_${table}`);

  /** Drops what is past by `at`, in the slice that is next. Times in Unix milliseconds. */
  return (at: number, now: number): void => {
    const { after, begunAt } = record.read() ?? { after: '', begunAt: 0 };
    if (after === '' && now - begunAt < DAY_MS) return;
    const end = endOfSlice(after);
    const theirs = `DELETE FROM ${table} WHERE ${key} > ?`;
    if (end === null) run(`${theirs} AND ${past}`, after, at);
    else run(`${theirs} AND ${key} <= ? AND ${past}`, after, end, at);
    record.save({ after: end ?? '', begunAt: after === '' ? now : begunAt });
  };

  /** Null: it ends with the table. */
  function endOfSlice(after: string): string | null {
    const query = `SELECT ${key} AS key FROM ${table} WHERE ${key} > ? ORDER BY ${key} LIMIT 1 OFFSET ?`;
    const end = run(query, after, SLICE_ROWS - 1)[0]?.['key'];
    return typeof end === 'string' ? end : null;
  }
}
