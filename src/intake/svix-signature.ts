// Svix signatures: Clerk signs with them, and so does Svix Ingest for Stripe. By WebCrypto, as Stripe's are: the
// package brings a SHA-256 of its own, slower and 5 kB; the tests hold its verdict against ours.
// https://docs.svix.com/receiving/verifying-payloads/how-manual

import {
  HEADER_LENGTH_MAX,
  isRecent,
  isSigned,
  openKeys,
  signatureOf,
  SIGNATURES_MAX,
} from './hmac.ts';
import type { ToSign, Verification, Webhook } from './provider.ts';

const HEADERS = ['svix-id', 'svix-timestamp', 'svix-signature'] as const;

/** `v1,<base64>`: other versions are signed by other means. */
const VERSION_1 = /^v1,[A-Za-z0-9+/]{43}=$/;

const keyOf = openKeys(keyIn);

/** Any of the secrets may match: rotation needs two. One that cannot be decoded matches nothing. */
export async function verifySvix(
  webhook: Webhook,
  secrets: readonly string[],
): Promise<Verification> {
  const [id = '', timestamp = '', signature = ''] = HEADERS.map((name) => webhook.headers[name]);
  const headers = [id, timestamp, signature];
  if (headers.includes('')) return { ok: false, reason: 'signature_missing' };
  const isWellFormed =
    headers.every(({ length }) => length <= HEADER_LENGTH_MAX) && /^\d{1,15}$/.test(timestamp);
  const isOurs =
    isWellFormed &&
    (await isSigned({
      message: `${id}.${timestamp}.${webhook.body}`,
      signatures: signature
        .split(' ', SIGNATURES_MAX)
        .filter((each) => VERSION_1.test(each))
        .map((each) => each.slice('v1,'.length)),
      keys: secrets.map(keyOf),
      written: base64Of,
    }));
  if (!isOurs) return { ok: false, reason: 'signature_invalid' };
  return isRecent(Number(timestamp), webhook.now)
    ? { ok: true, deliveryId: id }
    : { ok: false, reason: 'signature_stale' };
}

/** The headers of a delivery as Svix sends them. */
export async function signSvix(
  { id, body, now }: ToSign,
  secret: string,
): Promise<Record<string, string>> {
  const timestamp = String(Math.floor(now / 1000));
  const key = keyOf(secret);
  const signed = key === null ? '' : base64Of(await signatureOf(`${id}.${timestamp}.${body}`, key));
  return {
    'svix-id': id,
    'svix-timestamp': timestamp,
    'svix-signature': `v1,${signed}`,
  };
}

function base64Of(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

/** The key is base64 behind `whsec_`; 0 where it is none. */
export function svixKeyBytes(secret: string): number {
  return keyIn(secret).length;
}

/** True when a request carries Svix's headers, whoever it claims to be from. */
export function isSvix(webhook: Webhook): boolean {
  return webhook.headers['svix-signature'] !== undefined;
}

/** Empty where it is none. */
function keyIn(secret: string): Uint8Array {
  try {
    return Uint8Array.from(atob(secret.replace(/^whsec_/, '')), (character) =>
      character.charCodeAt(0),
    );
  } catch {
    return new Uint8Array(0);
  }
}
