// No statement looks through a table: each that stands in the sources is explained by SQLite over the newest schema, whether any test
// makes it or not. What simulated shards make on their way is held by every test that runs in Node (every-plan.ts).

import { DatabaseSync } from 'node:sqlite';

import { describe, expect, it } from 'vitest';

import { LINKS_MIGRATIONS } from '../../src/links/tables/tables.ts';
import { JOURNAL } from '../../src/outbox/journal/slots.ts';
import { SEEN } from '../../src/outbox/people/seen.ts';
import { OUTBOX_MIGRATIONS } from '../../src/outbox/tables.ts';
import { addNumbered, migrate } from '../../src/platform/migrations.ts';
import type { Run } from '../../src/platform/sql.ts';
import { explain, unexpectedScans } from './plans.ts';
import { scansNotMade } from './scans.ts';
import { statementsInSource } from './statements.ts';

/** The tables of all shards in one. */
function open(): DatabaseSync {
  const db = new DatabaseSync(':memory:');
  const run: Run = (query, ...bindings) => db.prepare(query).all(...bindings);
  migrate(run, (write) => write(), [...OUTBOX_MIGRATIONS, ...LINKS_MIGRATIONS]);
  for (const numbered of [JOURNAL, SEEN]) addNumbered(run, numbered, 1);
  db.exec('CREATE TABLE jobs (seq INTEGER PRIMARY KEY AUTOINCREMENT, job TEXT)');
  db.exec('CREATE TABLE missing (user_id TEXT PRIMARY KEY, at INTEGER) WITHOUT ROWID');
  return db;
}

describe('the statements', () => {
  it('look through no table but where it is said why that is no harm', () => {
    const db = open();
    const statements = statementsInSource();
    expect(statements.length).toBeGreaterThan(150);
    for (const statement of statements) explain(db, statement);
    expect(unexpectedScans()).toEqual([]);
    expect(scansNotMade(statements)).toEqual([]);
  });
});
