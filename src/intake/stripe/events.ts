// Stripe's event types, one row each: what reads it. The shape of an object follows the endpoint's API version, so
// the readers branch on the fields that are there, never on the version.

import type { Reading, ReadOptions, VerifiedBody } from '../provider.ts';
import { withAlmost } from './almost.ts';
import {
  readDisputeChanged,
  readDisputeClosed,
  readDisputeOpened,
  readRefund,
  readRefundChange,
} from './charge.ts';
import { readCompleted, readDelayedPayment, readExpired } from './checkout.ts';
import { readCustomer, readDeletedCustomer } from './customer.ts';
import { openEnvelope, openHead } from './envelope.ts';
import type { StripeEvent } from './envelope.ts';
import { ignoredBecause } from './ignored.ts';
import {
  readActionRequired,
  readFailure,
  readOverdue,
  readPayment,
  readUncollectible,
  readUpcoming,
  readVoided,
} from './invoice.ts';
import { readPaid } from './one-off.ts';
import { readAttached, readDetached, readReplaced } from './payment-method.ts';
import { readPulledInvoice, readPulledSubscription } from './pulled.ts';
import { ignored } from './reading.ts';
import { readSchedule } from './schedule.ts';
import { readBaseline, readSubscription, readTrialEnding } from './subscription.ts';

type StripeReader = (event: StripeEvent, options: ReadOptions) => Reading;

const READERS: Readonly<Record<string, StripeReader>> = {
  'customer.subscription.created': readSubscription,
  'customer.subscription.updated': readSubscription,
  'customer.subscription.deleted': readSubscription,
  'customer.subscription.trial_will_end': readTrialEnding,
  'customer.subscription.paused': readBaseline,
  'customer.subscription.resumed': readBaseline,
  'subscription_schedule.created': readSchedule,
  'subscription_schedule.updated': readSchedule,
  'subscription_schedule.released': readSchedule,
  'invoice.paid': readPayment,
  'invoice.payment_succeeded': readPayment,
  'invoice.payment_failed': readFailure,
  'invoice.payment_action_required': readActionRequired,
  'invoice.overdue': readOverdue,
  'invoice.marked_uncollectible': readUncollectible,
  'invoice.voided': readVoided,
  'invoice.upcoming': readUpcoming,
  'charge.succeeded': readPaid,
  'charge.captured': readPaid,
  'payment_intent.succeeded': readPaid,
  'charge.refunded': readRefund,
  'refund.failed': readRefundChange,
  'refund.updated': readRefundChange,
  'charge.refund.updated': readRefundChange,
  'charge.dispute.created': readDisputeOpened,
  'charge.dispute.updated': readDisputeChanged,
  'charge.dispute.closed': readDisputeClosed,
  'checkout.session.completed': readCompleted,
  'checkout.session.async_payment_succeeded': readDelayedPayment,
  'checkout.session.async_payment_failed': readDelayedPayment,
  'checkout.session.expired': readExpired,
  'payment_method.attached': readAttached,
  'payment_method.updated': readReplaced,
  'payment_method.automatically_updated': readReplaced,
  'payment_method.detached': readDetached,
  'customer.created': readCustomer,
  'customer.updated': readCustomer,
  'customer.deleted': readDeletedCustomer,
};

export const STRIPE_EVENT_TYPES = Object.keys(READERS);

/** What was pulled, see snapshot.ts: no endpoint is ever sent these. */
const SNAPSHOT_READERS: Readonly<Record<string, StripeReader>> = {
  'subscription.snapshot': readPulledSubscription,
  'invoice.snapshot': readPulledInvoice,
};

const ALL_READERS: Readonly<Record<string, StripeReader>> = { ...READERS, ...SNAPSHOT_READERS };

const USE_SNAPSHOTS = 'use snapshot events: make an endpoint with snapshot payloads at Stripe';

export function readStripe(body: VerifiedBody, options: ReadOptions): Reading {
  const opened = openHead(body);
  if (!opened.ok) return opened.reading;
  const { head } = opened;
  const { id, type, object } = head;
  // Thin events say that something changed, not what: the endpoint has to send snapshots.
  if (object === 'v2.core.event') {
    return { kind: 'ignored', id, type, reason: 'thin_event', remedy: USE_SNAPSHOTS };
  }
  const reader = Object.hasOwn(ALL_READERS, type) ? ALL_READERS[type] : undefined;
  if (reader === undefined) return ignored(head, ignoredBecause(type));
  const whole = openEnvelope(body, head);
  if (!whole.ok) return whole.reading;
  const { event } = whole;
  if (event.account !== null && event.account !== options.account) {
    return ignored(event, 'other_account');
  }
  if (isOtherMode(event, options)) return ignored(event, 'other_mode');
  return withAlmost(reader(event, options), event, options);
}

function isOtherMode({ isLive }: StripeEvent, { mode }: ReadOptions): boolean {
  return mode !== 'both' && (mode === 'live') !== isLive;
}
