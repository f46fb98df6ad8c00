// Money that goes back: refunds, which are told by the charge, and disputes, which name a charge and no customer.
// https://docs.stripe.com/api/charges/object  https://docs.stripe.com/api/disputes/object

import * as z from 'zod';

import { happened } from '../../person/moment.ts';
import type { Moment } from '../../person/moment.ts';
import { toMajor } from '../../person/money.ts';
import { NOBODY, ownerIn } from '../../person/owner.ts';
import type { Reading, ReadOptions } from '../provider.ts';
import { count, list, needed, record, text } from '../shape.ts';
import type { StripeEvent } from './envelope.ts';
import { customerSource, readingOf, unreadable } from './reading.ts';
import { neededReference, reference } from './shape.ts';

const Charge = z.object({
  id: needed.text,
  customer: reference,
  amount: count,
  amount_refunded: needed.number,
  currency: needed.text,
  created: count,
  metadata: record,
  // Until API version basil; since then nothing in the event says why.
  refunds: z.object({ data: list(z.object({ reason: text })) }).catch({ data: [] }),
});

const Previous = z.object({ amount_refunded: count }).catch({ amount_refunded: null });

/** Refunds of one charge add up: each moment is about what has come since the one before. */
export function readRefund(event: StripeEvent, options: ReadOptions): Reading {
  const parsed = Charge.safeParse(event.object);
  if (!parsed.success) return unreadable(event, parsed.error);
  const charge = parsed.data;
  const { id, customer: customerId, amount_refunded: refunded } = charge;
  const before = Previous.parse(event.previous ?? {}).amount_refunded ?? 0;
  const isFull = charge.amount !== null && refunded >= charge.amount;
  const moment = moneyMoment(event, 'refund_issued', {
    key: [id, refunded],
    createdAt: charge.created,
    currency: charge.currency,
    amountMinor: refunded - before,
    reason: charge.refunds.data[0]?.reason ?? null,
    status: isFull ? 'full' : 'partial',
  });
  return readingOf(event, {
    owner: customerId === null ? ownerIn(charge.metadata, options.linkKeys) : NOBODY,
    customerId,
    sources: [customerSource(event.object['customer'], options)],
    news: [{ kind: 'moment', moment }],
  });
}

const Dispute = z.object({
  /** Old disputes have none; the charge names them as well, since it is disputed once. */
  id: text,
  charge: neededReference,
  amount: needed.number,
  currency: needed.text,
  created: count,
  reason: text,
  status: text,
});

const ExpandedCharge = z.object({ customer: reference }).catch({ customer: null });

export function readDisputeOpened(event: StripeEvent): Reading {
  return readDispute(event, 'dispute_opened');
}

/** `status` says how: lost, won or warning_closed. */
export function readDisputeClosed(event: StripeEvent): Reading {
  return readDispute(event, 'dispute_closed');
}

function readDispute(event: StripeEvent, name: 'dispute_opened' | 'dispute_closed'): Reading {
  const parsed = Dispute.safeParse(event.object);
  if (!parsed.success) return unreadable(event, parsed.error);
  const { id, charge: chargeId, amount, currency, created, reason, status } = parsed.data;
  const moment = moneyMoment(event, name, {
    key: [id ?? chargeId],
    createdAt: created,
    currency,
    amountMinor: amount,
    reason,
    status,
  });
  const { customer: customerId } = ExpandedCharge.parse(event.object['charge']);
  return readingOf(event, { customerId, chargeId, news: [{ kind: 'moment', moment }] });
}

function moneyMoment(
  { occurredAt }: StripeEvent,
  name: Moment['name'],
  money: {
    readonly key: Moment['key'];
    readonly createdAt: number | null;
    readonly currency: string;
    readonly amountMinor: number;
    readonly reason: string | null;
    readonly status: string | null;
  },
): Moment {
  const { key, createdAt, amountMinor, reason, status } = money;
  const currency = money.currency.toLowerCase();
  return happened(name, {
    key,
    at: occurredAt,
    keyAt: (createdAt ?? 0) * 1000,
    properties: { currency, amount: toMajor(amountMinor, currency), reason, status },
  });
}
