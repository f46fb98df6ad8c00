// An email address where only its likeness counts: a hash of it, so that what is kept tells no address. No I/O.

import { createHash } from 'node:crypto';

export function emailMark(email: string): string {
  const address = email.trim().toLowerCase();
  return createHash('sha256').update(address).digest('base64url').slice(0, 22);
}
