// One transactional mail. There is no idempotency key, so what was asked twice is mailed twice: the outcome says
// whether it was surely not sent, and then only may it be asked again.
// https://docs.customer.io/integrations/api/app/#operation/sendEmail

import { bearerRequest } from '../apis/ask-json.ts';
import { exchange } from '../apis/exchange.ts';
import type { Net } from '../apis/exchange.ts';
import { withAnyKey } from '../apis/keys.ts';
import { outcomeOf } from '../apis/outcome.ts';
import type { Outcome } from '../apis/outcome.ts';
import { parseJson } from '../platform/json.ts';
import * as v from '../platform/schema.ts';
import type { AppOptions } from './app-api.ts';

/** The documented body. Exactly one of `id`, `email` and `cio_id` says whose profile it is. */
export type Email = {
  readonly transactional_message_id?: string | number;
  readonly to: string;
  readonly identifiers: Readonly<Record<string, string>>;
  readonly message_data?: Readonly<Record<string, unknown>>;
  readonly send_to_unsubscribed?: boolean;
  readonly [field: string]: unknown;
};

export type EmailOutcome =
  /** `deliveryId` is null when the answer broke off after its status. */
  | { readonly kind: 'sent'; readonly deliveryId: string | null }
  /** Surely not sent, and may be asked again. */
  | {
      readonly kind: 'retry';
      readonly reason: 'rate_limited' | 'unreachable';
      readonly retryAfterMs: number | null;
    }
  /** It may have been sent: nobody but a person may ask again. */
  | {
      readonly kind: 'ambiguous';
      readonly reason: 'timed_out' | 'connection_lost' | 'upstream_unavailable';
    }
  | Extract<Outcome, { kind: 'rejected' | 'refused' }>;

type EmailNet = Net & {
  /** Whether an error of `fetch` proves that no request left: only the platform's own errors can say. */
  readonly isUnsent: (error: unknown) => boolean;
};

/**
 * Statuses of Cloudflare's own, for an origin it never got a connection to: refused, unreachable, TLS failed.
 * https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors/
 */
const NEVER_CONNECTED = [521, 523, 525, 526];

const LIMITS = { successLengthMax: 64_000, errorLengthMax: 64_000 };

const Receipt = v.object({ delivery_id: v.string() });

/** A refused key proves that nothing was sent, so the other one of a rotation may be tried. */
export function sendEmail(email: Email, options: AppOptions, net: EmailNet): Promise<EmailOutcome> {
  return withAnyKey(options.token, (token) => sendOnce(email, { ...options, token }, net));
}

async function sendOnce(email: Email, options: AppOptions, net: EmailNet): Promise<EmailOutcome> {
  const { baseUrl, token } = options;
  const post = { method: 'POST', url: `${baseUrl}/send/email`, token, json: email } as const;
  const result = await exchange(bearerRequest(post), LIMITS, net);
  switch (result.kind) {
    case 'timed_out':
      return { kind: 'ambiguous', reason: 'timed_out' };
    case 'unreachable':
      return net.isUnsent(result.error)
        ? UNREACHABLE
        : { kind: 'ambiguous', reason: 'connection_lost' };
    case 'torn':
      return { kind: 'sent', deliveryId: null };
    case 'answered':
      if (NEVER_CONNECTED.includes(result.answer.status)) return UNREACHABLE;
      return emailOutcomeOf(outcomeOf(result.answer, net.now()), result.answer.body);
  }
}

const UNREACHABLE = { kind: 'retry', reason: 'unreachable', retryAfterMs: null } as const;

function emailOutcomeOf(outcome: Outcome, body: string): EmailOutcome {
  switch (outcome.kind) {
    case 'delivered':
      return { kind: 'sent', deliveryId: deliveryIdIn(body) };
    case 'retry':
      if (outcome.reason !== 'rate_limited') {
        return { kind: 'ambiguous', reason: reasonOf(outcome) };
      }
      return { kind: 'retry', reason: 'rate_limited', retryAfterMs: outcome.retryAfterMs };
    case 'rejected':
    case 'refused':
      return outcome;
  }
}

function reasonOf({ reason }: Extract<Outcome, { kind: 'retry' }>) {
  return reason === 'timed_out' ? 'timed_out' : 'upstream_unavailable';
}

function deliveryIdIn(body: string): string | null {
  const receipt = v.safeParse(Receipt, parseJson(body));
  return receipt.success ? receipt.output.delivery_id : null;
}
