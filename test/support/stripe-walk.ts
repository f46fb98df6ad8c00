// A walk through the life of one Stripe subscription: the events Stripe would send for it, and the moments that a
// person looking at the dashboard would name. The moments are written down by what was done, not by comparing states.

import type { Stripe } from 'stripe';

import type { Json, PartOf } from '../../src/samples/payload.ts';
import { CREATED, DAY, invoice, stripeEvent } from '../../src/samples/stripe.ts';
import type { StripeEventJson } from '../../src/samples/stripe.ts';
import { changeOf, FREE, itemsOf, objectOf, pausedBy, priceOf } from './walked-subscription.ts';
import type { State } from './walked-subscription.ts';

type Subscription = PartOf<Stripe.Subscription>;

type Walk = {
  readonly events: readonly StripeEventJson[];
  readonly told: readonly string[];
};

const LIVE = ['trialing', 'active', 'past_due'];

/** One step a number: it chooses what is done next among what can be. */
export function walk(choices: readonly number[], id = 'sub_1'): Walk {
  const events: StripeEventJson[] = [];
  const told: string[] = [];
  let now = CREATED;
  const state: State = {
    status: 'active',
    plan: 0,
    quantity: 1,
    periodStart: CREATED,
    trialEnd: null,
    cancelAt: null,
    isPaused: false,
    pausedBy: null,
    feedback: null,
    invoices: 0,
  };

  function send(type: string, body: Json, previous?: Json): void {
    now += 60;
    const eventId = `evt_${id}_${events.length}`;
    const about = previous === undefined ? {} : { previous };
    events.push(stripeEvent(type, body, { created: now, id: eventId, ...about }));
  }

  function update(change: Partial<State>, previous: Subscription): void {
    Object.assign(state, change);
    send('customer.subscription.updated', objectOf(id, state), previous);
  }

  /** Both events that say so. */
  function pay(billingReason: string, amount = 4900): void {
    state.invoices += 1;
    const paid = invoice(
      {
        id: `in_${id}_${state.invoices}`,
        billing_reason: billingReason,
        created: now,
        amount_due: amount,
        amount_paid: amount,
      },
      { periodStart: state.periodStart, subscription: id, priceId: priceOf(state.plan).id },
    );
    send('invoice.paid', paid);
    send('invoice.payment_succeeded', paid);
    if (amount > 0) told.push('payment_succeeded');
  }

  function fail(): void {
    state.invoices += 1;
    const failed = { id: `in_${id}_${state.invoices}`, status: 'open', amount_paid: 0 };
    const more = { next_payment_attempt: now + DAY, created: now };
    const line = { subscription: id, priceId: priceOf(state.plan).id };
    send('invoice.payment_failed', invoice({ ...failed, ...more }, line));
    told.push('payment_failed');
  }

  function end(details: Subscription): void {
    const endedAt = now + 60;
    state.status = 'canceled';
    send(
      'customer.subscription.deleted',
      objectOf(id, state, { ended_at: endedAt, canceled_at: endedAt, ...details }),
    );
  }

  function swap(plan: number, quantity: number): void {
    const previous = { items: { data: itemsOf(state) } };
    told.push(plan === state.plan ? 'seats_changed' : changeOf(state.plan, plan));
    update({ plan, quantity }, previous);
  }

  function nextPeriod(): Subscription {
    const previous = { items: { data: itemsOf(state) } };
    state.periodStart = Math.max(now, state.periodStart + 30 * DAY);
    now = state.periodStart;
    return previous;
  }

  const steps: readonly { readonly can: () => boolean; readonly act: () => void }[] = [
    {
      can: isBought,
      act: () => swap((state.plan + 1) % FREE, state.quantity),
    },
    {
      can: isBought,
      act: () => swap((state.plan + 3) % FREE, state.quantity + 1),
    },
    {
      can: isBought,
      act: () => swap(state.plan, (state.quantity % 5) + 1),
    },
    {
      // To the free plan and back, while nothing is owed.
      can: () =>
        state.status === 'active' && !state.isPaused && state.periodStart !== state.trialEnd,
      act: () => swap(state.plan === FREE ? 1 : FREE, state.quantity),
    },
    {
      can: () => isBought() && state.cancelAt !== null && state.cancelAt > now + 2 * DAY,
      act: () => {
        told.push('cancellation_scheduled');
        update({ cancelAt: (state.cancelAt ?? 0) - DAY }, { cancel_at: state.cancelAt });
      },
    },
    {
      can: () => isBought() && state.cancelAt !== null && state.feedback === null,
      act: () => {
        told.push('cancellation_feedback_given');
        update({ feedback: 'too_expensive' }, { cancellation_details: { feedback: null } });
      },
    },
    {
      can: () => isBought() && state.cancelAt === null,
      act: () => {
        told.push('cancellation_scheduled');
        update({ cancelAt: state.periodStart + 30 * DAY }, { cancel_at: null });
      },
    },
    {
      can: () => isBought() && state.cancelAt !== null,
      act: () => {
        told.push('cancellation_undone');
        update({ cancelAt: null }, { cancel_at: state.cancelAt });
      },
    },
    {
      can: isBought,
      act: () => {
        told.push(state.isPaused ? 'subscription_resumed' : 'subscription_paused');
        const previous = state.isPaused
          ? { pause_collection: { behavior: 'void', resumes_at: null } }
          : { pause_collection: null };
        update({ isPaused: !state.isPaused }, previous);
      },
    },
    {
      // A renewal moves the period and is no change; the money says that it renewed.
      can: isEarning,
      act: () => {
        update({}, nextPeriod());
        pay('subscription_cycle');
        told.push('subscription_renewed');
      },
    },
    {
      can: isEarning,
      act: () => {
        update({}, nextPeriod());
        fail();
        told.push('subscription_past_due');
        update({ status: 'past_due' }, { status: 'active' });
      },
    },
    {
      can: () => state.status === 'past_due' && state.periodStart !== state.trialEnd,
      act: () => {
        told.push('payment_recovered', 'subscription_renewed');
        pay('subscription_cycle');
        update({ status: 'active' }, { status: 'past_due' });
      },
    },
    {
      can: isOwingLater,
      act: () => {
        told.push('subscription_unpaid');
        update({ status: 'unpaid' }, { status: 'past_due' });
      },
    },
    {
      can: () => state.status === 'unpaid',
      act: () => {
        told.push('payment_recovered', 'subscription_renewed');
        pay('subscription_cycle');
        update({ status: 'active' }, { status: 'unpaid' });
      },
    },
    {
      can: () => isEarning() && !state.isPaused,
      act: () => {
        told.push('subscription_paused');
        pause('pause_requested');
      },
    },
    {
      // Dunning may end in a pause.
      can: () => isOwingLater() && !state.isPaused,
      act: () => {
        told.push('subscription_paused');
        pause('final_payment_failure');
      },
    },
    {
      can: () => state.status === 'paused',
      act: () => {
        told.push('subscription_resumed');
        if (state.pausedBy === 'final_payment_failure') told.push('payment_recovered');
        const previous = { status: 'paused', ...pausedBy(state.pausedBy) };
        update({ status: 'active', pausedBy: null }, previous);
      },
    },
    {
      can: () => state.status === 'incomplete',
      act: () => {
        told.push('subscription_started');
        pay('subscription_create');
        update({ status: 'active' }, { status: 'incomplete' });
      },
    },
    {
      can: () => state.status === 'incomplete',
      act: () => update({ status: 'incomplete_expired' }, { status: 'incomplete' }),
    },
    {
      // The status turns active before the money is taken.
      can: () => state.status === 'trialing' && !state.isPaused,
      act: () => {
        now = state.trialEnd ?? now;
        state.periodStart = now;
        update({ status: 'active' }, { status: 'trialing' });
        pay('subscription_cycle');
        told.push('trial_converted');
      },
    },
    {
      // A coupon pays for the first period.
      can: () => state.status === 'trialing' && !state.isPaused,
      act: () => {
        now = state.trialEnd ?? now;
        state.periodStart = now;
        update({ status: 'active' }, { status: 'trialing' });
        pay('subscription_cycle', 0);
        told.push('trial_converted');
      },
    },
    {
      can: () => state.status === 'trialing',
      act: () => {
        told.push('trial_extended');
        const previous = { trial_end: state.trialEnd };
        update({ trialEnd: (state.trialEnd ?? 0) + 7 * DAY }, previous);
      },
    },
    {
      // Ended by hand, days before its time: the date moves with the status.
      can: () => state.status === 'trialing' && !state.isPaused,
      act: () => {
        const previous = { status: 'trialing', trial_end: state.trialEnd };
        state.periodStart = now + 60;
        update({ status: 'active', trialEnd: now + 60 }, previous);
        pay('subscription_update');
        told.push('trial_converted');
      },
    },
    {
      // The first charge never succeeds.
      can: () => state.status === 'trialing',
      act: () => {
        now = state.trialEnd ?? now;
        state.periodStart = now;
        update({ status: 'active' }, { status: 'trialing' });
        fail();
        told.push('subscription_past_due', 'trial_expired');
        update({ status: 'past_due' }, { status: 'active' });
        end({ cancellation_details: { reason: 'payment_failed', feedback: null } });
      },
    },
    {
      can: () => state.status === 'trialing',
      act: () => {
        told.push('trial_expired');
        end({ cancellation_details: { reason: 'cancellation_requested', feedback: 'unused' } });
      },
    },
    {
      can: () => ['active', 'paused', 'unpaid'].includes(state.status) || isOwingLater(),
      act: () => {
        if (state.plan !== FREE) told.push('subscription_canceled');
        const isChosen = state.status === 'active' || state.pausedBy === 'pause_requested';
        const reason = isChosen ? 'cancellation_requested' : 'payment_failed';
        end({ cancellation_details: { reason, feedback: null } });
      },
    },
  ];

  function isBought(): boolean {
    return LIVE.includes(state.status) && state.plan !== FREE;
  }

  function isEarning(): boolean {
    return state.status === 'active' && state.plan !== FREE;
  }

  function pause(by: State['pausedBy']): void {
    update({ status: 'paused', pausedBy: by }, { status: state.status, ...pausedBy(null) });
  }

  function isOwingLater(): boolean {
    return state.status === 'past_due' && state.periodStart !== state.trialEnd;
  }

  begin(choices[0] ?? 0);
  for (const choice of choices.slice(1)) {
    const possible = steps.filter((step) => step.can());
    possible[choice % Math.max(1, possible.length)]?.act();
  }
  return { events, told };

  function begin(choice: number): void {
    const kind = (['active', 'trialing', 'incomplete'] as const)[choice % 3] ?? 'active';
    state.status = kind;
    state.plan = choice % FREE;
    state.trialEnd = kind === 'trialing' ? CREATED + 14 * DAY : null;
    send('customer.subscription.created', objectOf(id, state));
    if (kind === 'trialing') told.push('trial_started');
    if (kind === 'active') {
      told.push('subscription_started');
      pay('subscription_create');
    }
  }
}
