// Kept counts are what counting would say: after any statement, also one that replaces a row or takes many, and after the
// migration of a table that had rows before it was counted.

import { DatabaseSync } from 'node:sqlite';

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { COUNTS, countOf, countSteps } from '../../src/platform/counts.ts';
import { migrate } from '../../src/platform/migrations.ts';
import type { Migrations } from '../../src/platform/migrations.ts';
import type { Run } from '../../src/platform/sql.ts';

const CREATE = (table: string) =>
  `CREATE TABLE IF NOT EXISTS ${table} (id TEXT PRIMARY KEY, whose TEXT) WITHOUT ROWID`;
const only = (row: string) => `${row}.whose IS NOT NULL`;
const THINGS: Migrations = {
  name: 'things',
  steps: [CREATE, ...countSteps({ key: ['id'], only })],
};

function open() {
  const db = new DatabaseSync(':memory:');
  const run: Run = (query, ...bindings) => db.prepare(query).all(...bindings);
  const start = () => migrate(run, (write) => write(), [COUNTS, THINGS]);
  const counted = () =>
    Number(run('SELECT COUNT(*) AS n FROM things WHERE whose IS NOT NULL')[0]?.['n']);
  return { db, run, start, counted, kept: () => countOf(run, 'things') };
}

const id = fc.nat({ max: 5 }).map(String);
const whose = fc.option(fc.constantFrom('ada', 'bob'));
const statement = fc.oneof(
  fc.tuple(fc.constant('save' as const), id, whose),
  fc.tuple(fc.constant('remove' as const), id, whose),
  fc.tuple(fc.constant('forget' as const), id, whose),
);

describe('a count that is kept', () => {
  it('is what counting says, after any statement', () => {
    fc.assert(
      fc.property(fc.array(statement, { maxLength: 40 }), (all) => {
        const { run, start, counted, kept } = open();
        start();
        for (const [kind, key, value] of all) {
          if (kind === 'save') {
            run('INSERT OR REPLACE INTO things (id, whose) VALUES (?, ?)', key, value);
          } else if (kind === 'remove') run('DELETE FROM things WHERE id = ?', key);
          else run('DELETE FROM things WHERE whose IS ?', value);
          expect(kept()).toBe(counted());
        }
      }),
    );
  });

  it('begins with what is there, once', () => {
    const { db, run, start, counted, kept } = open();
    db.exec(CREATE('things'));
    for (const key of ['a', 'b', 'c']) run('INSERT INTO things VALUES (?, ?)', key, 'ada');
    start();
    expect(kept()).toBe(3);
    run('DELETE FROM things WHERE id = ?', 'a');
    start();
    expect([kept(), counted()]).toEqual([2, 2]);
  });

  it('costs no row where nothing comes or goes', () => {
    const { run, start } = open();
    start();
    run('INSERT OR REPLACE INTO things VALUES (?, ?)', 'a', 'ada');
    const before = Number(run('SELECT total_changes() AS n')[0]?.['n']);
    run('INSERT OR REPLACE INTO things VALUES (?, ?)', 'a', 'bob');
    const after = Number(run('SELECT total_changes() AS n')[0]?.['n']);
    expect(after - before).toBe(1);
  });
});
