// A walk drops all that is past and nothing else, a slice at a visit, however large the table is.

import { DatabaseSync } from 'node:sqlite';

import { describe, expect, it } from 'vitest';

import { recordsMigrations } from '../../src/platform/records.ts';
import type { Run } from '../../src/platform/sql.ts';
import { openWalk } from '../../src/platform/walk.ts';
import { explain, unexpectedScans } from '../simulation/plans.ts';

const DAY = 86_400_000;
const ROWS = 12_000;

function open() {
  const db = new DatabaseSync(':memory:');
  const run: Run = (query, ...bindings) => {
    explain(db, query);
    return db.prepare(query).all(...bindings);
  };
  for (const step of recordsMigrations('tally').steps) run(step('tally'));
  run('CREATE TABLE things (id TEXT PRIMARY KEY, at INTEGER) WITHOUT ROWID');
  db.exec(`INSERT INTO things WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < ${ROWS})
    SELECT printf('%06d', n), n % 2 FROM number`);
  const visit = openWalk(run, { records: 'tally', table: 'things', key: 'id', past: 'at < ?' });
  const count = (of: string) =>
    Number(run(`SELECT ${of} AS n FROM things WHERE id > ''`)[0]?.['n']);
  return { visit, left: () => [count('COUNT(*)'), count('TOTAL(at)')] };
}

describe('a walk through a table', () => {
  it('takes five thousand rows at a visit, and at its end nothing that is past is left', () => {
    const { visit, left } = open();
    visit(1, DAY);
    expect(left()).toEqual([ROWS - 2500, ROWS / 2]);
    visit(1, DAY + 1);
    expect(left()).toEqual([ROWS - 5000, ROWS / 2]);
    visit(1, DAY + 2);
    expect(left()).toEqual([ROWS / 2, ROWS / 2]);
    expect(unexpectedScans()).toEqual([]);
  });

  it('begins again a day after it began, not before', () => {
    const { visit, left } = open();
    for (const ms of [0, 1, 2]) visit(1, DAY + ms);
    visit(2, 2 * DAY - 1);
    expect(left()).toEqual([ROWS / 2, ROWS / 2]);
    for (const ms of [0, 1]) visit(2, 2 * DAY + ms);
    expect(left()).toEqual([0, 0]);
  });
});
