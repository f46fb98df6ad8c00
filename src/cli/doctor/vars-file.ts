// The file with secrets: who may read it.

import { statSync } from 'node:fs';

import { warning } from './check.ts';
import type { Check } from './check.ts';

/** The rights of everybody but the owner. Windows has others, which are not told here. */
const OTHERS = 0o077;

export function varsFileChecks(file: string): Check[] {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found?.isFile() !== true || process.platform === 'win32') return [];
  if ((found.mode & OTHERS) === 0) return [];
  return [warning(file, 'others on this machine may read it', `chmod 600 ${file}`)];
}
