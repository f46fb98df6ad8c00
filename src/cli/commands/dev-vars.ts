// .dev.vars: read and written by lines, so that comments and what is not ours stay as they are.

import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';

import { CliError } from '../terminal/cli-error.ts';
import { errorCode } from '../terminal/http.ts';

/** Replaces the line of each name, or adds one at the end. Only the owner may read the file. */
export function writeDevVars(file: string, values: Readonly<Record<string, string>>): void {
  try {
    const before = existsSync(file) ? readFileSync(file, 'utf8') : '';
    writeFileSync(file, merged(before, values), { mode: 0o600 });
    chmodSync(file, 0o600);
  } catch (error) {
    throw new CliError(`${file} cannot be written (${errorCode(error)}).`, {
      todo: 'A folder, a broken link, or a file of somebody else? Move it away, or name another: --vars-file',
    });
  }
}

export function merged(before: string, values: Readonly<Record<string, string>>): string {
  const left = new Map(Object.entries(values));
  const lines = before.split('\n').map((line) => {
    const name = /^\s*(?:export\s+)?(\w+)\s*=/.exec(line)?.[1] ?? '';
    const value = left.get(name);
    if (value === undefined) return line;
    left.delete(name);
    return lineOf(name, value);
  });
  while (lines.at(-1) === '') lines.pop();
  return [...lines, ...[...left].map(([name, value]) => lineOf(name, value)), ''].join('\n');
}

/** Quoted where a `#` would begin a comment. */
function lineOf(name: string, value: string): string {
  return /[#\s]/.test(value) ? `${name}="${value}"` : `${name}=${value}`;
}
