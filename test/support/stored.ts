// What a Worker has on its disk: every row of every table of every Durable Object, as text.

import { cpSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { newFolder } from './processes.ts';

/** `folder` as it was given to the Worker. Reads a copy; of a Worker that runs it may be torn, and that throws. */
export function storedRows(folder: string): string[] {
  const rows: string[] = [];
  eachStoredRow(folder, (table, row) => {
    rows.push([table, ...Object.values(row).map(textOf)].join(' '));
  });
  return rows;
}

type Look = (table: string, row: Readonly<Record<string, unknown>>) => void;

/** The same one by one, for a disk that holds more than fits into memory. */
export function eachStoredRow(folder: string, look: Look): void {
  const copy = newFolder('stored');
  cpSync(path.join(folder, 'disk'), copy, { recursive: true });
  const files = readdirSync(copy, { recursive: true, encoding: 'utf8' });
  for (const file of files.filter((name) => name.endsWith('.sqlite'))) {
    readFile(path.join(copy, file), look);
  }
  rmSync(copy, { recursive: true, force: true });
}

function readFile(file: string, look: Look): void {
  const db = new DatabaseSync(file);
  for (const { name } of db.prepare(`SELECT name FROM sqlite_master WHERE type = 'table'`).all()) {
    const all = db.prepare(`SELECT * FROM "${String(name)}"`);
    // The platform's own times are too large for a number.
    all.setReadBigInts(true);
    for (const row of all.iterate()) look(String(name), row);
  }
  db.close();
}

function textOf(value: unknown): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString() : String(value);
}
