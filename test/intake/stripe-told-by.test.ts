// What is ignored because another event tells it: that the other event does.

import { describe, expect, it } from 'vitest';

import { REASONS } from '../../src/intake/stripe/ignored.ts';
import type { Json } from '../../src/samples/payload.ts';
import {
  charge,
  dispute,
  oneOffCharge,
  oneOffIntent,
  paymentMethod,
  refund,
} from '../../src/samples/stripe-money.ts';
import { CREATED, invoice, stripeEvent, subscription } from '../../src/samples/stripe.ts';
import { told } from '../support/wire.ts';

type Row = {
  readonly ignored: readonly (readonly [type: string, object: Json])[];
  readonly by: readonly Json[];
  readonly moments: readonly string[];
};

const ofInvoice = { description: 'Subscription update' };
const failed = { ...oneOffCharge(ofInvoice), status: 'failed' };

const TOLD_BY: Readonly<Record<string, Row>> = {
  told_by_invoice: {
    ignored: [
      ['charge.succeeded', oneOffCharge(ofInvoice)],
      ['payment_intent.succeeded', oneOffIntent(ofInvoice)],
      ['payment_intent.payment_failed', oneOffIntent(ofInvoice)],
      ['payment_intent.requires_action', oneOffIntent(ofInvoice)],
      ['charge.failed', failed],
      ['invoice_payment.paid', { id: 'inpay_1', invoice: 'in_1' }],
      ['invoiceitem.created', { id: 'ii_1', customer: 'cus_1' }],
    ],
    by: [
      stripeEvent('invoice.paid', invoice({ billing_reason: 'manual' })),
      stripeEvent('invoice.payment_failed', invoice({ amount_paid: 0 })),
      stripeEvent('invoice.payment_action_required', invoice({ amount_paid: 0 })),
    ],
    moments: ['payment_succeeded', 'payment_failed', 'payment_action_required'],
  },
  told_by_payment_method: {
    ignored: [['setup_intent.succeeded', { id: 'seti_1', customer: 'cus_1' }]],
    by: [stripeEvent('payment_method.attached', paymentMethod())],
    moments: ['payment_method_added'],
  },
  told_by_charge_refunded: {
    ignored: [
      ['refund.created', refund({ status: 'pending' })],
      ['refund.updated', refund({ status: 'succeeded' })],
      ['charge.refund.updated', refund({ status: 'succeeded' })],
      ['credit_note.created', { id: 'cn_1', customer: 'cus_1' }],
    ],
    by: [stripeEvent('charge.refunded', charge(), { previous: { amount_refunded: 0 } })],
    moments: ['refund_issued'],
  },
  told_by_dispute_closed: {
    ignored: [
      ['charge.dispute.updated', dispute()],
      ['charge.dispute.funds_withdrawn', dispute()],
      ['charge.dispute.funds_reinstated', dispute({ status: 'won' })],
    ],
    by: [
      stripeEvent('charge.dispute.created', dispute()),
      stripeEvent('charge.dispute.closed', dispute({ status: 'won' })),
    ],
    moments: ['dispute_opened', 'dispute_closed'],
  },
  told_by_subscription_updated: {
    ignored: [['customer.subscription.pending_update_applied', subscription()]],
    by: [
      stripeEvent('customer.subscription.updated', subscription({ cancel_at: CREATED + 60 }), {
        previous: { cancel_at: null },
      }),
    ],
    moments: ['cancellation_scheduled'],
  },
};

describe('what another event tells', () => {
  it.each(Object.entries(TOLD_BY))('%s: it is', (_reason, { ignored, by, moments }) => {
    const silent = ignored.map(([type, object]) => stripeEvent(type, object));
    expect(told([...silent, ...by, ...silent]).map(({ event }) => event)).toEqual(moments);
  });

  it('has a row for every such reason', () => {
    const reasons = REASONS.map(([, reason]) => reason).filter((each) =>
      each.startsWith('told_by'),
    );
    expect(Object.keys(TOLD_BY).toSorted()).toEqual([...new Set(reasons)].toSorted());
  });
});
