// What Stripe sends of one company that buys seats, with the metadata that docs/organizations.md tells to write. Times are
// Unix seconds.

import type { Stripe } from 'stripe';

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

const SEATS = 5;
const PRO = [item({ price: price(), quantity: SEATS })];
const PLUS = [item({ price: price(TEAM), quantity: SEATS })];
const FIRST = { amount_due: 4900 * SEATS, amount_paid: 4900 * SEATS };
const RENEWAL = { amount_due: 9900 * SEATS, amount_paid: 9900 * SEATS };

type Company = { readonly organizationId: string; readonly tag: string; readonly buyerId: string };

/** It buys seats, upgrades, cannot pay, pays after all, and cancels. */
export function billingOf({ organizationId, tag, buyerId }: Company) {
  const [id, customer] = [`sub_${tag}`, `cus_${tag}`];
  const metadata = { clerkOrgId: organizationId, clerkUserId: buyerId };

  function billed(at: number, items: typeof PRO, more: Subscription): Subscription {
    const period = { current_period_start: at, current_period_end: at + 30 * DAY };
    const data = items.map((each) => ({ ...each, ...period }));
    const since = { created: at, start_date: at };
    return subscription({
      id,
      customer,
      metadata,
      ...since,
      items: { object: 'list', data },
      ...more,
    });
  }

  function bill(number: number, at: number, more: PartOf<Stripe.Invoice>) {
    const paid = { status_transitions: { paid_at: at + 3600 } };
    const about = { id: `in_${tag}_${number}`, customer, created: at, ...paid, ...more };
    return invoice(about, { periodStart: at, subscription: id });
  }

  function checkout(at: number): SampleWebhook[] {
    const session = checkoutSession({
      id: `cs_${tag}`,
      customer,
      subscription: id,
      created: at,
      client_reference_id: organizationId,
      amount_total: FIRST.amount_paid,
    });
    const first = bill(1, at, { ...FIRST, billing_reason: 'subscription_create' });
    return [
      event('customer.subscription.created', at, billed(at, PRO, { status: 'active' })),
      event('checkout.session.completed', at + 1, session),
      event('invoice.paid', at + 2, first),
    ];
  }

  function upgrade(at: number, bought: number): SampleWebhook {
    return changed(at, billed(bought, PLUS, { status: 'active' }), { items: { data: PRO } });
  }

  function decline(at: number): SampleWebhook[] {
    const open = bill(2, at, { ...RENEWAL, amount_paid: 0, status: 'open' });
    const late = billed(at, PLUS, { status: 'past_due' });
    return [
      event('invoice.payment_failed', at + 3600, open),
      changed(at + 3601, late, { status: 'active' }),
    ];
  }

  function recovery(at: number): SampleWebhook[] {
    const well = billed(at, PLUS, { status: 'active' });
    return [
      event('invoice.paid', at + DAY, bill(2, at, RENEWAL)),
      changed(at + DAY, well, { status: 'past_due' }),
    ];
  }

  function cancellation(at: number, renewed: number): SampleWebhook {
    const over = { status: 'canceled', ended_at: at, canceled_at: at } as const;
    const why = { reason: 'cancellation_requested', feedback: 'unused' } as const;
    const object = billed(renewed, PLUS, { ...over, cancellation_details: why });
    return event('customer.subscription.deleted', at, object);
  }

  return { checkout, upgrade, decline, recovery, cancellation };
}

function changed(at: number, object: Subscription, previous: Subscription): SampleWebhook {
  return event('customer.subscription.updated', at, object, previous);
}

function event(type: string, created: number, object: Json, previous?: Json): SampleWebhook {
  const about = previous === undefined ? { created } : { created, previous };
  return { provider: 'stripe', body: stripeEvent(type, object, about) };
}
