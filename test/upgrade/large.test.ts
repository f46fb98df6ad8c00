// A full shard of the first release is taken over in one start: nothing is lost, what is counted is right, and no statement more is made
// for thirty thousand rows of a table than for none. How long its indexes take is in src/README.md.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { describe, expect, it } from 'vitest';

import { platformOver } from '../../src/cli/node-sqlite.ts';
import { LINKS_MIGRATIONS } from '../../src/links/tables/tables.ts';
import { OUTBOX_MIGRATIONS } from '../../src/outbox/tables.ts';
import { countOf } from '../../src/platform/counts.ts';
import { migrate } from '../../src/platform/migrations.ts';
import type { Migrations } from '../../src/platform/migrations.ts';
import { countingRun } from '../../src/platform/sql.ts';
import type { Run } from '../../src/platform/sql.ts';

const ROWS = 30_000;
const NUMBERS = `WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < ${ROWS})`;

/** What fills each table of that release; those that wait are a hundredth. */
const LINKS = [
  `INSERT INTO links ${NUMBERS} SELECT printf('cus_%07d', n), CASE WHEN n % 10 = 0 THEN NULL ELSE 'user_' || n END,
    CASE WHEN n % 10 = 0 THEN 'hash_' || n END, 1764000000000, 1795561220008, 'customer_metadata' FROM number`,
  `INSERT INTO charges ${NUMBERS} SELECT printf('ch_%07d', n), 'cus_x', 1795561225008 FROM number`,
  `INSERT INTO waiting ${NUMBERS} SELECT printf('cus_w%07d', n), 1, 'evt_' || n, 1795561220000 + n, NULL,
    '{"provider":"stripe"}' FROM number WHERE n <= ${ROWS / 100}`,
  `INSERT INTO queues ${NUMBERS} SELECT printf('cus_w%07d', n), 1795561220008, 1, 'not_looked_up' FROM number
    WHERE n <= ${ROWS / 100}`,
];
const OUTBOX = [
  `INSERT INTO people ${NUMBERS} SELECT printf('key_%07d', n), '{"userId":"user_' || n || '"}' FROM number`,
  `INSERT INTO journal_20781 ${NUMBERS} SELECT n + 1000, 1795561225008, printf('key_%07d', n), 0, '[]' FROM number`,
  `INSERT INTO seen_682 ${NUMBERS} SELECT printf('seen_%07d', n) FROM number`,
  `INSERT INTO email_marks ${NUMBERS} SELECT printf('mark_%07d', n), n, 1795561225008 FROM number`,
  `INSERT INTO emails ${NUMBERS} SELECT n + 1000, 1, 'key_' || n, '{}' FROM number WHERE n <= ${ROWS / 100}`,
  `INSERT INTO parked ${NUMBERS} SELECT n + 1000, 1, 'key_' || n, 0, 'request_invalid', '', '{}' FROM number
    WHERE n <= ${ROWS / 100}`,
];

type Row = Readonly<Record<string, unknown>>;

/** Starts a shard over what that release left, and what fills it. */
function start(of: 'links' | 'outbox', migrations: readonly Migrations[], fill: readonly string[]) {
  const db = new DatabaseSync(':memory:');
  db.exec(readFileSync(path.join(import.meta.dirname, 'release-0.1.0', `${of}.sql`), 'utf8'));
  for (const statement of fill) db.exec(statement);
  const rowsOf = (table: string): Row[] => db.prepare(`SELECT * FROM ${table}`).all();
  const tables = db
    .prepare(`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB 'sqlite_*'`)
    .all()
    .map(({ name }) => String(name));
  const before = new Map(tables.map((table) => [table, rowsOf(table)]));
  const platform = platformOver(db);
  let statements = 0;
  const plain = countingRun(platform.sql, () => undefined);
  const run: Run = (query, ...bindings) => {
    statements += 1;
    return plain(query, ...bindings);
  };
  migrate(run, platform.transaction, migrations);
  return { before, rowsOf, run, statements };
}

/** Every row of before that is not as it was; new columns do not count. By the row's first column. */
function lost(rows: readonly Row[], now: readonly Row[]): Row[] {
  const keyOf = (row: Row) => JSON.stringify(Object.values(row).slice(0, 2));
  const known = new Map(now.map((row) => [keyOf(row), row]));
  return rows.filter((row) => {
    const found = known.get(keyOf(row));
    return Object.entries(row).some(([name, value]) => found?.[name] !== value);
  });
}

describe('a full shard of the first release', () => {
  it.each([
    ['links', LINKS_MIGRATIONS, LINKS],
    ['outbox', OUTBOX_MIGRATIONS, OUTBOX],
  ] as const)(
    'of %s keeps every row, and its start makes no statement for each',
    (of, all, fill) => {
      const full = start(of, all, fill);
      for (const [table, rows] of full.before) {
        const gone = lost(rows, full.rowsOf(table)).map(({ seq }) => seq);
        // That release was done with the first mail, and had not dropped it yet.
        expect([table, gone]).toEqual([table, table === 'emails' ? [1] : []]);
      }
      expect(full.statements).toBe(start(of, all, []).statements);
    },
  );

  it('counts what it found, and knows since when a queue waits', () => {
    const links = start('links', LINKS_MIGRATIONS, LINKS);
    const linked = links.rowsOf('links').filter((row) => row['user_id'] !== null).length;
    expect(countOf(links.run, 'links')).toBe(linked);
    expect(linked).toBeGreaterThan((ROWS * 9) / 10);
    for (const table of ['waiting', 'queues']) {
      expect(countOf(links.run, table)).toBe(links.rowsOf(table).length);
    }
    const [queue] = links.run(`SELECT since, known FROM queues WHERE key = 'cus_w0000007'`);
    expect(queue).toEqual({ since: 1_795_561_220_007, known: 0 });
    const outbox = start('outbox', OUTBOX_MIGRATIONS, OUTBOX);
    for (const table of ['emails', 'parked']) {
      expect(countOf(outbox.run, table)).toBe(outbox.rowsOf(table).length);
    }
  });
});
