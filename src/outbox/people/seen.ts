// Seen keys: what has been told already. A table a month; the current one and three before it count. A key is twelve bytes
// of a hash, because what is told names people and what they bought, and the keys outlive them by months.

import { createHash } from 'node:crypto';

import type { Moment } from '../../person/moment.ts';
import { addNumbered, dropNumbered, numbersOf } from '../../platform/migrations.ts';
import type { Migrations } from '../../platform/migrations.ts';
import type { Run } from '../../platform/sql.ts';
import { keyedTable } from '../../platform/steps.ts';

/** Replays come up to 90 days later (Svix keeps payloads so long), so three whole months before this one. */
const MONTHS_BEFORE = 3;

/** A table a month: dropping one costs nothing, deleting its rows would cost one write each. */
export const SEEN: Migrations = {
  name: 'seen',
  isNumbered: true,
  steps: [keyedTable('key TEXT PRIMARY KEY')],
};

/** `hex`: its bytes. `older`: the text under which release 0.1.0 kept the same. */
type SeenKey = { readonly hex: string; readonly older: () => string };

/** Of 96 bits: among ten thousand million keys the chance of any two alike is one in a thousand million. */
const KEY_BYTES = 12;

export type MomentKey = Moment['key'];

/** Of the key of a moment. */
export function momentKey(key: readonly unknown[]): SeenKey {
  const text = JSON.stringify(key);
  const older = () => createHash('sha256').update(text).digest('base64url').slice(0, 22);
  return { hex: hexOf(text), older };
}

/** Of a webhook that could not be read. */
export function webhookKey(provider: string, id: string): SeenKey {
  const text = `unreadable:${provider}:${id}`;
  return { hex: hexOf(text), older: () => text };
}

function hexOf(text: string): string {
  return createHash('sha256')
    .update(text)
    .digest('hex')
    .slice(0, KEY_BYTES * 2);
}

export function openSeen(run: Run) {
  const months = numbersOf(run, SEEN.name);
  const olderMonths = new Set(months.filter((month) => hasOlder(run, month)));

  function isRemembered(month: number, now: number): boolean {
    return month >= monthOf(now) - MONTHS_BEFORE;
  }

  function isIn(month: number, { hex, older }: SeenKey): boolean {
    return olderMonths.has(month)
      ? run(`SELECT 1 FROM seen_${month} WHERE key IN (unhex(?), ?)`, hex, older()).length > 0
      : run(`SELECT 1 FROM seen_${month} WHERE key = unhex(?)`, hex).length > 0;
  }

  function has(key: SeenKey, now: number): boolean {
    return months.filter((month) => isRemembered(month, now)).some((month) => isIn(month, key));
  }

  function remember({ hex }: SeenKey, now: number): void {
    const month = Math.max(monthOf(now), months.at(-1) ?? 0);
    if (months.at(-1) !== month) {
      addNumbered(run, SEEN, month);
      months.push(month);
    }
    run(`INSERT OR IGNORE INTO seen_${month} (key) VALUES (unhex(?))`, hex);
  }

  function dropOld(now: number): void {
    while (months.length > 1 && !isRemembered(months[0] ?? 0, now)) {
      dropNumbered(run, SEEN, months.shift() ?? 0);
    }
  }

  return { has, remember, dropOld };
}

/** Text stands before bytes, so one look at the first key tells. */
function hasOlder(run: Run, month: number): boolean {
  return run(`SELECT 1 FROM seen_${month} WHERE key < x'' LIMIT 1`).length > 0;
}

/** Whole months since 1970 (UTC): the number in a table's name. */
function monthOf(at: number): number {
  const date = new Date(at);
  return (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth();
}
