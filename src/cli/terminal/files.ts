// Files that are named on the command line: read, or a sentence that says why they cannot be.

import { readFileSync } from 'node:fs';

import { usageError } from './cli-error.ts';
import { errorCode } from './http.ts';

/** `what` is how the file was given: "--attach a.pdf". */
type Named = { readonly file: string; readonly what: string; readonly todo?: string };

/** `-` reads standard input. */
export function namedText(named: Named): string {
  return read(named, named.file === '-' ? 0 : named.file).toString('utf8');
}

export function namedBytes(named: Named): Buffer {
  return read(named, named.file);
}

function read({ what, todo }: Named, from: string | number): Buffer {
  try {
    return readFileSync(from);
  } catch (error) {
    throw usageError(`${what}: ${faultOf(errorCode(error))}.`, todo);
  }
}

function faultOf(code: string): string {
  if (code === 'EISDIR') return 'this is a folder';
  return code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code})`;
}
