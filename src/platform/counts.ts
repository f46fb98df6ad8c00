// Counts that are kept, not counted: how many rows of a table there are is in a row of its own, which triggers change in the
// very statement that adds or takes a row. So no crash comes between, and nobody looks through a table to know.

import type { Migrations, Step } from './migrations.ts';
import { numberOf } from './sql.ts';
import type { Run } from './sql.ts';
import { keyedTable } from './steps.ts';

export const COUNTS: Migrations = {
  name: 'counts',
  steps: [keyedTable('name TEXT PRIMARY KEY, value INTEGER')],
};

/** `key`: its columns, where rows are replaced under it. `only`: which rows count, of the row called `row`. */
type Counted = { readonly key?: readonly string[]; readonly only?: (row: string) => string };

/** The steps that count a table's rows once, and from then on keep the number. They stand behind those of `COUNTS`. */
export function countSteps({ key, only = () => '1' }: Counted = {}): readonly Step[] {
  return [
    (table) =>
      `INSERT OR REPLACE INTO counts (name, value) SELECT '${table}', COUNT(*) FROM ${table} WHERE ${only(table)}`,
    // A row that is replaced leaves without the trigger below.
    (table) => {
      const replaced =
        key === undefined
          ? '0'
          : `(SELECT COUNT(*) FROM ${table} WHERE ${key.map((name) => `${name} = NEW.${name}`).join(' AND ')} AND ${only(table)})`;
      const change = `(${only('NEW')}) - ${replaced}`;
      return `CREATE TRIGGER IF NOT EXISTS ${table}_come BEFORE INSERT ON ${table} BEGIN
        UPDATE counts SET value = value + ${change} WHERE name = '${table}' AND ${change} <> 0; END`;
    },
    (
      table,
    ) => `CREATE TRIGGER IF NOT EXISTS ${table}_go AFTER DELETE ON ${table} WHEN ${only('OLD')}
      BEGIN UPDATE counts SET value = value - 1 WHERE name = '${table}'; END`,
  ];
}

export function countOf(run: Run, table: string): number {
  return numberOf(run('SELECT value FROM counts WHERE name = ?', table)[0]?.['value']);
}
