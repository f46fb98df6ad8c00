// Stripe's own signatures, with WebCrypto: the `stripe` package would add 33 kB for what these lines do.
// https://docs.stripe.com/webhooks#verify-manually

import type { Verification, Webhook } from '../provider.ts';

/** Stripe's libraries refuse what is older; we refuse what is as far ahead, too. */
export const TOLERANCE_SECONDS = 300;

/** Stripe sends one per secret while a secret is rolled: more than this are not looked at. */
const SIGNATURES_MAX = 8;

/** Eight signatures are below 700 characters; what is longer than this is nobody's we know. */
const HEADER_LENGTH_MAX = 4096;

/** More secrets than this are never configured; the bound keeps a mistake from filling memory. */
const KEYS_MAX = 16;

/** Named by what makes it: the Worker's types and Node's have no common name for it. */
type Key = ReturnType<typeof crypto.subtle.importKey>;

const keys = new Map<string, Key>();

type SignatureHeader = { readonly timestamp: number; readonly signatures: readonly string[] };

/** Any `v1` signature may match any secret: Stripe sends one per secret while a secret is rolled. */
export async function verifyStripe(
  webhook: Webhook,
  secrets: readonly string[],
): Promise<Verification> {
  const text = webhook.headers['stripe-signature'] ?? '';
  if (text === '') return { ok: false, reason: 'signature_missing' };
  const header = text.length > HEADER_LENGTH_MAX ? null : parseHeader(text);
  if (header === null) return { ok: false, reason: 'signature_invalid' };
  const message = new Uint8Array(new TextEncoder().encode(`${header.timestamp}.${webhook.body}`));
  const isSigned = await isAnyMatching(message, header.signatures, secrets);
  if (!isSigned) return { ok: false, reason: 'signature_invalid' };
  const ageSeconds = Math.abs(Math.floor(webhook.now / 1000) - header.timestamp);
  return ageSeconds > TOLERANCE_SECONDS
    ? { ok: false, reason: 'signature_stale' }
    : { ok: true, deliveryId: null };
}

/** `t=1700000000,v1=<hex>[,v1=<hex>][,v0=<hex>]`. Null when it is not of that form. */
function parseHeader(text: string): SignatureHeader | null {
  const parts = text.split(',').map((part) => {
    const [name = '', ...value] = part.split('=');
    return { name, value: value.join('=') };
  });
  const timestamps = parts.filter(({ name }) => name === 't').map(({ value }) => value);
  const [timestamp = ''] = timestamps;
  if (timestamps.length !== 1 || !/^(0|[1-9]\d{0,14})$/.test(timestamp)) return null;
  const signatures = parts
    .filter(({ name }) => name === 'v1')
    .slice(0, SIGNATURES_MAX)
    .map(({ value }) => value);
  return signatures.length === 0 ? null : { timestamp: Number(timestamp), signatures };
}

async function isAnyMatching(
  message: Uint8Array<ArrayBuffer>,
  signatures: readonly string[],
  secrets: readonly string[],
): Promise<boolean> {
  const given = signatures.map(bytesOf).filter((bytes) => bytes !== null);
  if (given.length === 0) return false;
  for (const secret of secrets) {
    // Once for each secret, however many signatures there are: the body is the work.
    const expected = new Uint8Array(await crypto.subtle.sign('HMAC', await keyOf(secret), message));
    if (given.some((bytes) => isSame(bytes, expected))) return true;
  }
  return false;
}

/** Looks at every byte, so that the time it takes says nothing about where they differ. */
function isSame(given: Uint8Array, expected: Uint8Array): boolean {
  let differs = given.length ^ expected.length;
  for (const [index, byte] of expected.entries()) differs |= byte ^ (given[index] ?? 0);
  return differs === 0;
}

/** SHA-256 in lower-case hex, as Stripe writes it. */
function bytesOf(signature: string): Uint8Array<ArrayBuffer> | null {
  if (!/^[0-9a-f]{64}$/.test(signature)) return null;
  const bytes = new Uint8Array(32);
  for (let index = 0; index < 32; index += 1) {
    bytes[index] = Number.parseInt(signature.slice(index * 2, index * 2 + 2), 16);
  }
  return bytes;
}

/** What is random about it stands behind `whsec_`. */
export function stripeKeyBytes(secret: string): number {
  return new TextEncoder().encode(secret.replace(/^whsec_/, '')).length;
}

/** The key is the whole secret as text, `whsec_` and all; importing it once saves a third of a verification. */
function keyOf(secret: string): Key {
  const known = keys.get(secret);
  if (known !== undefined) return known;
  if (keys.size >= KEYS_MAX) keys.clear();
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const bytes = new TextEncoder().encode(secret);
  const key = crypto.subtle.importKey('raw', bytes, algorithm, false, ['sign']);
  keys.set(secret, key);
  return key;
}
