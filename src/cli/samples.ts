// A sample webhook of every type the mapping reads, signed and shaped as Clerk and Stripe do. The builders are those of
// the tests; every mapped type has a row, and a test names the one that has none.

import { clerkEvent, clerkUser } from '../../test/support/clerk.ts';
import {
  checkoutSession,
  customer,
  DAY,
  invoice,
  item,
  price,
  stripeEvent,
  subscription,
  TEAM,
} from '../../test/support/stripe.ts';
import type { Json } from '../../test/support/stripe.ts';
import type { StoryWebhook } from './story.ts';

/** Who it is about; `now` in Unix seconds. */
export type SampleAbout = { readonly userId: string; readonly customerId: string; readonly now: number };

type Sample = (about: SampleAbout) => Json;

const CLERK_SAMPLES: Readonly<Record<string, Sample>> = {
  'user.created': (about) => user('user.created', about),
  'user.updated': (about) => user('user.updated', about, { first_name: 'Augusta' }),
  'user.deleted': ({ userId, now }) =>
    clerkEvent('user.deleted', { object: 'user', id: userId, deleted: true }, now * 1000),
};

const STRIPE_SAMPLES: Readonly<Record<string, Sample>> = {
  'customer.subscription.created': (about) =>
    event('customer.subscription.created', about, billed(about, {
      status: 'trialing',
      trial_start: about.now,
      trial_end: about.now + 14 * DAY,
    })),
  'customer.subscription.updated': (about) =>
    event(
      'customer.subscription.updated',
      about,
      billed(about, { items: { object: 'list', data: [item({ price: price(TEAM) })] } }),
      { items: { data: [item()] } },
    ),
  'customer.subscription.deleted': (about) =>
    event('customer.subscription.deleted', about, billed(about, {
      status: 'canceled',
      ended_at: about.now,
      canceled_at: about.now,
      cancellation_details: { reason: 'cancellation_requested', feedback: 'too_expensive' },
    })),
  'invoice.paid': (about) => event('invoice.paid', about, bill(about)),
  'invoice.payment_succeeded': (about) => event('invoice.payment_succeeded', about, bill(about)),
  'invoice.payment_failed': (about) =>
    event('invoice.payment_failed', about, {
      ...bill(about),
      amount_paid: 0,
      status: 'open',
      next_payment_attempt: about.now + 3 * DAY,
    }),
  'checkout.session.completed': (about) =>
    event('checkout.session.completed', about, checkoutSession({
      id: `cs_${about.now}`,
      customer: about.customerId,
      created: about.now,
      client_reference_id: about.userId,
    })),
  'customer.created': (about) => event('customer.created', about, linked(about)),
  'customer.updated': (about) => event('customer.updated', about, linked(about), { metadata: {} }),
};

const SAMPLES = { clerk: CLERK_SAMPLES, stripe: STRIPE_SAMPLES } as const;

export type SampleProvider = keyof typeof SAMPLES;

export function sampleTypes(provider: SampleProvider): string[] {
  return Object.keys(SAMPLES[provider]);
}

/** Null when there is no sample of this type. */
export function sample(
  provider: SampleProvider,
  type: string,
  about: SampleAbout,
): StoryWebhook | null {
  const samples: Readonly<Record<string, Sample>> = SAMPLES[provider];
  const made = Object.hasOwn(samples, type) ? samples[type] : undefined;
  return made === undefined ? null : { provider, body: made(about) };
}

function user(type: string, { userId, now }: SampleAbout, more: Json = {}): Json {
  const at = { created_at: now * 1000, updated_at: now * 1000 };
  return clerkEvent(type, clerkUser({ id: userId, ...at, ...more }), now * 1000);
}

function event(type: string, { now }: SampleAbout, object: Json, previous?: Json): Json {
  return stripeEvent(type, object, previous === undefined ? { created: now } : { created: now, previous });
}

/** The subscription says itself whose it is, so a sample needs no link before it. */
function billed({ userId, customerId, now }: SampleAbout, more: Json): Json {
  const id = `sub_${customerId.slice(4)}`;
  const about = { id, customer: customerId, created: now, start_date: now };
  return subscription({ ...about, metadata: { clerkUserId: userId }, ...more });
}

function bill({ userId, customerId, now }: SampleAbout): Json {
  const id = `sub_${customerId.slice(4)}`;
  const details = { subscription: id, metadata: { clerkUserId: userId } };
  return invoice(
    {
      id: `in_${now}`,
      customer: customerId,
      created: now,
      status_transitions: { paid_at: now },
      parent: { type: 'subscription_details', subscription_details: details },
    },
    { periodStart: now, subscription: id },
  );
}

function linked({ userId, customerId, now }: SampleAbout): Json {
  return customer({ id: customerId, created: now, metadata: { clerkUserId: userId } });
}
