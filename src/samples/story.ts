// One customer's story, as the webhooks Clerk and Stripe would send: sign-up, checkout with a trial, conversion,
// upgrade, a failed payment and its recovery, a cancellation undone and one that is final, and deletion.

import type { Stripe } from 'stripe';

import { clerkEvent, clerkUser } from './clerk.ts';
import type { Json, PartOf } from './payload.ts';
import type { SampleWebhook } from './send-webhook.ts';
import {
  checkoutSession,
  DAY,
  invoice,
  item,
  price,
  stripeEvent,
  subscription,
  TEAM,
} from './stripe.ts';

type Subscription = PartOf<Stripe.Subscription>;
type Item = PartOf<Stripe.SubscriptionItem>;

export type StoryStep = {
  readonly title: string;
  readonly webhooks: readonly SampleWebhook[];
  /**
   * The events that have to land, in any order; an identify goes with them where traits change. Where the story is about
   * several people, each behind the user id.
   */
  readonly lands: readonly string[];
  /** Who has to be mailed by rule. */
  readonly mails?: readonly string[];
};

/** `tag` makes the ids of this telling its own: a person who was deleted never comes back. */
export function story(tag: string, nowSeconds: number): readonly StoryStep[] {
  const began = nowSeconds - 60 * DAY;
  const userId = `user_${tag}`;
  const user = clerkUser({
    id: userId,
    created_at: began * 1000,
    updated_at: began * 1000 + 18,
  });
  const subscriptionId = `sub_${tag}`;
  const customer = `cus_${tag}`;
  const trialEnd = began + 14 * DAY;
  const pro = [item({ price: price() })];
  const team = [item({ price: price(TEAM) })];
  const base = { id: subscriptionId, customer, created: began, start_date: began };
  const trial = { trial_start: began, trial_end: trialEnd };

  function billed(at: number, status: string, items: readonly Item[], more: Subscription = {}) {
    const period = { current_period_start: at, current_period_end: at + 30 * DAY };
    const data = items.map((each) => ({ ...each, ...period }));
    return subscription({ ...base, ...trial, status, items: { object: 'list', data }, ...more });
  }

  function bill(id: string, at: number, more: PartOf<Stripe.Invoice> = {}) {
    const line = { periodStart: at, subscription: subscriptionId };
    const paid = { status_transitions: { paid_at: at + 3600 } };
    return invoice({ id: `in_${tag}_${id}`, customer, created: at, ...paid, ...more }, line);
  }

  function stripe(type: string, created: number, object: Json, previous?: Json): SampleWebhook {
    const about = previous === undefined ? { created } : { created, previous };
    return { provider: 'stripe', body: stripeEvent(type, object, about) };
  }

  function clerk(type: string, data: Json, at: number): SampleWebhook {
    return { provider: 'clerk', body: clerkEvent(type, data, at * 1000) };
  }

  function updated(at: number, object: Subscription, previous: Subscription): SampleWebhook {
    return stripe('customer.subscription.updated', at, object, previous);
  }

  const upgraded = began + 20 * DAY;
  const renewal = trialEnd + 30 * DAY;
  const cancelAt = renewal + 30 * DAY;
  const failedInvoice = bill('2', renewal, { amount_due: 9900, amount_paid: 0, status: 'open' });
  const paidInvoice = bill('2', renewal, { amount_due: 9900, amount_paid: 9900 });
  const trialing = billed(began, 'trialing', pro);
  const session = checkoutSession({
    id: `cs_${tag}`,
    customer,
    subscription: subscriptionId,
    created: began,
    client_reference_id: userId,
    amount_total: 0,
  });

  return [
    {
      title: 'signs up',
      webhooks: [clerk('user.created', user, began)],
      lands: ['user_created'],
    },
    {
      title: 'checks out with a trial',
      webhooks: [
        stripe('customer.subscription.created', began + 60, trialing),
        stripe('checkout.session.completed', began + 61, session),
      ],
      lands: ['trial_started', 'checkout_completed'],
    },
    {
      title: 'pays for the first month',
      webhooks: [
        updated(trialEnd, billed(trialEnd, 'active', pro), { status: 'trialing' }),
        stripe('invoice.paid', trialEnd + 3600, bill('1', trialEnd)),
        stripe('invoice.payment_succeeded', trialEnd + 3600, bill('1', trialEnd)),
      ],
      lands: ['payment_succeeded', 'trial_converted'],
    },
    {
      title: 'upgrades',
      webhooks: [updated(upgraded, billed(trialEnd, 'active', team), { items: { data: pro } })],
      lands: ['plan_upgraded'],
    },
    {
      title: 'the card is declined',
      webhooks: [
        stripe('invoice.payment_failed', renewal + 3600, failedInvoice),
        updated(renewal + 3601, billed(renewal, 'past_due', team), { status: 'active' }),
      ],
      lands: ['payment_failed', 'subscription_past_due'],
    },
    {
      title: 'pays after all',
      webhooks: [
        stripe('invoice.paid', renewal + DAY, paidInvoice),
        updated(renewal + DAY, billed(renewal, 'active', team), {
          status: 'past_due',
        }),
      ],
      lands: ['payment_succeeded', 'subscription_renewed', 'payment_recovered'],
    },
    {
      title: 'cancels in the portal',
      webhooks: [
        updated(renewal + 2 * DAY, billed(renewal, 'active', team, { cancel_at: cancelAt }), {
          cancel_at: null,
        }),
      ],
      lands: ['cancellation_scheduled'],
    },
    {
      title: 'thinks better of it',
      webhooks: [
        updated(renewal + 3 * DAY, billed(renewal, 'active', team), {
          cancel_at: cancelAt,
        }),
      ],
      lands: ['cancellation_undone'],
    },
    {
      title: 'cancels for good',
      webhooks: [
        stripe(
          'customer.subscription.deleted',
          renewal + 4 * DAY,
          billed(renewal, 'canceled', team, {
            ended_at: renewal + 4 * DAY,
            canceled_at: renewal + 4 * DAY,
            cancellation_details: { reason: 'cancellation_requested', feedback: 'too_expensive' },
          }),
        ),
      ],
      lands: ['subscription_canceled'],
    },
    {
      title: 'deletes the account',
      webhooks: [
        clerk('user.deleted', { object: 'user', id: userId, deleted: true }, renewal + 5 * DAY),
      ],
      lands: ['User Deleted'],
    },
  ];
}
