// People: one row each, keyed by a hash of the user id. The row of an erased person is its tombstone: it holds the
// hash and nothing else, and never expires.

import { createHash } from 'node:crypto';

import { utf8Bytes } from '../../customerio/limits.ts';
import { apart, isAboutAll, purchasesIn, together } from '../../person/earlier.ts';
import type { PersonEvent } from '../../person/news.ts';
import { isOrganization } from '../../person/owner.ts';
import { packed, unpacked } from '../../person/packed.ts';
import type { Person } from '../../person/person.ts';
import { heldRow } from '../../platform/held.ts';
import type { Held } from '../../platform/held.ts';
import type { Migrations } from '../../platform/migrations.ts';
import { numberOf, textOf } from '../../platform/sql.ts';
import type { Run } from '../../platform/sql.ts';
import { keyedTable } from '../../platform/steps.ts';
import type { Erased } from '../erased.ts';
import type { Purchases } from './purchases.ts';

export const PEOPLE: Migrations = {
  name: 'people',
  steps: [keyedTable('id TEXT PRIMARY KEY, person TEXT')],
};

/** Rows looked through by one call: some milliseconds. */
const LOOKED_AT = 5000;

/** Characters of a row of which nothing can be put away: far below the 2 MB that the platform takes. */
const ROW_MAX = 512 * 1024;

/** From here on it is worth looking for what can be put away: twenty purchases have some 20,000 characters, three bytes each at most. */
const ROW_SMALL = 20_000;

/** More runs for this person than a row holds. What would add to it is put aside, and whatever makes it smaller is taken. */
export class PersonTooLarge extends Error {
  override readonly name = 'PersonTooLarge';
}

/** A hash, so that a tombstone holds nothing but this. */
export function personKey(userId: string): string {
  return createHash('sha256').update(userId).digest('base64url');
}

/** `person` null: erased. `next`: behind which key the next page begins; null at the end. */
type PeoplePage = {
  readonly rows: readonly { readonly key: string; readonly person: Person | null }[];
  readonly organizations: readonly Person[];
  readonly next: string | null;
};

export function openPeople(run: Run, purchases: Purchases) {
  /** Undefined: never heard of. Null: erased, for ever. */
  function find(key: string): Person | null | undefined {
    const row = run('SELECT person FROM people WHERE id = ?', key)[0];
    if (row === undefined) return undefined;
    return typeof row['person'] === 'string' ? unpacked(row['person']) : null;
  }

  /** With all that was ever over. */
  function whole(key: string): Person | null | undefined {
    const person = find(key);
    if (person === null || person?.earlier === undefined) return person;
    return together(person, purchases.ofPerson(key));
  }

  /** With what the event has to be judged by: nearly always the row alone. */
  function findFor(key: string, event: PersonEvent): Person | null | undefined {
    const person = find(key);
    if (person === null || person?.earlier === undefined) return person;
    const isWhole = isAboutAll(person, event) || purchases.isAny(key, purchasesIn(event));
    return isWhole ? together(person, purchases.ofPerson(key)) : person;
  }

  /** What is over and not new goes to rows of its own. Throws where it is too large all the same: has more than `room` more. */
  function save(key: string, person: Person, room = 0): void {
    const text = packed(person);
    if (text.length <= ROW_SMALL && person.earlier?.isHere !== true) return write(key, text, room);
    const { person: row, away } = apart(person, utf8Bytes(text));
    if (person.earlier?.isHere === true) purchases.replace(key, away);
    else purchases.keep(key, away);
    const { earlier } = row;
    const count = purchases.fewer(key, earlier?.count ?? 0);
    write(key, packed(count === 0 ? row : { ...row, earlier: { ...earlier, count } }), room);
  }

  function write(key: string, text: string, room: number): void {
    if (text.length > ROW_MAX + room && text.length > lengthOf(key)) throw new PersonTooLarge();
    run('INSERT OR REPLACE INTO people (id, person) VALUES (?, ?)', key, text);
  }

  function lengthOf(key: string): number {
    return numberOf(
      run('SELECT length(person) AS characters FROM people WHERE id = ?', key)[0]?.['characters'],
    );
  }

  /** The tombstone: from here on the person is erased, for ever. */
  function forget({ person }: Erased): void {
    run('INSERT OR REPLACE INTO people (id, person) VALUES (?, NULL)', person);
  }

  function isErased(key: string): boolean {
    return run('SELECT 1 FROM people WHERE id = ? AND person IS NULL', key).length > 0;
  }

  /** The row, written out; of somebody deleted the tombstone. */
  function held(id: string): Held[] {
    const person = find(id);
    return person === undefined ? [] : [heldRow('people', { id, person })];
  }

  const page = (after: string, most: number) => pageOf(run, after, most);
  const known = (by: string, after: string) => knownBy(run, purchases, { by, after });
  return { find, findFor, whole, page, save, forget, held, isErased, known };
}

/** In the order of their keys, a page behind one. Organizations have rows here, too, and are nobody: they stand apart. */
function pageOf(run: Run, after: string, most: number): PeoplePage {
  const query = 'SELECT id, person FROM people WHERE id > ? ORDER BY id LIMIT ?';
  const all = run(query, after, most).map(({ id, person: text }) => {
    const person: Person | null = typeof text === 'string' ? unpacked(text) : null;
    return { key: textOf(id), person };
  });
  const rows = all.filter(({ person }) => person === null || !isOrganization(person.userId));
  const organizations = all.flatMap(({ person }) =>
    person !== null && isOrganization(person.userId) ? [person] : [],
  );
  return { rows, organizations, next: all.length < most ? null : (all.at(-1)?.key ?? null) };
}

/**
 * Who has this email or subscription, or which organization this name or slug, among the rows behind `after`, which is empty to
 * begin with, and where to go on; null at the end. By looking through them: an index would cost a row per sign-up.
 */
function knownBy(
  run: Run,
  purchases: Purchases,
  { by, after }: { readonly by: string; readonly after: string },
) {
  const rows = run('SELECT * FROM people WHERE id > ? ORDER BY id LIMIT ?', after, LOOKED_AT);
  const wanted = by.toLowerCase();
  const buyers = purchases.whose(by, after, textOf(rows.at(-1)?.['id']));
  const found = rows.flatMap((row) => {
    const text = typeof row['person'] === 'string' ? row['person'] : '';
    const isApart = text !== '' && buyers.has(textOf(row['id']));
    if (!isApart && !text.toLowerCase().includes(JSON.stringify(wanted))) return [];
    const person = unpacked(text);
    return isApart || isKnownBy(person, by) ? [person.userId] : [];
  });
  const last = rows.length === LOOKED_AT ? rows.at(-1)?.['id'] : null;
  return { found, next: typeof last === 'string' ? last : null };
}

function isKnownBy(person: Person, by: string): boolean {
  if (Object.hasOwn(person.subscriptions, by)) return true;
  const { name, slug } = person.organization?.facet ?? {};
  const wanted = by.toLowerCase();
  return [person.user?.traits['email'], name, slug].some(
    (each) => typeof each === 'string' && each.toLowerCase() === wanted,
  );
}
