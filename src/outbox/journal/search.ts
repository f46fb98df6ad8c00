// One person's entries in a journal that is ordered by time. An index would cost a row written for each webhook; instead
// every thousandth entry carries a roll: the beginning of the key of each of the thousand up to it, in their order. So a search
// reads five bytes for each entry, and whole entries only of the person.

import type { Run } from '../../platform/sql.ts';
import { COLUMNS, entryOf } from './entry.ts';
import type { Entry } from './entry.ts';
import type { Slots } from './slots.ts';

/** Entries to a roll: of as many at most whole rows are looked at for the newest ones, which have none yet. */
const ROLL_ENTRIES = 1000;

/** Characters of a key, 30 bits. One roll in a million has the name of another: then an entry is read for nothing. */
const NAME_LENGTH = 5;

/** Rolls called, and entries found, by one search. */
type SearchLimit = { readonly rolls: number; readonly most: number };

export function openSearch(run: Run, slots: Slots, lastSeq: () => number) {
  /** A person's entries behind `seq`, in order, and where the next search begins; null at the end. */
  function entriesOf(person: string, seq: number, { rolls, most }: SearchLimit) {
    const entries: Entry[] = [];
    let from = Math.max(seq, (slots.oldest()?.first ?? 1) - 1);
    for (let called = 0; called < rolls && from < lastSeq(); called += 1) {
      const to = Math.min(endOfRoll(from + 1), lastSeq());
      entries.push(...entriesIn(person, from, to));
      if (entries.length >= most) return cut(entries, most, lastSeq());
      from = to;
    }
    return { entries, next: from < lastSeq() ? from : null };
  }

  /** The newest entries of a person, looked for among the newest `depth` of the shard. */
  function newestOf(person: string, count: number, depth: number): Entry[] {
    const found: Entry[] = [];
    const end = Math.max(lastSeq() - depth, 0);
    let to = lastSeq();
    while (to > end && found.length < count) {
      const from = endOfRoll(to) - ROLL_ENTRIES;
      found.push(...entriesIn(person, from, to).toReversed());
      to = from;
    }
    return found.slice(0, count);
  }

  /** `to`: where a roll ends, or all. */
  function entriesIn(person: string, from: number, to: number): Entry[] {
    const places = placesOf(person, to);
    return places === null
      ? readIn(person, from, to)
      : places.filter((seq) => seq > from).flatMap((seq) => readIn(person, seq - 1, seq));
  }

  /** Which entries have that name on the roll that ends at `seq`. Null: any may. The newest have none yet, nor have those of 0.1.0. */
  function placesOf(person: string, seq: number): number[] | null {
    if (seq % ROLL_ENTRIES !== 0) return null;
    const name = nameOf(person);
    const [table] = slots.over(seq - 1, seq);
    if (table === undefined) return [];
    const query = `SELECT roll FROM ${table} WHERE seq = ? AND (roll IS NULL OR instr(roll, ?) > 0)`;
    const [row] = run(query, seq, name);
    if (row === undefined) return [];
    return placesOn(String(row['roll']), name)?.map((at) => seq - ROLL_ENTRIES + at) ?? null;
  }

  function readIn(person: string, from: number, to: number): Entry[] {
    return slots.over(from, to).flatMap((table) => {
      const query = `SELECT ${COLUMNS} FROM ${table} WHERE seq > ? AND seq <= ? AND person = ? ORDER BY seq`;
      return run(query, from, to, person).map(entryOf);
    });
  }

  /** What the entry `seq` of a person carries; null for most. */
  function rollOf(person: string, seq: number): string | null {
    if (seq % ROLL_ENTRIES !== 0) return null;
    const names = slots
      .over(seq - ROLL_ENTRIES, seq)
      .flatMap((table) =>
        run(`SELECT person FROM ${table} WHERE seq > ? ORDER BY seq`, seq - ROLL_ENTRIES),
      )
      .map((row) => nameOf(String(row['person'])));
    return [...names, nameOf(person)].join('');
  }

  return { search: { entriesOf, newestOf, ...openNumbered(run, slots) }, rollOf };
}

function openNumbered(run: Run, slots: Slots) {
  /** Takes out of an entry what names anybody. It stays, because the sequence has no gaps. */
  function empty(seq: number): void {
    for (const table of slots.over(seq - 1, seq)) {
      run(`UPDATE ${table} SET messages = '[]', webhook = NULL WHERE seq = ?`, seq);
    }
  }

  /** Null where it is gone, or never was. */
  function find(seq: number): Entry | null {
    for (const table of slots.over(seq - 1, seq)) {
      const row = run(`SELECT ${COLUMNS} FROM ${table} WHERE seq = ?`, seq)[0];
      if (row !== undefined) return entryOf(row);
    }
    return null;
  }

  return { find, empty };
}

/** From 1 on. Null: a roll of an older release had each name once, so it says no places where one came twice. */
function placesOn(roll: string, name: string): number[] | null {
  if (roll.length !== ROLL_ENTRIES * NAME_LENGTH) return null;
  return Array.from({ length: ROLL_ENTRIES }, (_, index) => index + 1).filter((at) =>
    roll.startsWith(name, (at - 1) * NAME_LENGTH),
  );
}

/** The first of these numbers that carries a roll. */
function endOfRoll(seq: number): number {
  return Math.ceil(seq / ROLL_ENTRIES) * ROLL_ENTRIES;
}

function nameOf(person: string): string {
  return person.slice(0, NAME_LENGTH);
}

function cut(all: readonly Entry[], most: number, lastSeq: number) {
  const entries = all.slice(0, most);
  const end = entries.at(-1)?.seq ?? 0;
  return { entries, next: end < lastSeq ? end : null };
}
