// What an organization may live through, as the providers send it: a webhook of every type that is about billing, and whole
// lives for the moments that no single one tells. The customer and the payer are the organization, and Bob clicked.

import { sample, sampleTypes } from '../../src/samples/sample.ts';
import type { SampleWebhook } from '../../src/samples/send-webhook.ts';
import { CREATED, DAY, invoice, item, price, stripeEvent, TEAM } from '../../src/samples/stripe.ts';
import type { StripeEventJson } from '../../src/samples/stripe.ts';
import { changed, ended, having, made, paid, PRO, YEAR } from '../support/stripe-life.ts';

const ABOUT = { userId: 'user_bob', customerId: 'cus_acme', now: CREATED };

/** Of people, and of who is in an organization. */
const NOT_BILLING = /^(?:user|session|organization)/;

export function billingSamples(): Readonly<Record<string, readonly SampleWebhook[]>> {
  const all = (['stripe', 'clerk'] as const).flatMap((provider) =>
    sampleTypes(provider)
      .filter((type) => !NOT_BILLING.test(type))
      .map((type) => [type, [ofAcme(sample(provider, type, ABOUT))]] as const),
  );
  return Object.fromEntries(all);
}

const TRIED = { trial_start: CREATED, trial_end: CREATED + 14 * DAY } as const;
const TRIAL = { status: 'trialing', ...TRIED } as const;
const ENDS = { cancel_at_period_end: true, cancel_at: CREATED + 30 * DAY } as const;
const STAYS = { cancel_at_period_end: false, cancel_at: null } as const;
const FIVE = having(item({ quantity: 5 }));
const DEARER = having(item({ price: price(TEAM) }));
const YEARLY = having(item({ price: price({ id: 'price_year', recurring: YEAR }) }));
const ADDED = having(item(), item({ id: 'si_2', price: price({ id: 'price_2' }) }));
const WHY = { reason: 'cancellation_requested', feedback: 'too_expensive', comment: null } as const;
const PAST_DUE = { status: 'past_due' } as const;
const ON = { status: 'active' } as const;
const HELD = { pause_collection: { behavior: 'void', resumes_at: CREATED + 60 * DAY } } as const;

const LIVES: Readonly<Record<string, readonly StripeEventJson[]>> = {
  'a trial that is extended and paid for': [
    made(0, TRIAL),
    changed(1, { ...TRIAL, trial_end: CREATED + 20 * DAY }, { trial_end: CREATED + 14 * DAY }),
    changed(14, TRIED, { status: 'trialing' }),
    paid(14),
  ],
  'a trial that comes to nothing': [made(0, TRIAL), ended(14, TRIED)],
  'other plans, other intervals, other seats': [
    made(0),
    changed(1, DEARER, PRO),
    changed(2, PRO, DEARER),
    changed(3, YEARLY, PRO),
    changed(4, PRO, YEARLY),
    changed(5, ADDED, PRO),
    changed(6, FIVE, ADDED),
    changed(7, PRO, FIVE),
  ],
  'a cancellation that is thought better of, and one that is not': [
    made(0),
    changed(1, ENDS, STAYS),
    changed(2, STAYS, ENDS),
    changed(3, ENDS, STAYS),
    changed(3, { ...ENDS, cancellation_details: WHY }, { cancellation_details: null }),
    ended(30, ENDS),
  ],
  'a payment that is owed, paid and owed again': [
    made(0),
    changed(31, PAST_DUE, ON),
    changed(32, ON, PAST_DUE),
    changed(61, PAST_DUE, ON),
    changed(75, { status: 'unpaid' }, PAST_DUE),
  ],
  'a pause, and a new period': [
    made(0),
    paid(0),
    changed(1, HELD, { pause_collection: null }),
    changed(2, { pause_collection: null }, HELD),
    renewed(30),
  ],
};

/** One payment, which the refund and the dispute are of. */
const TAKEN_BACK = [
  'charge.succeeded',
  'charge.refunded',
  'refund.failed',
  'charge.dispute.created',
  'charge.dispute.closed',
];

export function billingLives(): Readonly<Record<string, readonly SampleWebhook[]>> {
  const all = Object.entries(LIVES).map(([name, events]) => [
    name,
    events.map((event) => ofAcme({ provider: 'stripe', body: event })),
  ]);
  const money = TAKEN_BACK.map((type) => ofAcme(sample('stripe', type, ABOUT)));
  return { ...Object.fromEntries(all), 'money that is taken back': money };
}

function renewed(day: number): StripeEventJson {
  const created = CREATED + day * DAY;
  const about = { id: `in_${day}`, billing_reason: 'subscription_cycle', created } as const;
  const bill = invoice(
    { ...about, status_transitions: { paid_at: created } },
    { periodStart: created },
  );
  return stripeEvent('invoice.paid', bill, { created });
}

function ofAcme(webhook: SampleWebhook | null): SampleWebhook {
  if (webhook === null) throw new Error('there is no such sample');
  const text = JSON.stringify(webhook.body, (key, value: unknown) => {
    if (key === 'payer' && typeof value === 'object' && value !== null) {
      return { ...value, user_id: '', organization_id: 'org_acme' };
    }
    const isStripes = key === 'metadata' && webhook.provider === 'stripe';
    if (isStripes) return { orgId: 'org_acme', clerkUserId: 'user_bob' };
    return value === 'cus_1' ? 'cus_acme' : value;
  });
  return { ...webhook, body: JSON.parse(text) };
}
