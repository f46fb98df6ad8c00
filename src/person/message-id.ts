// Message ids: shaped like a ULID (26 characters of Crockford's base32, the first from 0 to 7), but made from what
// the message is about instead of chance, so a happening that is told twice has one id.
// https://github.com/ulid/spec

import { createHash } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const TIME_MS_MAX = 2 ** 48 - 1;

/** 48 bits of `at` (Unix milliseconds), then 80 bits of SHA-256 over the key's parts. */
export function messageId(key: readonly (string | number)[], at: number): string {
  const time = Math.min(Math.max(Math.trunc(at), 0), TIME_MS_MAX) || 0;
  const hash = createHash('sha256').update(JSON.stringify(key)).digest('hex').slice(0, 20);
  return base32(BigInt(time), 10) + base32(BigInt(`0x${hash}`), 16);
}

function base32(value: bigint, length: number): string {
  let rest = value;
  let text = '';
  for (let position = 0; position < length; position += 1) {
    text = ALPHABET.charAt(Number(rest % 32n)) + text;
    rest /= 32n;
  }
  return text;
}
