// A file that holds secrets: only its owner may read it, from its first byte on.

import { lstatSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';

/**
 * Written beside, then put in the place of what was there: nobody reads a half of it, nor by a handle or by the rights
 * that the old file gave. A link stays one.
 */
export function writeSecretFile(file: string, text: string): void {
  const isLink = lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  const target = isLink ? realpathSync(file) : file;
  if (lstatSync(target, { throwIfNoEntry: false })?.isFile() === false) {
    // A pipe or a device keeps nothing, and must not be replaced.
    writeFileSync(target, text);
    return;
  }
  const fresh = `${target}.${crypto.randomUUID()}`;
  try {
    writeFileSync(fresh, text, { mode: 0o600, flag: 'wx' });
    renameSync(fresh, target);
  } finally {
    rmSync(fresh, { force: true });
  }
}
