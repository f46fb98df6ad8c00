// Seen keys: which moments have been told already. A table a month; the current one and three before it count.

import { addNumbered, dropNumbered, numbersOf } from '../../platform/migrations.ts';
import type { Migrations } from '../../platform/migrations.ts';
import type { Run } from '../../platform/sql.ts';

/** Replays come up to 90 days later (Svix keeps payloads so long), so three whole months before this one. */
const MONTHS_BEFORE = 3;

/** A table a month: dropping one costs nothing, deleting its rows would cost one write each. */
export const SEEN: Migrations = {
  name: 'seen',
  isNumbered: true,
  steps: [(table) => `CREATE TABLE IF NOT EXISTS ${table} (key TEXT PRIMARY KEY) WITHOUT ROWID`],
};

export function openSeen(run: Run) {
  const months = numbersOf(run, SEEN.name);

  function isRemembered(month: number, now: number): boolean {
    return month >= monthOf(now) - MONTHS_BEFORE;
  }

  function has(key: string, now: number): boolean {
    return months
      .filter((month) => isRemembered(month, now))
      .some((month) => run(`SELECT 1 FROM seen_${month} WHERE key = ?`, key).length > 0);
  }

  function remember(key: string, now: number): void {
    const month = Math.max(monthOf(now), months.at(-1) ?? 0);
    if (months.at(-1) !== month) {
      addNumbered(run, SEEN, month);
      months.push(month);
    }
    run(`INSERT OR IGNORE INTO seen_${month} (key) VALUES (?)`, key);
  }

  function dropOld(now: number): void {
    while (months.length > 1 && !isRemembered(months[0] ?? 0, now)) {
      dropNumbered(run, SEEN, months.shift() ?? 0);
    }
  }

  return { has, remember, dropOld };
}

/** Whole months since 1970 (UTC): the number in a table's name. */
function monthOf(at: number): number {
  const date = new Date(at);
  return (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth();
}
