// Why the Worker refuses a request: one word on the wire and in the log, and the status that goes with it. A provider
// comes again after a 503, and gives up on everything else.

import type { Context } from 'hono';

import type { Readiness } from '../config/layout.ts';
import type { SignatureRefusal } from '../intake/provider.ts';

/** Stable: docs/runbook.md lists them, and docs/codes.md says what each means. */
export type Refusal =
  | SignatureRefusal
  | Exclude<Readiness['kind'], 'ready'>
  | 'provider_unknown'
  | 'method_not_allowed'
  | 'body_too_large'
  | 'body_malformed'
  | 'secret_missing'
  | 'not_found'
  | 'unavailable';

const STATUS = {
  body_malformed: 400,
  signature_missing: 401,
  signature_invalid: 401,
  signature_stale: 401,
  provider_unknown: 404,
  not_found: 404,
  method_not_allowed: 405,
  body_too_large: 413,
  config_invalid: 503,
  layout_mismatch: 503,
  secret_missing: 503,
  unavailable: 503,
} as const satisfies Record<Refusal, number>;

/** How long a provider should wait before it tries again: long enough to fix a secret, short enough to be soon. */
const RETRY_AFTER_SECONDS = 60;

export function refuse(c: Context, reason: Refusal): Response {
  const status = STATUS[reason];
  const headers = status === 503 ? { 'Retry-After': String(RETRY_AFTER_SECONDS) } : {};
  return c.json({ error: reason }, status, headers);
}
