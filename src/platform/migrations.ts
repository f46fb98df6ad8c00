// Migrations: how a shard's tables came to be what they are, as numbered steps. Each is applied once, all of them in one
// transaction, when the shard starts. A released step is never changed: what a table needs next is a new step behind it.

import { numberOf, textOf } from './sql.ts';
import type { Run, Sql } from './sql.ts';

/** One statement about the table of this name. */
export type Step = (table: string) => string;

/**
 * A table, or all tables of one prefix and a number (`journal_20781`), and the steps that make it: the number of a step is
 * its place in the list, from 1. The first is `CREATE TABLE IF NOT EXISTS`, because the first release counted no steps.
 * Steps are counted per table: one that an older release made after a step back catches up like any other.
 */
export type Migrations = {
  readonly name: string;
  readonly isNumbered?: true;
  readonly steps: readonly Step[];
};

const MIGRATIONS_TABLE =
  'CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY, steps INTEGER) WITHOUT ROWID';

/** Brings every table to its newest shape. One that a newer release has taken further is left as it is. */
export function migrate(
  run: Run,
  transaction: (write: () => void) => void,
  all: readonly Migrations[],
): void {
  transaction(() => {
    run(MIGRATIONS_TABLE);
    const done = new Map(
      run('SELECT name, steps FROM migrations').map((row) => [
        textOf(row['name']),
        numberOf(row['steps']),
      ]),
    );
    for (const { name, isNumbered, steps } of all) {
      const tables = isNumbered === undefined ? [name] : tablesOf(run, name);
      for (const table of tables) bring(run, { table, steps, done: done.get(table) ?? 0 });
    }
  });
}

/** Nothing of ours has been stored here yet. Looks, and writes nothing. */
export function hasNoTables(sql: Sql): boolean {
  const query = `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB '_cf_*' LIMIT 1`;
  return sql.exec(query).toArray().length === 0;
}

/** To its newest shape, and notes how many steps it has seen. */
function bring(
  run: Run,
  { table, steps, done }: { table: string; steps: readonly Step[]; done: number },
): void {
  if (done >= steps.length) return;
  for (const step of steps.slice(done)) run(step(table));
  run('INSERT OR REPLACE INTO migrations (name, steps) VALUES (?, ?)', table, steps.length);
}

/** Makes one more numbered table, at once in its newest shape. */
export function addNumbered(run: Run, { name, steps }: Migrations, number: number): void {
  bring(run, { table: `${name}_${number}`, steps, done: 0 });
}

/** A table is dropped whole, because that costs nothing while deleting its rows costs one write each. */
export function dropNumbered(run: Run, { name }: Migrations, number: number): void {
  run(`DROP TABLE ${name}_${number}`);
  run('DELETE FROM migrations WHERE name = ?', `${name}_${number}`);
}

function tablesOf(run: Run, name: string): string[] {
  return numbersOf(run, name).map((number) => `${name}_${number}`);
}

/** The numbers of the tables that exist under a prefix, oldest first. */
export function numbersOf(run: Run, name: string): number[] {
  return run(`SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB '${name}_[0-9]*'`)
    .map((row) => Number(textOf(row['name']).slice(name.length + 1)))
    .toSorted((a, b) => a - b);
}
