// Purchases that are over and stand apart from their person, a row each: what the person's row has no room for. Written
// once, and read only for an event that cannot be judged without them. Synchronous.

import { overAt } from '../../person/earlier.ts';
import type { Purchase } from '../../person/earlier.ts';
import { heldRow } from '../../platform/held.ts';
import type { Held } from '../../platform/held.ts';
import type { Migrations } from '../../platform/migrations.ts';
import { textOf } from '../../platform/sql.ts';
import type { Run } from '../../platform/sql.ts';
import { keyedTable } from '../../platform/steps.ts';
import type { Erased } from '../erased.ts';

/** Of one person: all of them are read at once, some ten megabytes. The oldest are forgotten. */
const PURCHASES_MAX = 10_000;

/** `person` is their key, `at` when it was over (Unix seconds). */
export const PURCHASES: Migrations = {
  name: 'purchases',
  steps: [keyedTable('person TEXT, id TEXT, at INTEGER, purchase TEXT, PRIMARY KEY (person, id)')],
};

export type Purchases = ReturnType<typeof openPurchases>;

export function openPurchases(run: Run) {
  const read = rememberRead();

  function ofPerson(person: string): Purchase[] {
    const rows = run('SELECT purchase FROM purchases WHERE person = ? ORDER BY at', person);
    return rows.map((row) => {
      const purchase: Purchase = JSON.parse(textOf(row['purchase']));
      read.note(person, purchase);
      return purchase;
    });
  }

  function isAny(person: string, ids: readonly string[]): boolean {
    const query =
      'SELECT 1 FROM purchases WHERE person = ? AND id IN (SELECT value FROM json_each(?)) LIMIT 1';
    return ids.length > 0 && run(query, person, JSON.stringify(ids)).length > 0;
  }

  /** Writes what has changed. */
  function keep(person: string, away: readonly Purchase[]): void {
    for (const purchase of away) {
      if (read.isSame(person, purchase)) continue;
      run(
        `INSERT INTO purchases (person, id, at, purchase) VALUES (?, ?, ?, ?)
          ON CONFLICT (person, id) DO UPDATE SET at = excluded.at, purchase = excluded.purchase
          WHERE purchase <> excluded.purchase`,
        person,
        purchase.id,
        overAt(purchase),
        JSON.stringify(purchase),
      );
    }
  }

  /** These and no others. */
  function replace(person: string, away: readonly Purchase[]): void {
    run(
      'DELETE FROM purchases WHERE person = ? AND id NOT IN (SELECT value FROM json_each(?))',
      person,
      JSON.stringify(away.map(({ id }) => id)),
    );
    keep(person, away);
  }

  /** Forgets the oldest where there are too many, a tenth at once, so that it is seldom done. Answers how many are left. */
  function fewer(person: string, count: number): number {
    if (count <= PURCHASES_MAX) return count;
    const left = PURCHASES_MAX - PURCHASES_MAX / 10;
    run(
      `DELETE FROM purchases WHERE person = ? AND id IN
        (SELECT id FROM purchases WHERE person = ? ORDER BY at DESC LIMIT -1 OFFSET ?)`,
      person,
      person,
      left,
    );
    return left;
  }

  function forget({ person }: Pick<Erased, 'person'>): void {
    run('DELETE FROM purchases WHERE person = ?', person);
  }

  /** The next one behind `id`, for whoever asks what is held. */
  function heldNext(person: string, id: string): (Held & { readonly id: string }) | null {
    const query = 'SELECT * FROM purchases WHERE person = ? AND id > ? ORDER BY id LIMIT 1';
    const row = run(query, person, id)[0];
    return row === undefined ? null : { ...heldRow('purchases', row), id: textOf(row['id']) };
  }

  return { ofPerson, isAny, ...openBuyers(run), keep, replace, fewer, forget, heldNext };
}

function openBuyers(run: Run) {
  /** Whose purchase this is, by their keys, among the people behind `after` up to `last`. */
  function whose(id: string, after: string, last: string): ReadonlySet<string> {
    const query = 'SELECT person FROM purchases WHERE person > ? AND person <= ? AND id = ?';
    return new Set(run(query, after, last, id).map((row) => textOf(row['person'])));
  }

  return { whose };
}

/** What was read, by what is in it: an event changes little, and leaves the rest the very same. */
function rememberRead() {
  const read = new WeakMap<object, { readonly person: string; readonly purchase: Purchase }>();
  return {
    note: (person: string, purchase: Purchase) => read.set(partOf(purchase), { person, purchase }),
    isSame(person: string, purchase: Purchase): boolean {
      const known = read.get(partOf(purchase));
      if (known?.person !== person) return false;
      const { marks, isNamed } = known.purchase;
      return marks === purchase.marks && isNamed === purchase.isNamed;
    },
  };
}

function partOf(purchase: Purchase): object {
  return purchase.facet ?? purchase.marks ?? purchase;
}
