// Reads a shard's tables as an outsider would: SQL and JSON, none of the project's code.

import type { DatabaseSync } from 'node:sqlite';

import type { Call } from '../emulator/strict.ts';

export type Database = DatabaseSync;

export type JournalEntry = {
  readonly seq: number;
  readonly person: string;
  readonly isRemoval: boolean;
  readonly messages: readonly Call[];
};

export function journalAfter(db: Database, seq: number): JournalEntry[] {
  return tablesOf(db, 'journal').flatMap((table) =>
    db
      .prepare(`SELECT * FROM ${table} WHERE seq > ? ORDER BY seq`)
      .all(seq)
      .map((row) => ({
        seq: Number(row['seq']),
        person: String(row['person']),
        isRemoval: row['removal'] === 1,
        messages: JSON.parse(String(row['messages'])) as Call[],
      })),
  );
}

export function deliveryOf(db: Database): Record<string, unknown> {
  const row = db.prepare(`SELECT value FROM state WHERE name = 'delivery'`).get();
  return row === undefined ? {} : (JSON.parse(String(row['value'])) as Record<string, unknown>);
}

export function cursorOf(db: Database): { seq: number; part: number } {
  const cursor = deliveryOf(db)['cursor'] as { seq: number; part: number } | undefined;
  return cursor ?? { seq: 0, part: 0 };
}

/** Message ids that are parked. */
export function parkedIn(db: Database): Set<string> {
  return new Set(parkedCalls(db).map((call) => String(call['messageId'])));
}

/** What the parked moments say of themselves. */
export function parkedNames(db: Database): Set<string> {
  return new Set(
    parkedCalls(db).map(({ properties }) => String((properties as Call | undefined)?.['webhook'])),
  );
}

function parkedCalls(db: Database): Call[] {
  const rows = db.prepare('SELECT content FROM parked').all();
  return rows.map((row) => JSON.parse(String(row['content'])) as Call);
}

export function erasedIn(db: Database): (person: string) => boolean {
  const statement = db.prepare('SELECT 1 FROM people WHERE id = ? AND person IS NULL');
  return (person) => statement.get(person) !== undefined;
}

function tablesOf(db: Database, prefix: string): string[] {
  return db
    .prepare(`SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB '${prefix}_[0-9]*'`)
    .all()
    .map((row) => String(row['name']))
    .toSorted((a, b) => Number(a.split('_')[1]) - Number(b.split('_')[1]));
}
