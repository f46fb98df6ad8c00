// Whether two secrets are the same, by their hashes, so that the time it takes says nothing about either.

import { createHash } from 'node:crypto';

export function isSame(given: string, expected: string): boolean {
  return digest(given) === digest(expected);
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
