// The journal's tables, one for each hour that has any entry, oldest first, with one sequence over all of them. Hours and
// days are numbered since 1970 (UTC). Release 0.1.0 had a table a day: its numbers are smaller than any hour's, so they
// come first, and are never taken for hours. That release, after a step back, takes an hour for a day far ahead and goes on in it.

import { addNumbered, dropNumbered, numbersOf } from '../../platform/migrations.ts';
import type { Migrations } from '../../platform/migrations.ts';
import type { Run } from '../../platform/sql.ts';
import { column } from '../../platform/steps.ts';
import { DAY_MS, HOUR_MS } from '../../platform/time.ts';

/** From here on a number is an hour: hours have been above it since 1981, days will be in 2243. */
const HOURS_FROM = 100_000;

export const JOURNAL: Migrations = {
  name: 'journal',
  isNumbered: true,
  steps: [
    (table) =>
      `CREATE TABLE IF NOT EXISTS ${table}
        (seq INTEGER PRIMARY KEY, at INTEGER, person TEXT, removal INTEGER, messages TEXT)`,
    column('roll TEXT'),
    column('webhook TEXT'),
  ],
};

export type Slots = ReturnType<typeof openSlots>;

export function openSlots(run: Run) {
  const numbers = numbersOf(run, JOURNAL.name);
  const firstSeqs = new Map<number, number>();

  /** It never changes while the table stands; infinite where it has no entry. */
  function firstSeqOf(number: number): number {
    const known = firstSeqs.get(number);
    if (known !== undefined) return known;
    const first = run(`SELECT MIN(seq) AS first FROM ${tableOf(number)}`)[0]?.['first'];
    if (typeof first !== 'number') return Infinity;
    firstSeqs.set(number, first);
    return first;
  }

  /** The newest entry of all; 0 where there is none. */
  function newestSeq(): number {
    for (const number of numbers.toReversed()) {
      const newest = run(`SELECT MAX(seq) AS newest FROM ${tableOf(number)}`)[0]?.['newest'];
      if (typeof newest === 'number') return newest;
    }
    return 0;
  }

  /** The tables with the entries behind `from` up to `to`, oldest first. From the newest on, where nearly all reads are. */
  function over(from: number, to: number): string[] {
    const found: string[] = [];
    for (const number of numbers.toReversed()) {
      const first = firstSeqOf(number);
      if (first <= to) found.unshift(tableOf(number));
      if (first <= from + 1) break;
    }
    return found;
  }

  /** Where what is accepted at `at` goes. Never before the newest one: clocks go back, sequences do not. */
  function tableFor(at: number): string {
    const number = Math.max(hourOf(at), numbers.at(-1) ?? 0);
    if (numbers.at(-1) !== number) {
      addNumbered(run, JOURNAL, number);
      numbers.push(number);
    }
    return tableOf(number);
  }

  /** The oldest table: when it ends, and the first entry behind it; null where it is the newest one, too. */
  function oldest() {
    const [number, next] = numbers;
    if (number === undefined) return null;
    return {
      first: firstSeqOf(number),
      endsAt: endOf(number),
      next: next === undefined ? null : firstSeqOf(next),
    };
  }

  function dropOldest(): void {
    const number = numbers.shift();
    if (number === undefined) return;
    dropNumbered(run, JOURNAL, number);
    firstSeqs.delete(number);
  }

  return { newestSeq, over, tableFor, oldest, dropOldest };
}

function tableOf(number: number): string {
  return `${JOURNAL.name}_${number}`;
}

function hourOf(at: number): number {
  return Math.max(HOURS_FROM, Math.floor(at / HOUR_MS));
}

/** Unix milliseconds. */
function endOf(number: number): number {
  return (number + 1) * (number < HOURS_FROM ? DAY_MS : HOUR_MS);
}
