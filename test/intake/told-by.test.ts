// What is ignored because another event tells it: that the other event does, for both providers.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { clerk } from '../../src/intake/clerk/provider.ts';
import { stripe } from '../../src/intake/stripe/provider.ts';
import { clerkPayment } from '../../src/samples/clerk-billing.ts';
import { clerkEvent, clerkUser } from '../../src/samples/clerk.ts';
import type { Json } from '../../src/samples/payload.ts';
import {
  charge,
  dispute,
  oneOffCharge,
  oneOffIntent,
  paymentMethod,
  refund,
} from '../../src/samples/stripe-money.ts';
import {
  CREATED,
  DAY,
  invoice,
  item,
  phase,
  price,
  schedule,
  stripeEvent,
  subscription,
  TEAM,
} from '../../src/samples/stripe.ts';
import { codeOf } from '../../src/watch/codes.ts';
import { READ_OPTIONS } from '../support/read-options.ts';
import { told } from '../support/wire.ts';

type Row = {
  readonly ignored: readonly Json[];
  readonly by: readonly Json[];
  readonly moments: readonly string[];
};

const ofInvoice = { description: 'Subscription update' };
const failed = { ...oneOffCharge(ofInvoice), status: 'failed' };

const onTeam = { items: { object: 'list', data: [item({ price: price(TEAM) })] } } as const;

const TOLD_BY: Readonly<Record<string, Row>> = {
  told_by_invoice: {
    ignored: [
      stripeEvent('charge.succeeded', oneOffCharge(ofInvoice)),
      stripeEvent('payment_intent.succeeded', oneOffIntent(ofInvoice)),
      stripeEvent('payment_intent.payment_failed', oneOffIntent(ofInvoice)),
      stripeEvent('payment_intent.requires_action', oneOffIntent(ofInvoice)),
      stripeEvent('charge.failed', failed),
      stripeEvent('invoice_payment.paid', { id: 'inpay_1', invoice: 'in_1' }),
      stripeEvent('invoiceitem.created', { id: 'ii_1', customer: 'cus_1' }),
    ],
    by: [
      stripeEvent('invoice.paid', invoice({ billing_reason: 'manual' })),
      stripeEvent('invoice.payment_failed', invoice({ amount_paid: 0 })),
      stripeEvent('invoice.payment_action_required', invoice({ amount_paid: 0 })),
    ],
    moments: ['payment_succeeded', 'payment_failed', 'payment_action_required'],
  },
  told_by_payment_method: {
    ignored: [stripeEvent('setup_intent.succeeded', { id: 'seti_1', customer: 'cus_1' })],
    by: [stripeEvent('payment_method.attached', paymentMethod())],
    moments: ['payment_method_added'],
  },
  told_by_charge_refunded: {
    ignored: [
      stripeEvent('refund.created', refund({ status: 'pending' })),
      stripeEvent('refund.updated', refund({ status: 'succeeded' })),
      stripeEvent('charge.refund.updated', refund({ status: 'succeeded' })),
      stripeEvent('credit_note.created', { id: 'cn_1', customer: 'cus_1' }),
    ],
    by: [stripeEvent('charge.refunded', charge(), { previous: { amount_refunded: 0 } })],
    moments: ['refund_issued'],
  },
  told_by_dispute_closed: {
    ignored: [
      stripeEvent('charge.dispute.updated', dispute()),
      stripeEvent('charge.dispute.funds_withdrawn', dispute()),
      stripeEvent('charge.dispute.funds_reinstated', dispute({ status: 'won' })),
    ],
    by: [
      stripeEvent('charge.dispute.created', dispute()),
      stripeEvent('charge.dispute.closed', dispute({ status: 'won' })),
    ],
    moments: ['dispute_opened', 'dispute_closed'],
  },
  told_by_subscription_updated: {
    ignored: [stripeEvent('customer.subscription.pending_update_applied', subscription())],
    by: [
      stripeEvent('customer.subscription.updated', subscription({ cancel_at: CREATED + 60 }), {
        previous: { cancel_at: null },
      }),
    ],
    moments: ['cancellation_scheduled'],
  },
  told_when_effective: {
    ignored: [
      stripeEvent('subscription_schedule.completed', schedule({ status: 'completed' })),
      // Only its end has moved: what is planned is what was.
      stripeEvent('subscription_schedule.updated', schedule(), { previous: { end_behavior: 'x' } }),
      stripeEvent(
        'subscription_schedule.created',
        schedule({ phases: [phase('price_pro', { start_date: CREATED })] }),
      ),
    ],
    by: [
      stripeEvent('customer.subscription.updated', subscription(onTeam), {
        previous: { items: subscription().items },
      }),
    ],
    moments: ['plan_upgraded'],
  },
  payment_pending: {
    ignored: [
      clerkEvent('paymentAttempt.created', clerkPayment({ status: 'pending', paid_at: null })),
    ],
    by: [clerkEvent('paymentAttempt.updated', clerkPayment())],
    moments: ['payment_succeeded'],
  },
  no_person: {
    ignored: [
      clerkEvent('waitlistEntry.created', { id: 'wle_1', email_address: 'ada@example.test' }),
      clerkEvent('organizationInvitation.accepted', { id: 'inv_1' }),
    ],
    by: [clerkEvent('user.created', clerkUser())],
    moments: ['user_created'],
  },
};

/** Reasons whose sentence says that the same is told elsewhere. */
const PROMISE = /\btells it\b|\bis told\b|\bcomes with\b/;

/** Every reason in the code that promises it, whoever gives it. */
function promised(): string[] {
  const folder = path.join(import.meta.dirname, '../../src/intake');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const texts = files
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(path.join(folder, file), 'utf8'));
  const words = texts.flatMap((text) => [...text.matchAll(/'([a-z]+(?:_[a-z]+)+)'/g)]);
  const reasons = words.flatMap(([, word = '']) => (isPromise(word) ? [word] : []));
  return [...new Set(reasons)].toSorted();
}

function isPromise(word: string): boolean {
  const sentence = codeOf(word)?.sentence ?? '';
  return word.startsWith('told_') || PROMISE.test(sentence);
}

function reasonOf(json: Json): string | null {
  const provider = 'api_version' in json ? stripe : clerk;
  const receivedAt = (CREATED + 365 * DAY) * 1000;
  const reading = provider.read({ json, deliveryId: 'msg_1', receivedAt }, READ_OPTIONS);
  return reading.kind === 'ignored' ? reading.reason : null;
}

describe('what another event tells', () => {
  it.each(Object.entries(TOLD_BY))('%s: it is', (reason, { ignored, by, moments }) => {
    expect(new Set(ignored.map(reasonOf))).toEqual(new Set([reason]));
    expect(told([...ignored, ...by, ...ignored]).map(({ event }) => event)).toEqual(moments);
  });

  it('has a row for every such reason', () => {
    expect(Object.keys(TOLD_BY).toSorted()).toEqual(promised());
  });
});
