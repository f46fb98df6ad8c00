// Notices: what an organization tells its members, and what a deleted member tells their organizations, until the other
// shard has it. Written in the transaction that gave rise to them. Synchronous.

import type { News, PersonEvent } from '../../person/news.ts';
import { heldRows } from '../../platform/held.ts';
import type { Held } from '../../platform/held.ts';
import type { Migrations } from '../../platform/migrations.ts';
import { numberOf, textOf } from '../../platform/sql.ts';
import type { Run } from '../../platform/sql.ts';
import type { Erased } from '../erased.ts';

/** `user` empty: for whoever turns out to be in the organization, whose row's key is `org`. */
export const NOTICES: Migrations = {
  name: 'notices',
  steps: [
    (table) =>
      `CREATE TABLE IF NOT EXISTS ${table}
        (seq INTEGER PRIMARY KEY, org TEXT, user TEXT, at INTEGER, news TEXT)`,
    // What is on its way in its order; what waits for somebody by its organization, and by its age.
    (table) => `CREATE INDEX IF NOT EXISTS ${table}_due ON ${table} (seq) WHERE user <> ''`,
    (table) => `CREATE INDEX IF NOT EXISTS ${table}_by_org ON ${table} (org) WHERE user = ''`,
    (table) => `CREATE INDEX IF NOT EXISTS ${table}_by_time ON ${table} (at) WHERE user = ''`,
    // What is on its way from an organization too. A row more for each notice; a fan-out writes none.
    (table) => `DROP INDEX IF EXISTS ${table}_by_org`,
    (table) => `CREATE INDEX IF NOT EXISTS ${table}_of ON ${table} (org, user)`,
  ],
};

/** Of one look, which goes to a shard in one call: that takes 32 MiB, and a character may be two bytes. */
const CHARACTERS_MAX = 4_000_000;

/** Looked at by one count. */
const COUNTED_MAX = 10_000;

export type Notice = {
  readonly seq: number;
  /** Whom it is for: a person, or an organization. */
  readonly userId: string;
  readonly event: PersonEvent;
};

export function openNotices(run: Run) {
  function add(notice: { org: string; userId: string; at: number; news: News }): void {
    const { org, userId, at, news } = notice;
    const query = 'INSERT INTO notices (org, user, at, news) VALUES (?, ?, ?, ?)';
    run(query, org, userId, at, JSON.stringify(news));
  }

  /** The oldest ones that are for somebody: as many as one call takes. */
  function next(most: number): Notice[] {
    const query = `SELECT * FROM notices WHERE user <> '' ORDER BY seq LIMIT ?`;
    let characters = 0;
    const fitting = run(query, most).filter(({ news }, index) => {
      characters += textOf(news).length;
      return index === 0 || characters <= CHARACTERS_MAX;
    });
    return fitting.map((row) => {
      const seq = numberOf(row['seq']);
      const news: readonly News[] = [JSON.parse(textOf(row['news']))];
      const about = { provider: 'organization', id: `notice_${seq}`, type: 'told' };
      return { seq, userId: textOf(row['user']), event: { ...about, customerId: null, news } };
    });
  }

  /** Whom the organization has still to tell something. */
  function untold(org: string): ReadonlySet<string> {
    const query = `SELECT DISTINCT user FROM notices WHERE org = ? AND user <> ''`;
    return new Set(run(query, org).map((row) => textOf(row['user'])));
  }

  function isAny(): boolean {
    return run(`SELECT 1 FROM notices WHERE user <> '' LIMIT 1`).length > 0;
  }

  function remove(seqs: readonly number[]): void {
    for (const seq of seqs) run('DELETE FROM notices WHERE seq = ?', seq);
  }

  /** What waited for somebody to be in the organization; from now on it is the caller's. */
  function takeWaiting(org: string): News[] {
    const query = `DELETE FROM notices WHERE org = ? AND user = '' RETURNING seq, news`;
    return run(query, org)
      .toSorted((a, b) => numberOf(a['seq']) - numberOf(b['seq']))
      .map((row) => JSON.parse(textOf(row['news'])));
  }

  /** Whether something waits for somebody to be in it. */
  function isWaiting(org: string): boolean {
    return run(`SELECT 1 FROM notices WHERE org = ? AND user = '' LIMIT 1`, org).length > 0;
  }

  function dropWaitingBefore(at: number): void {
    run(`DELETE FROM notices WHERE user = '' AND at < ?`, at);
  }

  /** Of an organization. What is for a deleted person goes on: their shard answers that they are, and then it is gone. */
  function forget({ person }: Pick<Erased, 'person'>): void {
    run(`DELETE FROM notices WHERE user = '' AND org = ?`, person);
  }

  return {
    add,
    next,
    untold,
    isAny,
    ...openLooks(run),
    remove,
    takeWaiting,
    isWaiting,
    dropWaitingBefore,
    forget,
  };
}

/** For those who look. */
function openLooks(run: Run) {
  /** On their way from one organization, and waiting for somebody to be in it. */
  function countOf(org: string) {
    const query = `SELECT count(*) AS n, total(user = '') AS waiting
      FROM (SELECT user FROM notices WHERE org = ? LIMIT ?)`;
    const row = run(query, org, COUNTED_MAX)[0];
    const waiting = numberOf(row?.['waiting']);
    return { notices: numberOf(row?.['n']) - waiting, waiting };
  }

  function ofPerson(ids: readonly string[]) {
    const query =
      'SELECT * FROM notices WHERE user IN (SELECT value FROM json_each(?)) ORDER BY seq';
    return run(query, JSON.stringify(ids));
  }

  /** What waits for somebody to be in an organization; what is on its way to people is theirs. */
  function held(org: string): Held[] {
    const query = `SELECT * FROM notices WHERE org = ? AND user = '' ORDER BY seq`;
    return heldRows('notices', run(query, org));
  }

  return { countOf, ofPerson, held };
}
