// Stripe's event types, one row each: what reads it. The shape of an object follows the endpoint's API version, so
// the readers branch on the fields that are there, never on the version.

import * as z from 'zod';

import type { Reading, ReadOptions, VerifiedBody } from '../provider.ts';
import { flag, needed, problemsOf, record } from '../shape.ts';
import { readDisputeClosed, readDisputeOpened, readRefund } from './charge.ts';
import { readCompleted, readExpired } from './checkout.ts';
import { readCustomer } from './customer.ts';
import { ignoredBecause } from './ignored.ts';
import { readActionRequired, readFailure, readPayment, readUpcoming } from './invoice.ts';
import { readAttached, readDetached, readReplaced } from './payment-method.ts';
import { readBaseline, readSubscription, readTrialEnding } from './subscription.ts';

/** Times in Unix milliseconds; `occurredAt` is Stripe's word, the same in every delivery: moments are keyed by it. */
export type StripeEvent = {
  readonly id: string;
  readonly type: string;
  readonly occurredAt: number;
  /** Orders facets: `occurredAt`, but never later than the receipt, so that a clock ahead of ours pins nothing. */
  readonly asOf: number;
  readonly object: Readonly<Record<string, unknown>>;
  /** What the changed fields were: nested objects partial, arrays whole. Null when the event tells no change. */
  readonly previous: Readonly<Record<string, unknown>> | null;
};

export type StripeReader = (event: StripeEvent, options: ReadOptions) => Reading;

const READERS: Readonly<Record<string, StripeReader>> = {
  'customer.subscription.created': readSubscription,
  'customer.subscription.updated': readSubscription,
  'customer.subscription.deleted': readSubscription,
  'customer.subscription.trial_will_end': readTrialEnding,
  'customer.subscription.paused': readBaseline,
  'customer.subscription.resumed': readBaseline,
  'invoice.paid': readPayment,
  'invoice.payment_succeeded': readPayment,
  'invoice.payment_failed': readFailure,
  'invoice.payment_action_required': readActionRequired,
  'invoice.upcoming': readUpcoming,
  'charge.refunded': readRefund,
  'charge.dispute.created': readDisputeOpened,
  'charge.dispute.closed': readDisputeClosed,
  'checkout.session.completed': readCompleted,
  'checkout.session.expired': readExpired,
  'payment_method.attached': readAttached,
  'payment_method.updated': readReplaced,
  'payment_method.automatically_updated': readReplaced,
  'payment_method.detached': readDetached,
  'customer.created': readCustomer,
  'customer.updated': readCustomer,
};

export const STRIPE_EVENT_TYPES = Object.keys(READERS);

const Envelope = z.object({
  id: needed.text,
  object: z.string().catch(''),
  type: needed.text,
  created: needed.number,
  livemode: flag,
  data: z.object(
    {
      object: z.record(z.string(), z.unknown(), { error: 'expected an object' }),
      previous_attributes: record.nullable().optional(),
    },
    { error: 'expected an object' },
  ),
});

const USE_SNAPSHOTS = 'use snapshot events: make an endpoint with snapshot payloads at Stripe';

const Head = z.object({ id: needed.text, type: needed.text, object: z.string().catch('') });

export function readStripe(body: VerifiedBody, options: ReadOptions): Reading {
  const head = Head.safeParse(body.json);
  if (!head.success) {
    const problems = problemsOf(head.error);
    return { kind: 'unreadable', id: body.deliveryId ?? 'unknown', type: 'unknown', problems };
  }
  const { id, type, object } = head.data;
  // Thin events say that something changed, not what: the endpoint has to send snapshots.
  if (object === 'v2.core.event') {
    return { kind: 'ignored', id, type, reason: 'thin_event', remedy: USE_SNAPSHOTS };
  }
  const reader = Object.hasOwn(READERS, type) ? READERS[type] : undefined;
  if (reader === undefined) return { kind: 'ignored', id, type, reason: ignoredBecause(type) };
  const envelope = Envelope.safeParse(body.json);
  if (!envelope.success) {
    return { kind: 'unreadable', id, type, problems: problemsOf(envelope.error) };
  }
  if (isOtherMode(envelope.data.livemode, options)) {
    return { kind: 'ignored', id, type, reason: 'other_mode' };
  }
  return reader(eventOf(envelope.data, body.receivedAt), options);
}

function eventOf(envelope: z.infer<typeof Envelope>, receivedAt: number): StripeEvent {
  const { id, type, created, data } = envelope;
  const occurredAt = created * 1000;
  const asOf = Math.min(occurredAt, receivedAt);
  const previous = data.previous_attributes ?? null;
  return { id, type, occurredAt, asOf, object: data.object, previous };
}

function isOtherMode(isLive: boolean, { mode }: ReadOptions): boolean {
  return mode !== 'both' && (mode === 'live') !== isLive;
}
