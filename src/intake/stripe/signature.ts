// Stripe's own signatures, with WebCrypto: the `stripe` package would add 33 kB for what these lines do.
// https://docs.stripe.com/webhooks#verify-manually

import {
  HEADER_LENGTH_MAX,
  isRecent,
  isSigned,
  openKeys,
  signatureOf,
  SIGNATURES_MAX,
} from '../hmac.ts';
import type { ToSign, Verification, Webhook } from '../provider.ts';

type SignatureHeader = { readonly timestamp: number; readonly signatures: readonly string[] };

/** The key is the whole secret as text, `whsec_` and all. */
const keyOf = openKeys((secret) => new TextEncoder().encode(secret));

/** A byte as lower-case hex: made anew for each webhook it would cost as much as reading its header. */
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Any `v1` signature may match any secret: Stripe sends one per secret while a secret is rolled. */
export async function verifyStripe(
  webhook: Webhook,
  secrets: readonly string[],
): Promise<Verification> {
  const text = webhook.headers['stripe-signature'] ?? '';
  if (text === '') return { ok: false, reason: 'signature_missing' };
  const header = text.length > HEADER_LENGTH_MAX ? null : parseHeader(text);
  if (header === null) return { ok: false, reason: 'signature_invalid' };
  const isOurs = await isSigned({
    message: `${header.timestamp}.${webhook.body}`,
    signatures: header.signatures,
    keys: secrets.map(keyOf),
    written: hexOf,
  });
  if (!isOurs) return { ok: false, reason: 'signature_invalid' };
  return isRecent(header.timestamp, webhook.now)
    ? { ok: true, deliveryId: null }
    : { ok: false, reason: 'signature_stale' };
}

/** The header of a delivery as Stripe sends it. */
export async function signStripe(
  { body, now }: ToSign,
  secret: string,
): Promise<Record<string, string>> {
  const timestamp = Math.floor(now / 1000);
  const key = keyOf(secret);
  const signed = key === null ? '' : hexOf(await signatureOf(`${timestamp}.${body}`, key));
  return { 'stripe-signature': `t=${timestamp},v1=${signed}` };
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
    .map(({ value }) => value)
    .filter((value) => /^[0-9a-f]{64}$/.test(value));
  return signatures.length === 0 ? null : { timestamp: Number(timestamp), signatures };
}

/** SHA-256 in lower-case hex, as Stripe writes it. */
function hexOf(bytes: Uint8Array): string {
  return bytes.reduce((text, byte) => text + (HEX[byte] ?? ''), '');
}

/** What is random about it stands behind `whsec_`. */
export function stripeKeyBytes(secret: string): number {
  return new TextEncoder().encode(secret.replace(/^whsec_/, '')).length;
}
