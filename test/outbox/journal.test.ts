// The journal by itself: tables of an hour behind those of a day that release 0.1.0 made, and one person's entries found by
// rolls. What a search reads is counted.

import { DatabaseSync } from 'node:sqlite';

import { describe, expect, it } from 'vitest';

import { platformOver } from '../../src/cli/node-sqlite.ts';
import { JOURNAL } from '../../src/outbox/journal/slots.ts';
import { openJournal } from '../../src/outbox/journal/table.ts';
import { personKey } from '../../src/outbox/people/table.ts';
import { migrate, numbersOf } from '../../src/platform/migrations.ts';
import { countingRun } from '../../src/platform/sql.ts';
import type { Run } from '../../src/platform/sql.ts';

const HOUR = 3_600_000;
const START = Date.UTC(2026, 10, 24);
const ADA = personKey('user_ada');
const ALL = { rolls: 1000, most: 1000 };

function open() {
  const platform = platformOver(new DatabaseSync(':memory:'));
  const read = { statements: 0, rows: 0 };
  const plain = countingRun(platform.sql, () => undefined);
  const run: Run = (query, ...bindings) => {
    const rows = plain(query, ...bindings);
    read.statements += 1;
    read.rows += rows.length;
    return rows;
  };
  const reopened = (passedSeq = 0) => {
    migrate(run, platform.transaction, [JOURNAL]);
    return openJournal(run, passedSeq);
  };
  return { run, read, reopened, tables: () => numbersOf(run, 'journal') };
}

/** `count` entries in so many hours, one of each 700 Ada's. */
function fill(journal: ReturnType<typeof openJournal>, count: number, hours: number): number[] {
  const hers: number[] = [];
  for (let made = 1; made <= count; made += 1) {
    const person = made % 700 === 350 ? ADA : personKey(`user_${made % 97}`);
    const at = START + Math.floor((made * hours) / count) * HOUR;
    journal.append({ at, person, isRemoval: false, messages: [] });
    if (person === ADA) hers.push(journal.lastSeq());
  }
  return hers;
}

const seqs = (entries: readonly { readonly seq: number }[]) => entries.map(({ seq }) => seq);

describe('a journal', () => {
  it('finds all of a person, in order, in parts and from the newest on', () => {
    const { reopened, tables } = open();
    const journal = reopened();
    const hers = fill(journal, 12_345, 7);
    expect(tables()).toHaveLength(7 + 1);
    expect(seqs(journal.entriesOf(ADA, 0, ALL).entries)).toEqual(hers);
    const found: number[] = [];
    let next: number | null = 0;
    while (next !== null) {
      const part = reopened().entriesOf(ADA, next, { rolls: 2, most: 2 });
      found.push(...seqs(part.entries));
      next = part.next;
    }
    expect(found).toEqual(hers);
    expect(seqs(journal.newestOf(ADA, 3, 10_000))).toEqual(hers.slice(-3).toReversed());
  });

  it('reads for somebody who is not there one roll for a thousand entries', () => {
    const { reopened, read } = open();
    const journal = reopened();
    fill(journal, 20_000, 3);
    read.statements = 0;
    read.rows = 0;
    expect(journal.entriesOf(personKey('user_nobody'), 0, ALL)).toEqual({
      entries: [],
      next: null,
    });
    expect(read.statements).toBeLessThanOrEqual(25);
    expect(read.rows).toBeLessThanOrEqual(25);
  });

  it('reads of somebody who is in every thousand their own entries and a roll for each, and no other', () => {
    const { reopened, read } = open();
    const journal = reopened();
    const hers = fill(journal, 20_000, 3);
    read.rows = 0;
    expect(seqs(journal.newestOf(ADA, 1000, 20_000))).toEqual(hers.toReversed());
    expect(read.rows).toBeLessThanOrEqual(hers.length + 25);
  });

  it('finds them by the rolls of a release that had each name once, too', () => {
    const { run, reopened, tables } = open();
    const journal = reopened();
    const hers = fill(journal, 5000, 2);
    for (const table of tables().map((number) => `journal_${number}`)) {
      for (const { seq, roll } of run(`SELECT seq, roll FROM ${table} WHERE roll IS NOT NULL`)) {
        const names = new Set(String(roll).match(/.{5}/g));
        expect(names.size).toBeLessThan(1000);
        run(`UPDATE ${table} SET roll = ? WHERE seq = ?`, [...names].join(''), Number(seq));
      }
    }
    expect(seqs(journal.entriesOf(ADA, 0, ALL).entries)).toEqual(hers);
    expect(seqs(journal.newestOf(ADA, 1000, 5000))).toEqual(hers.toReversed());
  });

  it('takes nobody for somebody whose key begins alike', () => {
    const { reopened } = open();
    const journal = reopened();
    const twin = `${ADA.slice(0, 5)}twin`;
    for (let made = 1; made <= 2000; made += 1) {
      const person = made % 2 === 0 ? ADA : twin;
      journal.append({ at: START, person, isRemoval: false, messages: [] });
    }
    const { entries } = journal.entriesOf(ADA, 0, ALL);
    expect(entries).toHaveLength(1000);
    expect(entries.every(({ person }) => person === ADA)).toBe(true);
  });

  it('goes on behind the days of release 0.1.0: searched, delivered and dropped by their days', () => {
    const { run, reopened, tables } = open();
    const day = START / 86_400_000;
    const old = `journal_${day}`;
    run(
      `CREATE TABLE ${old} (seq INTEGER PRIMARY KEY, at, person TEXT, removal INTEGER, messages)`,
    );
    for (let seq = 1; seq <= 1500; seq += 1) {
      run(`INSERT INTO ${old} VALUES (?, ?, ?, 0, '[]')`, seq, START, seq === 999 ? ADA : 'p');
    }
    const journal = reopened();
    expect(journal.lastSeq()).toBe(1500);
    const hers = fill(journal, 700, 1);
    expect(seqs(journal.entriesOf(ADA, 0, ALL).entries)).toEqual([999, ...hers]);
    expect(seqs(journal.entriesAfter(1499, { count: 2 }))).toEqual([1500, 1501]);
    // Its day has not ended, and then it is not delivered.
    journal.dropBefore(START + 23 * HOUR, 2200);
    journal.dropBefore(START + 48 * HOUR, 1499);
    expect(tables()[0]).toBe(day);
    journal.dropBefore(START + 24 * HOUR, 1500);
    expect(tables()).toEqual([START / HOUR, START / HOUR + 1]);
  });

  it('never gives a number twice, also where every table was dropped', () => {
    const { reopened, tables } = open();
    const journal = reopened();
    fill(journal, 10, 1);
    expect(journal.dropDelivered(8, 'nothing')).toBe(false);
    expect(journal.dropDelivered(9, 'nothing')).toBe(true);
    expect(journal.dropDelivered(9, 'nothing')).toBe(false);
    expect(journal.dropDelivered(10, 'newest')).toBe(false);
    expect(journal.dropDelivered(10, 'nothing')).toBe(true);
    expect(tables()).toEqual([]);
    const again = reopened(10);
    again.append({ at: START, person: ADA, isRemoval: false, messages: [] });
    expect(again.lastSeq()).toBe(11);
  });
});
