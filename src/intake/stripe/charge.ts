// Money that goes back: refunds, which are told by the charge, and disputes, which name a charge and no customer.
// https://docs.stripe.com/api/charges/object  https://docs.stripe.com/api/disputes/object

import type { Money } from '../../person/ledger.ts';
import { happened } from '../../person/moment.ts';
import type { Moment } from '../../person/moment.ts';
import { toMajor } from '../../person/money.ts';
import { NOBODY, ownerIn } from '../../person/owner.ts';
import * as v from '../../platform/schema.ts';
import type { Reading, ReadOptions } from '../provider.ts';
import { count, list, needed, record, text } from '../shape.ts';
import type { StripeEvent } from './envelope.ts';
import { customerSource, ignored, readingOf, unreadable } from './reading.ts';
import { neededReference, reference } from './shape.ts';

const Charge = v.object({
  id: needed.text,
  customer: reference,
  payment_intent: reference,
  /** Until API version basil. */
  invoice: reference,
  amount: count,
  amount_refunded: needed.number,
  currency: needed.text,
  created: count,
  metadata: record,
  // Until API version basil; since then nothing in the event says why.
  refunds: v.part({ data: list(v.object({ reason: text })) }),
});

const Previous = v.part({ amount_refunded: count });

/** Refunds of one charge add up: each moment is about what has come since the one before. */
export function readRefund(event: StripeEvent, options: ReadOptions): Reading {
  const parsed = v.safeParse(Charge, event.object);
  if (!parsed.success) return unreadable(event, parsed.issues);
  const charge = parsed.output;
  const { id, customer: customerId, amount_refunded: refunded } = charge;
  const before = refundedBefore(event);
  if (refunded <= before) return ignored(event, 'nothing_refunded');
  const moment = moneyMoment(event, 'refund_issued', {
    key: [id, refunded],
    createdAt: charge.created,
    currency: charge.currency,
    amountMinor: refunded - before,
    reason: charge.refunds.data[0]?.reason ?? null,
    status: isFull(charge) ? 'full' : 'partial',
    refs: [id, charge.payment_intent, charge.invoice],
    money: {
      // With its second: a refund that failed and is made again comes to the same total.
      id: `${id}:${before}:${refunded}:${event.occurredAt / 1000}`,
      minor: before - refunded,
      charge: { id, at: (charge.created ?? 0) * 1000 },
    },
  });
  return readingOf(event, {
    owner: customerId === null ? ownerIn(charge.metadata, options) : NOBODY,
    customerId,
    chargeId: customerId === null ? null : id,
    sources: [customerSource(event.object['customer'], options)],
    news: [{ kind: 'moment', moment }],
  });
}

function refundedBefore({ previous }: StripeEvent): number {
  return v.parse(Previous, previous).amount_refunded ?? 0;
}

function isFull({ amount, amount_refunded: refunded }: v.InferOutput<typeof Charge>): boolean {
  return amount !== null && refunded >= amount;
}

const Refund = v.object({
  id: needed.text,
  charge: neededReference,
  payment_intent: reference,
  amount: needed.number,
  currency: needed.text,
  created: count,
  status: text,
  failure_reason: text,
});

/** The bank sends it back, or it is called off: the money is with the business again. Else the charge tells of it. */
export function readRefundChange(event: StripeEvent): Reading {
  const hasComeBack = ['failed', 'canceled'].includes(String(event.object['status']));
  if (!hasComeBack) return ignored(event, 'told_by_charge_refunded');
  const parsed = v.safeParse(Refund, event.object);
  if (!parsed.success) return unreadable(event, parsed.issues);
  const { id, charge: chargeId, amount, currency, created, status } = parsed.output;
  const moment = moneyMoment(event, 'refund_failed', {
    key: [id],
    createdAt: created,
    currency,
    amountMinor: amount,
    reason: parsed.output.failure_reason,
    status,
    refs: [chargeId, parsed.output.payment_intent],
    money: { id, minor: amount, charge: { id: chargeId, at: null } },
  });
  return chargeReading(event, chargeId, moment);
}

const Dispute = v.object({
  /** Old disputes have none; the charge names them as well, since it is disputed once. */
  id: text,
  charge: neededReference,
  payment_intent: reference,
  amount: needed.number,
  currency: needed.text,
  created: count,
  reason: text,
  status: text,
});

const ExpandedCharge = v.part({ customer: reference });

export function readDisputeOpened(event: StripeEvent): Reading {
  return readDispute(event, 'dispute_opened');
}

/** Of all changes only one counts: an inquiry becomes a dispute. */
export function readDisputeChanged(event: StripeEvent): Reading {
  return isInquiry(event.previous?.['status'])
    ? readDispute(event, 'dispute_opened')
    : ignored(event, 'told_by_dispute_closed');
}

/** `status` says how: lost or won. */
export function readDisputeClosed(event: StripeEvent): Reading {
  return readDispute(event, 'dispute_closed');
}

function readDispute(event: StripeEvent, name: 'dispute_opened' | 'dispute_closed'): Reading {
  const parsed = v.safeParse(Dispute, event.object);
  if (!parsed.success) return unreadable(event, parsed.issues);
  const { id, charge: chargeId, amount, currency, created, reason, status } = parsed.output;
  if (isInquiry(status)) return ignored(event, 'dispute_inquiry');
  const moment = moneyMoment(event, name, {
    key: [id ?? chargeId],
    createdAt: created,
    currency,
    amountMinor: amount,
    reason,
    status,
    refs: [chargeId, parsed.output.payment_intent],
  });
  return chargeReading(event, chargeId, moment);
}

/** The bank asks, and has taken nothing yet. https://docs.stripe.com/disputes/how-disputes-work */
function isInquiry(status: unknown): boolean {
  return typeof status === 'string' && status.startsWith('warning_');
}

/** It names its charge and, unless that is expanded, no customer. */
function chargeReading(event: StripeEvent, chargeId: string, moment: Moment): Reading {
  const { customer: customerId } = v.parse(ExpandedCharge, event.object['charge']);
  return readingOf(event, { customerId, chargeId, news: [{ kind: 'moment', moment }] });
}

function moneyMoment(
  { occurredAt }: StripeEvent,
  name: Moment['name'],
  told: {
    readonly key: Moment['key'];
    readonly createdAt: number | null;
    readonly currency: string;
    readonly amountMinor: number;
    readonly reason: string | null;
    readonly status: string | null;
    readonly refs: readonly (string | null)[];
    readonly money?: Pick<Money, 'id' | 'minor' | 'charge'>;
  },
): Moment {
  const { key, createdAt, amountMinor, reason, status, refs, money } = told;
  const currency = told.currency.toLowerCase();
  return happened(name, {
    key,
    at: occurredAt,
    keyAt: (createdAt ?? 0) * 1000,
    refs: refs.filter((id) => id !== null),
    ...(money === undefined ? {} : { money: { ...money, at: occurredAt, currency } }),
    properties: { currency, amount: toMajor(amountMinor, currency), reason, status },
  });
}
