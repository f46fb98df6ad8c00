// The tables about what is stored, of docs/people.md and src/README.md, held against the tables there are.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { describe, expect, it } from 'vitest';

import { platformOver } from '../../src/cli/node-sqlite.ts';
import { LINKS_MIGRATIONS } from '../../src/links/tables/tables.ts';
import { momentKey } from '../../src/outbox/people/seen.ts';
import { openStorage } from '../../src/outbox/storage.ts';
import { migrate } from '../../src/platform/migrations.ts';
import type { Run } from '../../src/platform/sql.ts';
import { JOBS } from '../../src/sync/table.ts';

const ROOT = path.join(import.meta.dirname, '../..');

/** Every table of all shards with its columns; tables a day or a month by their prefix. */
function schema(): Map<string, string[]> {
  const db = new DatabaseSync(':memory:');
  const run: Run = (query, ...bindings) => db.prepare(query).all(...bindings);
  const store = openStorage(platformOver(db)).tables();
  store.seen.remember(momentKey(['key']), Date.now());
  store.journal.append({ at: Date.now(), person: 'p', isRemoval: false, messages: [] });
  migrate(run, (write) => write(), [...LINKS_MIGRATIONS, JOBS]);
  const tables = db
    .prepare(`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB 'sqlite_*'`)
    .all();
  return new Map(
    tables.map(({ name }) => {
      const columns = db.prepare(`SELECT name FROM pragma_table_info(?)`).all(String(name));
      return [String(name).replace(/_\d+$/, ''), columns.map((column) => String(column['name']))];
    }),
  );
}

/** The first cell's name, and the words in backticks of another cell, row by row. */
function rows(file: string, header: string, cell: number): Map<string, string[]> {
  const text = readFileSync(path.join(ROOT, file), 'utf8');
  const table = text.slice(text.indexOf(header)).split('\n\n')[0] ?? '';
  return new Map(
    table
      .split('\n')
      .slice(2)
      .map((row) => {
        const cells = row.split('|').slice(1, -1);
        const name = (cells[0] ?? '').replaceAll(/[`\s]|_<\w+>/g, '');
        const words = (cells[cell] ?? '').match(/`[^`]+`/g) ?? [];
        return [name, words.flatMap((word) => word.replaceAll('`', '').split(' '))];
      }),
  );
}

describe('the documents', () => {
  it('name every table there is, and no other', () => {
    const told = rows('docs/people.md', '| table | what of a person', 1);
    expect([...told.keys()].toSorted()).toEqual([...schema().keys()].toSorted());
  });

  it('name every column where they describe the schema', () => {
    const told = rows('src/README.md', '| table | shard | columns', 2);
    for (const [table, columns] of schema()) {
      expect([table, ...columns.filter((column) => !told.get(table)?.includes(column))]).toEqual([
        table,
      ]);
    }
  });
});
