// Seen keys: which moments have been told already. A table a month; the current one and three before it count.

import type { Run } from '../../platform/sql.ts';
import { monthOf, numbersOf } from '../journal/periods.ts';

/** Replays come up to 90 days later (Svix keeps payloads so long), so three whole months before this one. */
const MONTHS_BEFORE = 3;

export type Seen = ReturnType<typeof openSeen>;

export function openSeen(run: Run) {
  const months = numbersOf(run, 'seen');

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
      run(`CREATE TABLE IF NOT EXISTS seen_${month} (key TEXT PRIMARY KEY) WITHOUT ROWID`);
      months.push(month);
    }
    run(`INSERT OR IGNORE INTO seen_${month} (key) VALUES (?)`, key);
  }

  function dropOld(now: number): void {
    while (months.length > 1 && !isRemembered(months[0] ?? 0, now)) {
      run(`DROP TABLE seen_${months[0]}`);
      months.shift();
    }
  }

  return { has, remember, dropOld };
}
