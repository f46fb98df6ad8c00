// Records: small JSON values by name, a row each in a table of `name` and `value`.

import type { Migrations } from './migrations.ts';
import type { Run } from './sql.ts';
import { keyedTable } from './steps.ts';

export function recordsMigrations(name: 'state' | 'tally'): Migrations {
  return {
    name,
    steps: [keyedTable('name TEXT PRIMARY KEY, value TEXT')],
  };
}

/** One of them. An earlier release may have written it, so whoever reads it fills in what is missing. */
export function openRecord<Value>(run: Run, table: 'state' | 'tally', name: string) {
  function read(): Value | null {
    const value = run(`SELECT value FROM ${table} WHERE name = ?`, name)[0]?.['value'];
    return typeof value === 'string' ? JSON.parse(value) : null;
  }

  function save(value: Value): void {
    const text = JSON.stringify(value);
    run(`INSERT OR REPLACE INTO ${table} (name, value) VALUES (?, ?)`, name, text);
  }

  return { read, save };
}
