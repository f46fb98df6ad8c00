// What a Worker has on its disk: every row of every table of every Durable Object, as text.

import { cpSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { newFolder } from './processes.ts';

/** `folder` as it was given to the Worker. Reads a copy; of a Worker that runs it may be torn, and that throws. */
export function storedRows(folder: string): string[] {
  const copy = newFolder('stored');
  cpSync(path.join(folder, 'disk'), copy, { recursive: true });
  const files = readdirSync(copy, { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => file.endsWith('.sqlite'))
    .flatMap((file) => rowsIn(path.join(copy, file)));
}

function rowsIn(file: string): string[] {
  const db = new DatabaseSync(file);
  const tables = db.prepare(`SELECT name FROM sqlite_master WHERE type = 'table'`).all();
  const rows = tables.flatMap(({ name }) => {
    const all = db.prepare(`SELECT * FROM "${String(name)}"`);
    // The platform's own times are too large for a number.
    all.setReadBigInts(true);
    return all.all().map((row) => [name, ...Object.values(row).map(textOf)].join(' '));
  });
  db.close();
  return rows;
}

function textOf(value: unknown): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString() : String(value);
}
