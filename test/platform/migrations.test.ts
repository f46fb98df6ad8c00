// Numbered steps: each is applied once, all of them or none, to tables that are there and to those that come later.

import { DatabaseSync } from 'node:sqlite';

import { describe, expect, it } from 'vitest';

import { platformOver } from '../../src/cli/node-sqlite.ts';
import { LINKS_MIGRATIONS } from '../../src/links/tables/tables.ts';
import { OUTBOX_MIGRATIONS } from '../../src/outbox/tables.ts';
import { addNumbered, dropNumbered, migrate } from '../../src/platform/migrations.ts';
import type { Migrations, Step } from '../../src/platform/migrations.ts';
import { countingRun } from '../../src/platform/sql.ts';

const MAKE: Step = (table) => `CREATE TABLE IF NOT EXISTS ${table} (id TEXT PRIMARY KEY)`;
const WIDEN: Step = (table) => `ALTER TABLE ${table} ADD COLUMN note TEXT`;

function open() {
  const db = new DatabaseSync(':memory:');
  const { sql, transaction } = platformOver(db);
  const statements: string[] = [];
  const counting = countingRun(sql, () => undefined);
  const run: typeof counting = (query, ...values) => {
    statements.push(query);
    return counting(query, ...values);
  };
  const apply = (...all: Migrations[]) => migrate(run, transaction, all);
  const columns = (table: string) =>
    db
      .prepare('SELECT name FROM pragma_table_info(?)')
      .all(table)
      .map(({ name }) => name);
  return { db, run, apply, columns, statements };
}

describe('migrate', () => {
  it('gives a table that is there its new column, and keeps its rows', () => {
    const { db, apply, columns } = open();
    apply({ name: 'people', steps: [MAKE] });
    db.exec(`INSERT INTO people VALUES ('ada')`);
    apply({ name: 'people', steps: [MAKE, WIDEN] });
    expect(columns('people')).toEqual(['id', 'note']);
    expect(db.prepare('SELECT * FROM people').all()).toEqual([{ id: 'ada', note: null }]);
  });

  it('applies a step once, however often a shard starts', () => {
    const { apply, statements } = open();
    apply({ name: 'people', steps: [MAKE, WIDEN] });
    statements.length = 0;
    apply({ name: 'people', steps: [MAKE, WIDEN] });
    expect(statements.filter((each) => /^(ALTER|INSERT)/.test(each))).toEqual([]);
  });

  it('takes tables that the first release made, which counted no steps', () => {
    const { db, apply, columns } = open();
    db.exec('CREATE TABLE people (id TEXT PRIMARY KEY)');
    apply({ name: 'people', steps: [MAKE, WIDEN] });
    expect(columns('people')).toEqual(['id', 'note']);
  });

  it('widens every numbered table there is, and makes the next one as wide', () => {
    const { run, apply, columns } = open();
    const days: Migrations = { name: 'day', isNumbered: true, steps: [MAKE] };
    apply(days);
    addNumbered(run, days, 7);
    addNumbered(run, days, 8);
    const wider: Migrations = { ...days, steps: [MAKE, WIDEN] };
    apply(wider);
    addNumbered(run, wider, 9);
    expect(['day_7', 'day_8', 'day_9'].map(columns)).toEqual(
      Array.from({ length: 3 }, () => ['id', 'note']),
    );
  });

  it('widens a numbered table that an older release made after a step back', () => {
    const { run, apply, columns } = open();
    const older: Migrations = { name: 'day', isNumbered: true, steps: [MAKE] };
    const newer: Migrations = { ...older, steps: [MAKE, WIDEN] };
    apply(newer);
    addNumbered(run, newer, 7);
    apply(older);
    addNumbered(run, older, 8);
    run(MAKE('day_9'));
    apply(newer);
    expect(['day_7', 'day_8', 'day_9'].map(columns)).toEqual(
      Array.from({ length: 3 }, () => ['id', 'note']),
    );
  });

  it('forgets a numbered table that is dropped', () => {
    const { db, run, apply } = open();
    const days: Migrations = { name: 'day', isNumbered: true, steps: [MAKE] };
    apply(days);
    addNumbered(run, days, 7);
    dropNumbered(run, days, 7);
    expect(db.prepare('SELECT * FROM migrations').all()).toEqual([]);
  });

  it('changes nothing when a step fails', () => {
    const { db, apply, columns } = open();
    apply({ name: 'people', steps: [MAKE] });
    const broken: Step = () => 'ALTER TABLE nowhere ADD COLUMN x';
    const others: Migrations = { name: 'others', steps: [MAKE] };
    expect(() => apply(others, { name: 'people', steps: [MAKE, WIDEN, broken] })).toThrow(
      'nowhere',
    );
    expect(columns('people')).toEqual(['id']);
    expect(columns('others')).toEqual([]);
    expect(db.prepare('SELECT * FROM migrations').all()).toEqual([{ name: 'people', steps: 1 }]);
  });

  it('leaves a table alone that a newer release has taken further', () => {
    const { apply, columns } = open();
    apply({ name: 'people', steps: [MAKE, WIDEN] });
    apply({ name: 'people', steps: [MAKE] });
    expect(columns('people')).toEqual(['id', 'note']);
  });
});

describe('the tables of both shards', () => {
  it('begin with a step that harms no table of the first release', () => {
    for (const { name, steps } of [...OUTBOX_MIGRATIONS, ...LINKS_MIGRATIONS]) {
      expect(steps[0]?.(name)).toMatch(new RegExp(`^CREATE TABLE IF NOT EXISTS ${name}\\b`));
    }
  });
});
