// Reads a shard's tables as an outsider would: SQL and JSON, none of the project's code.

import type { DatabaseSync, StatementSync } from 'node:sqlite';

import type { Call } from '../emulator/strict.ts';

export type Database = DatabaseSync;

type Row = Record<string, unknown>;

type JournalEntry = {
  readonly seq: number;
  readonly person: string;
  readonly isRemoval: boolean;
  readonly messages: readonly Call[];
};

export function journalAfter(db: Database, seq: number): JournalEntry[] {
  return tablesOf(db, 'journal').flatMap((table) =>
    rowsOf(db, `SELECT * FROM ${table} WHERE seq > ? ORDER BY seq`, seq).map((row) => ({
      seq: Number(row['seq']),
      person: String(row['person']),
      isRemoval: row['removal'] === 1,
      messages: JSON.parse(String(row['messages'])) as Call[],
    })),
  );
}

/** When the first entry behind `seq` was accepted, by the shard's clock. */
export function oldestPendingAt(db: Database, seq: number): number | null {
  for (const table of tablesOf(db, 'journal')) {
    const [row] = rowsOf(db, `SELECT at FROM ${table} WHERE seq > ? ORDER BY seq LIMIT 1`, seq);
    if (row !== undefined) return Number(row['at']);
  }
  return null;
}

export function deliveryOf(db: Database): Record<string, unknown> {
  const [row] = rowsOf(db, `SELECT value FROM state WHERE name = 'delivery'`);
  return row === undefined ? {} : (JSON.parse(String(row['value'])) as Record<string, unknown>);
}

export function cursorOf(db: Database): { seq: number; part: number } {
  const cursor = deliveryOf(db)['cursor'] as { seq: number; part: number } | undefined;
  return cursor ?? { seq: 0, part: 0 };
}

/** Message ids that are parked. */
export function parkedIn(db: Database): Set<string> {
  return new Set(parkedRows(db).map(({ id }) => id));
}

/** Message ids of removals that were refused and are asked again. */
export function removalsIn(db: Database): Set<string> {
  return new Set(
    rowsOf(db, 'SELECT message FROM removals').map((row) =>
      String((JSON.parse(String(row['message'])) as Call)['messageId']),
    ),
  );
}

type HeldRow = { readonly person: string; readonly id: string; readonly name: string };

/** Messages that wait because their person's first one fails. */
export function heldIn(db: Database): HeldRow[] {
  return rowsOf(db, 'SELECT person, message FROM held ORDER BY person, seq, part').map((row) => {
    const call = JSON.parse(String(row['message'])) as Call;
    const { webhook } = (call['properties'] ?? {}) as Call;
    return {
      person: String(row['person']),
      id: String(call['messageId']),
      name: String(webhook ?? ''),
    };
  });
}

/** What the messages say of themselves that were parked because they failed while others landed. */
export function failedAlone(db: Database): string[] {
  return parkedRows(db)
    .filter(({ reason }) => reason === 'fails_alone')
    .map(({ name }) => name);
}

/** Is somebody in an organization of this shard? */
export function isMemberIn(db: Database, userId: string): boolean {
  const members = rowsOf(db, 'SELECT user FROM members WHERE role IS NOT NULL');
  return members.some(({ user }) => user === userId);
}

/** By their own row: in their shard the relationships are told. */
export function isRelatedIn(db: Database, userId: string, groupId: string): boolean {
  const path = `$.memberships.${groupId}.member`;
  const query = `SELECT json_extract(person, ?) AS member FROM people
    WHERE json_extract(person, '$.userId') = ?`;
  return (db.prepare(query).get(path, userId)?.['member'] ?? null) !== null;
}

/** Mails that are due. */
export function mailsDueIn(db: Database): number {
  const [row] = rowsOf(db, 'SELECT COUNT(*) AS due FROM emails');
  return Number(row?.['due'] ?? 0);
}

type ParkedRow = {
  readonly seq: number;
  readonly reason: string;
  /** Message id, and what the message says of itself. */
  readonly id: string;
  readonly name: string;
};

/** What the parked things say of themselves. */
export function parkedRows(db: Database): ParkedRow[] {
  return rowsOf(db, 'SELECT seq, reason, content FROM parked ORDER BY seq').map((row) => {
    const call = JSON.parse(String(row['content'])) as Call;
    const about = { seq: Number(row['seq']), reason: String(row['reason']) };
    return { ...about, id: String(call['messageId']), name: nameIn(call) };
  });
}

function nameIn({ properties }: Call): string {
  return String((properties as Call | undefined)?.['webhook'] ?? '');
}

/** What the moments say of themselves that are parked for good; of a parked mail the moment has landed. */
export function parkedNames(db: Database): Set<string> {
  const moments = parkedRows(db).filter(({ reason }) => !reason.startsWith('email_'));
  return new Set(moments.map(({ name }) => name));
}

/** Whose mails are parked. */
export function parkedMails(db: Database): Set<string> {
  const mails = parkedRows(db).filter(({ reason }) => reason.startsWith('email_'));
  return new Set(mails.map(({ name }) => name));
}

/** The keys of deleted people. */
export function erasedIn(db: Database): string[] {
  return rowsOf(db, 'SELECT id FROM people WHERE person IS NULL').map((row) => String(row['id']));
}

function tablesOf(db: Database, prefix: string): string[] {
  const query = `SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB '${prefix}_[0-9]*'`;
  return rowsOf(db, query)
    .map((row) => String(row['name']))
    .toSorted((a, b) => Number(a.split('_')[1]) - Number(b.split('_')[1]));
}

const prepared = new WeakMap<Database, Map<string, StatementSync>>();

/** Every statement is prepared once for a database: the checks run after every step. */
function rowsOf(db: Database, query: string, ...bindings: number[]): Row[] {
  const statements = prepared.get(db) ?? new Map<string, StatementSync>();
  prepared.set(db, statements);
  const statement = statements.get(query) ?? db.prepare(query);
  statements.set(query, statement);
  return statement.all(...bindings);
}
