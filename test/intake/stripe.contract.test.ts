// Stripe keeps the contract of every provider, signed by itself or, through Svix Ingest, by Svix.

import { STRIPE_EVENT_TYPES } from '../../src/intake/stripe/events.ts';
import { stripe } from '../../src/intake/stripe/provider.ts';
import { clerkSecret, signClerk } from '../support/clerk.ts';
import {
  checkoutSession,
  customer,
  invoice,
  signStripe,
  stripeEvent,
  subscription,
} from '../support/stripe.ts';
import type { Json } from '../support/stripe.ts';
import { providerContract } from './provider-contract.ts';
import type { EventFixture } from './provider-contract.ts';

function fixture(type: string, object: Json, verdict: EventFixture['verdict']): EventFixture {
  return { type, json: stripeEvent(type, object, { id: 'evt_1' }), verdict };
}

const common = {
  provider: stripe,
  mappedTypes: STRIPE_EVENT_TYPES,
  fixtures: [
    fixture('customer.subscription.created', subscription(), 'event'),
    fixture('customer.subscription.updated', subscription(), 'event'),
    fixture('customer.subscription.deleted', subscription({ status: 'canceled' }), 'event'),
    fixture('invoice.paid', invoice(), 'event'),
    fixture('invoice.payment_succeeded', invoice(), 'event'),
    fixture('invoice.payment_failed', invoice({ status: 'open' }), 'event'),
    fixture('checkout.session.completed', checkoutSession(), 'event'),
    fixture('customer.created', customer(), 'event'),
    fixture('customer.updated', customer(), 'event'),
    fixture('customer.subscription.updated', subscription({ id: null }), 'unreadable'),
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
