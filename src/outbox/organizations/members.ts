// Members: who is in which organization of this shard, and who was, so that older news brings nobody back. `org` is the key
// of the organization's row. A deleted person's id becomes its hash. Synchronous.

import type { Member } from '../../person/organization-facet.ts';
import { heldRows } from '../../platform/held.ts';
import type { Held } from '../../platform/held.ts';
import type { Migrations } from '../../platform/migrations.ts';
import { numberOf, textOf } from '../../platform/sql.ts';
import type { Run } from '../../platform/sql.ts';
import { keyedTable } from '../../platform/steps.ts';
import { personKey } from '../people/table.ts';

/** `role` NULL: they have left; empty: Clerk does not say it. Times as in `MemberRow`. */
export const MEMBERS: Migrations = {
  name: 'members',
  steps: [
    keyedTable(
      'org TEXT, user TEXT, role TEXT, joined_at INTEGER, as_of INTEGER, PRIMARY KEY (org, user)',
    ),
  ],
};

/** `member` null: they have left, as of then. `asOf` in Unix milliseconds. */
type MemberRow = { readonly member: Member | null; readonly asOf: number };

/** One of those who are in it. */
export type Current = Member & { readonly userId: string };

export function openMembers(run: Run) {
  function find(org: string, userId: string): MemberRow | null {
    const row = run('SELECT * FROM members WHERE org = ? AND user = ?', org, userId)[0];
    if (row === undefined) return null;
    const isIn = typeof row['role'] === 'string';
    return { member: isIn ? memberOf(row) : null, asOf: numberOf(row['as_of']) };
  }

  function save(org: string, userId: string, { member, asOf }: MemberRow): void {
    run(
      'INSERT OR REPLACE INTO members (org, user, role, joined_at, as_of) VALUES (?, ?, ?, ?, ?)',
      org,
      userId,
      member === null ? null : (member.role ?? ''),
      member?.joinedAt ?? null,
      asOf,
    );
  }

  /** Their account is deleted: the hash alone stays, so that nothing that is late adds them again. */
  function forgetIn(org: string, userId: string): void {
    run('DELETE FROM members WHERE org = ? AND user = ?', org, userId);
    save(org, personKey(userId), { member: null, asOf: 0 });
  }

  function isGone(org: string, userId: string): boolean {
    return find(org, personKey(userId)) !== null;
  }

  /** Those who are in it, in the order of their ids, a page behind one. */
  function page(org: string, after: string, most: number): Current[] {
    const query =
      'SELECT * FROM members WHERE org = ? AND user > ? AND role IS NOT NULL ORDER BY user LIMIT ?';
    return run(query, org, after, most).map((row) => ({
      userId: textOf(row['user']),
      ...memberOf(row),
    }));
  }

  /** Reads all members, as moments are few. */
  function withRoles(org: string, roles: readonly string[]): Current[] {
    return page(org, '', -1).filter(({ role }) => roles.includes(role ?? ''));
  }

  const organizations = (after: string, most: number) => organizationsOf(run, after, most);

  function count(org: string): number {
    const query = 'SELECT count(*) AS n FROM members WHERE org = ? AND role IS NOT NULL';
    return numberOf(run(query, org)[0]?.['n']);
  }

  /** All of it up to this one, of an organization that is gone. */
  function removeUpTo(org: string, userId: string): void {
    run('DELETE FROM members WHERE org = ? AND user <= ?', org, userId);
  }

  function removeAll(org: string): void {
    run('DELETE FROM members WHERE org = ?', org);
  }

  return {
    find,
    save,
    forgetIn,
    isGone,
    page,
    withRoles,
    organizations,
    count,
    ...looksInto(run),
    removeUpTo,
    removeAll,
  };
}

/** For whoever looks, and changes nothing. */
function looksInto(run: Run) {
  /** Who has left lately, the latest first. */
  function left(org: string, most: number): string[] {
    const query = `SELECT user FROM members WHERE org = ? AND role IS NULL AND as_of > 0
      ORDER BY as_of DESC LIMIT ?`;
    return run(query, org, most).map((row) => textOf(row['user']));
  }

  /** Rows of a person, by any of these names, in every organization here: each is asked, none is read through. */
  function ofPerson(users: readonly string[]) {
    const query =
      'SELECT * FROM members WHERE org = ? AND user IN (SELECT value FROM json_each(?))';
    const names = JSON.stringify(users);
    return organizationsOf(run, '', Infinity).flatMap((org) => run(query, org, names));
  }

  /** All rows of an organization, also of those who have left. */
  function held(org: string): Held[] {
    return heldRows('members', run('SELECT * FROM members WHERE org = ? ORDER BY user', org));
  }

  return { left, ofPerson, held };
}

/** The keys of those that have or had members, behind one. */
function organizationsOf(run: Run, after: string, most: number): string[] {
  const found: string[] = [];
  while (found.length < most) {
    const query = 'SELECT min(org) AS org FROM members WHERE org > ?';
    const next = run(query, found.at(-1) ?? after)[0]?.['org'];
    if (typeof next !== 'string') break;
    found.push(next);
  }
  return found;
}

function memberOf(row: Readonly<Record<string, unknown>>): Member {
  const { role, joined_at: joinedAt } = row;
  return {
    role: typeof role === 'string' && role !== '' ? role : null,
    joinedAt: typeof joinedAt === 'number' ? joinedAt : null,
  };
}
