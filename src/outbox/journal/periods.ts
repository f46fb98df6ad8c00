// Time in table names: days and months are tables of their own, because dropping a table costs nothing while deleting
// its rows costs one write each. The statements that create tables stand with the module that owns them.

import { textOf } from '../../platform/sql.ts';
import type { Run } from '../../platform/sql.ts';

const DAY_MS = 86_400_000;

/** Whole days since 1970 (UTC): the number in a journal table's name. */
export function dayOf(at: number): number {
  return Math.floor(at / DAY_MS);
}

/** Whole months since 1970 (UTC): the number in a seen table's name. */
export function monthOf(at: number): number {
  const date = new Date(at);
  return (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth();
}

/** The numbers of the tables that exist under a prefix, oldest first. */
export function numbersOf(run: Run, prefix: 'journal' | 'seen'): number[] {
  return run(`SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB '${prefix}_[0-9]*'`)
    .map((row) => Number(textOf(row['name']).slice(prefix.length + 1)))
    .toSorted((a, b) => a - b);
}
