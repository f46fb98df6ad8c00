// Marks of the mails that were asked for. One is written before its mail is sent, so whatever happens after, nobody is
// mailed twice about one moment, nor by one name more often than its rule says.

import type { TrackMessage } from '../../person/message.ts';
import { heldRows } from '../../platform/held.ts';
import type { Held } from '../../platform/held.ts';
import type { Migrations } from '../../platform/migrations.ts';
import { numberOf } from '../../platform/sql.ts';
import type { Run } from '../../platform/sql.ts';
import { column, keyedTable } from '../../platform/steps.ts';
import { openWalk } from '../../platform/walk.ts';
import type { Erased } from '../erased.ts';
import type { EmailRow } from './table.ts';

/** Release 0.1.0 had no names in its marks: those stand against their own moment only. */
export const EMAIL_MARKS: Migrations = {
  name: 'email_marks',
  steps: [
    keyedTable('id TEXT PRIMARY KEY, seq INTEGER, at INTEGER'),
    column('person TEXT'),
    column('event TEXT'),
    (table) => `CREATE INDEX IF NOT EXISTS ${table}_by_person ON ${table} (person, event, at)`,
    // Until then a name stood for all organizations: such a mark counts for each of them.
    (table) => `UPDATE ${table} SET event = event || ' *' WHERE event IS NOT NULL`,
  ],
};

const ADD = 'INSERT INTO email_marks (id, seq, at, person, event) VALUES (?, ?, ?, ?, ?)';
const NEWEST = 'SELECT MAX(at) AS at FROM email_marks WHERE person = ? AND event IN (?, ?)';

type Told = Pick<TrackMessage, 'event' | 'properties'>;

/** Whoever is in two organizations is mailed about each. */
function nameOf({ event, properties }: Told): string {
  const { payer, organization_id: id } = properties;
  return payer === 'organization' && typeof id === 'string' ? `${event} ${id}` : event;
}

/** The names of the marks that count against a message: its own, and that of an older one. */
function namesOf(message: Told): [string, string] {
  return [nameOf(message), `${message.event} *`];
}

export function openEmailMarks(run: Run) {
  function add({ seq, person, message }: EmailRow, now: number): void {
    run(ADD, message.messageId, seq, now, person, nameOf(message));
  }

  /** Only of a mail that surely was not sent. */
  function remove(id: string): void {
    run('DELETE FROM email_marks WHERE id = ?', id);
  }

  /** The mail that this message's mark was written for; null without a mark. */
  function of(id: string): number | null {
    const row = run('SELECT seq FROM email_marks WHERE id = ?', id)[0];
    return row === undefined ? null : numberOf(row['seq']);
  }

  /** When this person was last mailed about an event of this name and organization; null when no mark remembers it. */
  function newest(person: string, message: Told): number | null {
    const found = run(NEWEST, person, ...namesOf(message))[0]?.['at'] ?? null;
    return found === null ? null : numberOf(found);
  }

  /** When the mail of this message was asked for; null without a mark. */
  function at(id: string): number | null {
    const row = run('SELECT at FROM email_marks WHERE id = ?', id)[0];
    return row === undefined ? null : numberOf(row['at']);
  }

  /** The same before a time. */
  function newestBefore(person: string, message: Told, before: number): number | null {
    const found =
      run(`${NEWEST} AND at < ?`, person, ...namesOf(message), before)[0]?.['at'] ?? null;
    return found === null ? null : numberOf(found);
  }

  function forget({ person }: Erased): void {
    run('DELETE FROM email_marks WHERE person = ?', person);
  }

  function held(person: string): Held[] {
    const rows = run('SELECT * FROM email_marks WHERE person = ?', person);
    return heldRows('email_marks', rows);
  }

  const walk = { records: 'state', table: 'email_marks', key: 'id', past: 'at < ?' } as const;
  const dropBefore = openWalk(run, walk);

  return { add, remove, of, at, newest, newestBefore, forget, held, dropBefore };
}
