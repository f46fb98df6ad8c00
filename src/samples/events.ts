// One event of every type that is mapped: the contract tests read them, the property tests spoil them, and the
// command line sends them. A mapped type without its row fails a test by name.

import { clerkItem, clerkPayment, clerkSubscription } from './clerk-billing.ts';
import { clerkMembership, clerkOrganization, clerkSession } from './clerk-organization.ts';
import { clerkEvent, clerkUser } from './clerk.ts';
import type { Json } from './payload.ts';
import {
  charge,
  dispute,
  oneOffCharge,
  oneOffIntent,
  owedInvoice,
  paymentMethod,
  refund,
  upcomingInvoice,
} from './stripe-money.ts';
import {
  checkoutSession,
  CREATED,
  customer,
  DAY,
  invoice,
  schedule,
  stripeEvent,
  subscription,
} from './stripe.ts';
import type { StripeEventJson } from './stripe.ts';

const NAMED = { metadata: { clerkUserId: 'user_2ab' } };
const TRIAL = { status: 'trialing', trial_start: CREATED, trial_end: CREATED + 14 * DAY };

type Sample = { readonly object: Json; readonly previous?: Json };

/** What was before is part of the same kind of object. */
function changed<Shape extends Json>(object: Shape, previous: Shape): Sample {
  return { object, previous };
}

const STRIPE: Readonly<Record<string, Sample>> = {
  'customer.subscription.created': { object: subscription({ ...TRIAL, ...NAMED }) },
  'customer.subscription.updated': changed(
    subscription({ cancel_at: CREATED + 30 * DAY, trial_end: CREATED, ...NAMED }),
    { cancel_at: null, status: 'trialing', items: { data: [] } },
  ),
  'customer.subscription.deleted': {
    object: subscription({ status: 'canceled', ended_at: CREATED, canceled_at: CREATED, ...NAMED }),
  },
  'customer.subscription.trial_will_end': { object: subscription({ ...TRIAL, ...NAMED }) },
  'customer.subscription.paused': { object: subscription({ status: 'paused', ...NAMED }) },
  'customer.subscription.resumed': { object: subscription(NAMED) },
  'subscription_schedule.created': { object: schedule() },
  'subscription_schedule.updated': changed(schedule(), { phases: [] }),
  'subscription_schedule.released': {
    object: schedule({ status: 'released', subscription: null, released_subscription: 'sub_1' }),
  },
  'invoice.paid': { object: invoice() },
  'invoice.payment_succeeded': { object: invoice() },
  'invoice.payment_failed': {
    object: invoice({ status: 'open', amount_paid: 0, next_payment_attempt: CREATED + DAY }),
  },
  'invoice.payment_action_required': { object: invoice({ status: 'open', amount_paid: 0 }) },
  'invoice.overdue': { object: owedInvoice() },
  'invoice.marked_uncollectible': { object: owedInvoice({ status: 'uncollectible' }) },
  'invoice.voided': { object: owedInvoice({ status: 'void' }) },
  'invoice.upcoming': { object: upcomingInvoice() },
  'charge.succeeded': { object: oneOffCharge(NAMED) },
  'charge.captured': { object: oneOffCharge(NAMED) },
  'payment_intent.succeeded': { object: oneOffIntent(NAMED) },
  'charge.refunded': changed(charge(NAMED), { amount_refunded: 0 }),
  'refund.failed': { object: refund() },
  'refund.updated': { object: refund() },
  'charge.refund.updated': { object: refund() },
  'charge.dispute.created': { object: dispute() },
  'charge.dispute.updated': changed(dispute(), { status: 'warning_under_review' }),
  'charge.dispute.closed': { object: dispute({ status: 'lost' }) },
  'checkout.session.completed': { object: checkoutSession(NAMED) },
  'checkout.session.async_payment_succeeded': {
    object: checkoutSession({ mode: 'payment', payment_intent: 'pi_2', ...NAMED }),
  },
  'checkout.session.async_payment_failed': {
    object: checkoutSession({ mode: 'payment', payment_status: 'unpaid', ...NAMED }),
  },
  'checkout.session.expired': {
    object: checkoutSession({
      status: 'expired',
      after_expiration: { recovery: { enabled: true, url: 'https://buy.example.test/r/1' } },
      ...NAMED,
    }),
  },
  'payment_method.attached': { object: paymentMethod() },
  'payment_method.updated': changed(paymentMethod(), { card: { exp_year: 2025 } }),
  'payment_method.automatically_updated': changed(paymentMethod(), {
    card: { exp_month: 1, last4: '1111' },
  }),
  'payment_method.detached': changed(paymentMethod({ customer: null }), { customer: 'cus_1' }),
  'customer.created': { object: customer(NAMED) },
  'customer.deleted': { object: customer(NAMED) },
  'customer.updated': changed(customer(NAMED), { metadata: { clerkUserId: null } }),
};

const CLERK: Readonly<Record<string, Json>> = {
  'user.created': clerkUser(),
  'user.updated': clerkUser(),
  'user.deleted': { object: 'user', id: 'user_2abcDEF', deleted: true },
  'session.created': clerkSession(),
  'organization.created': clerkOrganization(),
  'organizationMembership.created': clerkMembership(),
  'organizationMembership.deleted': clerkMembership(),
  'subscription.created': clerkSubscription(),
  'subscription.updated': clerkSubscription(),
  'subscription.active': clerkSubscription(),
  'subscription.pastDue': clerkSubscription({ status: 'past_due' }),
  'subscriptionItem.created': clerkItem(),
  'subscriptionItem.active': clerkItem(),
  'subscriptionItem.updated': clerkItem(),
  'subscriptionItem.canceled': clerkItem({ status: 'canceled', canceled_at: 1_764_000_000_000 }),
  'subscriptionItem.pastDue': clerkItem({ status: 'past_due' }),
  'subscriptionItem.ended': clerkItem({ status: 'ended', ended_at: 1_766_592_000_000 }),
  'subscriptionItem.upcoming': clerkItem({ status: 'upcoming' }),
  'subscriptionItem.abandoned': clerkItem({ status: 'abandoned' }),
  'subscriptionItem.freeTrialEnding': clerkItem({ is_free_trial: true }),
  'paymentAttempt.created': clerkPayment({ status: 'failed', paid_at: null }),
  'paymentAttempt.updated': clerkPayment(),
};

export const STRIPE_SAMPLE_TYPES = Object.keys(STRIPE);
export const CLERK_SAMPLE_TYPES = Object.keys(CLERK);

/** `id` is the event's own; it is new for every call unless given. */
export function stripeSample(type: string, id?: string): StripeEventJson {
  const { object, previous } = STRIPE[type] ?? { object: {} };
  return stripeEvent(type, structuredClone(object), {
    ...(previous === undefined ? {} : { previous: structuredClone(previous) }),
    ...(id === undefined ? {} : { id }),
  });
}

export function clerkSample(type: string) {
  return clerkEvent(type, structuredClone(CLERK[type] ?? {}));
}
