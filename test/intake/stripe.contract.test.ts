// Stripe keeps the contract of every provider, signed by itself or, through Svix Ingest, by Svix.

import { STRIPE_EVENT_TYPES } from '../../src/intake/stripe/events.ts';
import { stripe } from '../../src/intake/stripe/provider.ts';
import { STRIPE_SAMPLE_TYPES, stripeSample } from '../../src/samples/events.ts';
import type { Json } from '../../src/samples/payload.ts';
import { clerkSecret, signClerk } from '../../src/samples/sign-clerk.ts';
import { signStripe } from '../../src/samples/sign-stripe.ts';
import {
  charge,
  dispute,
  oneOffCharge,
  owedInvoice,
  refund,
  upcomingInvoice,
} from '../../src/samples/stripe-money.ts';
import { invoice, schedule, stripeEvent, subscription } from '../../src/samples/stripe.ts';
import { odd } from '../support/odd.ts';
import { providerContract } from './provider-contract.ts';
import type { EventFixture } from './provider-contract.ts';

function fixture(type: string, object: Json, verdict: EventFixture['verdict']): EventFixture {
  return { type, json: stripeEvent(type, object, { id: 'evt_1' }), verdict };
}

const common = {
  provider: stripe,
  mappedTypes: STRIPE_EVENT_TYPES,
  fixtures: [
    ...STRIPE_SAMPLE_TYPES.map((type) => ({
      type,
      json: stripeSample(type, 'evt_1'),
      verdict: 'event' as const,
    })),
    fixture('customer.subscription.updated', subscription({ id: odd(null) }), 'unreadable'),
    fixture('invoice.paid', invoice({ id: odd(null) }), 'unreadable'),
    fixture('charge.refunded', { id: 'ch_1' }, 'unreadable'),
    fixture(
      'invoice.upcoming',
      upcomingInvoice({ parent: null, lines: odd(null) }),
      'ignored: no_renewal',
    ),
    fixture('charge.refunded', charge({ customer: null }), 'ignored: nobody_named'),
    fixture(
      'customer.subscription.created',
      subscription({ metadata: { orgId: 'org_2ab' } }),
      'ignored: organization_payer',
    ),
    fixture(
      'subscription_schedule.updated',
      schedule({ phases: [] }),
      'ignored: told_when_effective',
    ),
    fixture(
      'subscription_schedule.created',
      schedule({ subscription: null }),
      'ignored: not_in_effect',
    ),
    fixture('subscription_schedule.expiring', {}, 'ignored: told_when_effective'),
    fixture('payment_intent.payment_failed', {}, 'ignored: told_by_invoice'),
    fixture(
      'charge.succeeded',
      oneOffCharge({ description: 'Subscription update' }),
      'ignored: told_by_invoice',
    ),
    fixture('charge.refunded', charge({ amount_refunded: 0 }), 'ignored: nothing_refunded'),
    fixture('charge.succeeded', oneOffCharge({ status: 'pending' }), 'ignored: nothing_paid'),
    fixture('refund.updated', refund({ status: 'succeeded' }), 'ignored: told_by_charge_refunded'),
    fixture(
      'charge.dispute.created',
      dispute({ status: 'warning_needs_response' }),
      'ignored: dispute_inquiry',
    ),
    fixture(
      'charge.dispute.closed',
      dispute({ status: 'warning_closed' }),
      'ignored: dispute_inquiry',
    ),
    fixture('charge.dispute.updated', dispute(), 'ignored: told_by_dispute_closed'),
    fixture('charge.dispute.funds_withdrawn', {}, 'ignored: told_by_dispute_closed'),
    fixture('invoice.overdue', owedInvoice({ amount_remaining: 0 }), 'ignored: nothing_owed'),
    fixture(
      'invoice.voided',
      owedInvoice({ billing_reason: 'subscription_create' }),
      'ignored: checkout_expired',
    ),
    fixture('invoice.payment_action_required', invoice({ amount_due: 0 }), 'ignored: nothing_owed'),
    fixture('invoice.upcoming', upcomingInvoice({ amount_due: 0 }), 'ignored: no_renewal'),
    fixture('refund.created', {}, 'ignored: told_by_charge_refunded'),
    fixture('invoice.created', {}, 'ignored: no_moment'),
    fixture('reporting.report_run.succeeded', {}, 'ignored: event_type_unmapped'),
    fixture('toString', {}, 'ignored: event_type_unmapped'),
    {
      type: 'v1.billing.meter.error_report_triggered',
      json: { id: 'evt_1', object: 'v2.core.event', type: 'v1.billing.meter.no_meter_found' },
      verdict: 'ignored: thin_event',
    },
  ],
} as const;

providerContract({
  ...common,
  name: 'stripe',
  secretName: 'STRIPE_WEBHOOK_SECRET',
  newSecret: () => `whsec_${crypto.randomUUID()}`,
  sign: signStripe,
  signatureHeader: 'stripe-signature',
});

providerContract({
  ...common,
  name: 'stripe through Svix Ingest',
  secretName: 'STRIPE_SVIX_SIGNING_SECRET',
  newSecret: clerkSecret,
  sign: signClerk,
  signatureHeader: 'svix-signature',
});
