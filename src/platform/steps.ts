// Steps that many tables have.

import type { Step } from './migrations.ts';

/** A table that is its own index: the rows stand in the order of their key. */
export function keyedTable(columns: string): Step {
  return (table) => `CREATE TABLE IF NOT EXISTS ${table} (${columns}) WITHOUT ROWID`;
}

/** A column that a table of an older release has not. */
export function column(definition: string): Step {
  return (table) => `ALTER TABLE ${table} ADD COLUMN ${definition}`;
}
