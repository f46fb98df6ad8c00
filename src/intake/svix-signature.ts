// Svix signatures: Clerk signs with them, and so does Svix Ingest for Stripe. The library does the check; this says
// which of our reasons its verdict is.
// https://docs.svix.com/receiving/verifying-payloads/how-manual

import { Webhook as SvixWebhook } from 'svix';

import type { SignatureRefusal, Verification, Webhook } from './provider.ts';

const HEADERS = ['svix-id', 'svix-timestamp', 'svix-signature'] as const;

/** Svix's own tolerance, either way: https://docs.svix.com/receiving/verifying-payloads/how-manual */
const TOLERANCE_SECONDS = 300;

/** A header may carry one per secret while secrets are rotated: more than this are not looked at. */
const SIGNATURES_MAX = 8;

/** Eight signatures are below 400 characters; what is longer than this is nobody's we know. */
const HEADER_LENGTH_MAX = 4096;

/** Any of the secrets may match: rotation needs two. One that cannot be decoded matches nothing. */
export function verifySvix(webhook: Webhook, secrets: readonly string[]): Verification {
  const headers = Object.fromEntries(HEADERS.map((name) => [name, webhook.headers[name] ?? '']));
  const deliveryId = headers['svix-id'] ?? '';
  if (Object.values(headers).includes('')) return { ok: false, reason: 'signature_missing' };
  if (Object.values(headers).some(({ length }) => length > HEADER_LENGTH_MAX)) {
    return { ok: false, reason: 'signature_invalid' };
  }
  const signatures = headers['svix-signature']?.split(' ', SIGNATURES_MAX) ?? [];
  headers['svix-signature'] = signatures.join(' ');
  const verdicts = secrets.map((secret) => verdictOf(secret, webhook.body, headers));
  if (verdicts.includes(null) && isRecent(headers['svix-timestamp'], webhook.now)) {
    return { ok: true, deliveryId };
  }
  const isStale = verdicts.includes(null) || verdicts.includes('signature_stale');
  return { ok: false, reason: isStale ? 'signature_stale' : 'signature_invalid' };
}

/** The key is base64 behind `whsec_`; 0 where it is none. */
export function svixKeyBytes(secret: string): number {
  try {
    return atob(secret.replace(/^whsec_/, '')).length;
  } catch {
    return 0;
  }
}

/** True when a request carries Svix's headers, whoever it claims to be from. */
export function isSvix(webhook: Webhook): boolean {
  return webhook.headers['svix-signature'] !== undefined;
}

/** The library has read the machine's clock; the caller's has to agree. */
function isRecent(timestamp: string | undefined, now: number): boolean {
  const ageSeconds = Math.abs(Math.floor(now / 1000) - Number.parseInt(timestamp ?? '', 10));
  return ageSeconds <= TOLERANCE_SECONDS;
}

/** Null: it matches. The library reads the clock itself: 300 seconds either way. */
function verdictOf(
  secret: string,
  body: string,
  headers: Record<string, string>,
): SignatureRefusal | null {
  try {
    // It returns nothing since 2.2: no exception is the verdict.
    new SvixWebhook(secret).verify(body, headers);
    return null;
  } catch (error) {
    const isTime = error instanceof Error && error.message.includes('timestamp too');
    return isTime ? 'signature_stale' : 'signature_invalid';
  }
}
