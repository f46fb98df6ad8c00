// One person's entries in a journal that is ordered by time: found by looking through it, a bounded part at once. Only
// a deletion and the operator are worth that.

import { numberOf } from '../../platform/sql.ts';
import type { Run } from '../../platform/sql.ts';
import { entryOf } from './entry.ts';
import type { Entry } from './entry.ts';

/** `days` is the journal's own list, which grows and shrinks. */
type Journal = { readonly days: readonly number[]; readonly lastSeq: () => number };

/** Looked through, and found, by one call. */
type SliceLimit = { readonly count: number; readonly most: number };

export function openSearch(run: Run, { days, lastSeq }: Journal) {
  /** A person's entries among the `count` behind `seq`, and where the next look begins; null at the end. */
  function entriesOf(person: string, seq: number, count: number) {
    const from = Math.max(seq, oldestSeq() - 1);
    const to = from + count;
    const entries = days.flatMap((day) =>
      run(
        `SELECT * FROM journal_${day} WHERE seq > ? AND seq <= ? AND person = ? AND removal = 0`,
        from,
        to,
        person,
      ).map(entryOf),
    );
    return { entries, next: to < lastSeq() ? to : null };
  }

  /** The same, at most `most` of them, and the entry of their removal, too. */
  function someOf(person: string, seq: number, { count, most }: SliceLimit) {
    const from = Math.max(seq, oldestSeq() - 1);
    const to = from + count;
    const entries: Entry[] = [];
    for (const day of days) {
      const rows = run(
        `SELECT * FROM journal_${day} WHERE seq > ? AND seq <= ? AND person = ? ORDER BY seq LIMIT ?`,
        from,
        to,
        person,
        most - entries.length,
      );
      entries.push(...rows.map(entryOf));
    }
    const last = entries.at(-1);
    const end = entries.length === most && last !== undefined ? last.seq : to;
    return { entries, next: end < lastSeq() ? end : null };
  }

  function oldestSeq(): number {
    const [day] = days;
    if (day === undefined) return 1;
    return numberOf(run(`SELECT MIN(seq) AS oldest FROM journal_${day}`)[0]?.['oldest']);
  }

  /** Takes the messages out of an entry. It stays, because the sequence has no gaps. */
  function empty(seq: number): void {
    for (const day of days) run(`UPDATE journal_${day} SET messages = '[]' WHERE seq = ?`, seq);
  }

  /** The newest entries of a person, looked for among the newest `depth` of the shard. */
  function newestOf(person: string, count: number, depth: number): Entry[] {
    const found: Entry[] = [];
    for (const day of days.toReversed()) {
      const rows = run(
        `SELECT * FROM journal_${day} WHERE person = ? AND seq > ? ORDER BY seq DESC LIMIT ?`,
        person,
        lastSeq() - depth,
        count - found.length,
      );
      found.push(...rows.map(entryOf));
    }
    return found;
  }

  return { entriesOf, someOf, empty, newestOf };
}
