// The life cycle over Stripe's own events: golden, from the payload to the moments.

import type { Stripe } from 'stripe';
import { describe, expect, it } from 'vitest';

import { readStripe } from '../../src/intake/stripe/events.ts';
import { applyEvent } from '../../src/person/apply.ts';
import { newPerson } from '../../src/person/person.ts';
import type { Person } from '../../src/person/person.ts';
import { traitsOf } from '../../src/person/traits.ts';
import type { PartOf } from '../../src/samples/payload.ts';
import {
  CREATED,
  DAY,
  invoice,
  item,
  price,
  stripeEvent,
  subscription,
  TEAM,
} from '../../src/samples/stripe.ts';
import type { StripeEventJson } from '../../src/samples/stripe.ts';
import { READ_OPTIONS } from '../support/read-options.ts';
import { subscriptionOf2020 } from '../support/stripe-2020.ts';

type Subscription = PartOf<Stripe.Subscription>;

const TRIAL_END = CREATED + 14 * DAY;
const TRIAL = { status: 'trialing', trial_start: CREATED, trial_end: TRIAL_END };

function take(person: Person, json: StripeEventJson) {
  const receivedAt = (CREATED + 365 * DAY) * 1000;
  const reading = readStripe({ json, deliveryId: null, receivedAt }, READ_OPTIONS);
  if (reading.kind !== 'event') throw new Error(`expected an event, got ${reading.kind}`);
  const { id, type, customerId, news } = reading;
  return applyEvent(person, { provider: 'stripe', id, type, customerId, news });
}

function names(...events: StripeEventJson[]): string[] {
  let person = newPerson('user_1');
  const happened: string[] = [];
  for (const event of events) {
    const step = take(person, event);
    person = step.person;
    happened.push(...step.moments.map((moment) => moment.name));
  }
  return happened;
}

function updated(after: Subscription, previous: Subscription) {
  return stripeEvent('customer.subscription.updated', subscription(after), {
    created: CREATED + 20 * DAY,
    previous,
  });
}

const created = (overrides: Subscription = {}) =>
  stripeEvent('customer.subscription.created', subscription(overrides));

describe('lifecycle', () => {
  it('starts a trial when a subscription is created while trialing', () => {
    expect(names(created(TRIAL))).toEqual(['trial_started']);
  });

  it('starts a subscription that is created active without a trial', () => {
    expect(names(created())).toEqual(['subscription_started']);
  });

  it('says nothing about an unpaid checkout, and starts it once paid', () => {
    const paid = updated({}, { status: 'incomplete' });
    expect(names(created({ status: 'incomplete' }), paid)).toEqual(['subscription_started']);
  });

  it('takes a renewal that carries items in previous_attributes for no plan change', () => {
    const moved = item({ current_period_end: CREATED + 60 * DAY });
    expect(names(updated({ items: { data: [moved] } }, { items: { data: [item()] } }))).toEqual([]);
  });

  it('sees an upgrade, a downgrade and other seats by price and quantity', () => {
    const team = { items: { data: [item({ price: price(TEAM) })] } };
    const pro = { items: { data: [item()] } };
    const three = { items: { data: [item({ quantity: 3 })] } };
    expect(names(updated(team, pro))).toEqual(['plan_upgraded']);
    expect(names(updated(pro, team))).toEqual(['plan_downgraded']);
    expect(names(updated(three, pro))).toEqual(['seats_changed']);
  });

  it('counts a portal cancellation that sets cancel_at alone as scheduled', () => {
    const at = CREATED + 30 * DAY;
    expect(names(updated({ cancel_at: at }, { cancel_at: null }))).toEqual([
      'cancellation_scheduled',
    ]);
    expect(names(updated({}, { cancel_at: at }))).toEqual(['cancellation_undone']);
  });

  it('tells a recovery when past due turns active', () => {
    expect(names(updated({}, { status: 'past_due' }))).toEqual(['payment_recovered']);
  });

  it('tells a trial that came to nothing from a cancellation', () => {
    const ended = { status: 'canceled', ended_at: TRIAL_END };
    const deleted = (more: Subscription = {}) =>
      stripeEvent('customer.subscription.deleted', subscription({ ...ended, ...more }));
    expect(names(deleted({ trial_end: TRIAL_END }))).toEqual(['trial_expired']);
    expect(names(deleted())).toEqual(['subscription_canceled']);
  });

  it('tells a trial that was never paid once, also when its subscription is cleared away later', () => {
    const trial = { trial_start: CREATED, trial_end: TRIAL_END };
    const firstPeriod = item({
      current_period_start: TRIAL_END,
      current_period_end: TRIAL_END + 30 * DAY,
    });
    const unpaid = updated(
      { ...trial, status: 'unpaid', items: { data: [firstPeriod] } },
      { status: 'past_due' },
    );
    const cleared = subscription({ ...trial, status: 'canceled', ended_at: CREATED + 90 * DAY });
    const deleted = stripeEvent('customer.subscription.deleted', cleared, {
      created: CREATED + 90 * DAY,
    });
    expect(names(created(TRIAL), unpaid, deleted)).toEqual(['trial_started', 'trial_expired']);
  });

  it('tells the end of a customer who came back after a trial that had come to nothing', () => {
    const trial = { trial_start: CREATED, trial_end: TRIAL_END };
    const resumedAt = TRIAL_END + 8 * DAY;
    const period = { current_period_start: resumedAt, current_period_end: resumedAt + 30 * DAY };
    const paused = updated({ ...trial, status: 'paused' }, { status: 'trialing' });
    const resumed = stripeEvent(
      'customer.subscription.updated',
      subscription({ ...trial, items: { data: [item(period)] } }),
      { created: resumedAt, previous: { status: 'paused' } },
    );
    const bill = invoice({ billing_reason: 'subscription_update' }, { periodStart: resumedAt });
    const paid = stripeEvent('invoice.paid', bill);
    const over = { ...trial, status: 'canceled', ended_at: resumedAt + 20 * DAY };
    const deleted = stripeEvent(
      'customer.subscription.deleted',
      subscription({ ...over, items: { data: [item(period)] } }),
      { created: resumedAt + 20 * DAY },
    );
    expect(names(created(TRIAL), paused, resumed, paid, deleted)).toEqual([
      'trial_started',
      'trial_expired',
      'payment_succeeded',
      'trial_converted',
      'subscription_canceled',
    ]);
  });

  it('tells no cancellation when what was paused at the end of its trial is cleared away', () => {
    const trial = { trial_start: CREATED, trial_end: TRIAL_END };
    const period = { current_period_start: CREATED, current_period_end: TRIAL_END };
    const items = { items: { data: [item(period)] } };
    const over = { ...trial, ...items, status: 'canceled', ended_at: TRIAL_END + 40 * DAY };
    const deleted = stripeEvent('customer.subscription.deleted', subscription(over), {
      created: TRIAL_END + 40 * DAY,
    });
    expect(names(deleted)).toEqual(['trial_expired']);
  });

  it('converts a trial ended by hand, whichever of its two events comes first', () => {
    const endedAt = CREATED + 4 * DAY;
    const ended = stripeEvent(
      'customer.subscription.updated',
      subscription({ trial_start: CREATED, trial_end: endedAt }),
      { created: endedAt, previous: { status: 'trialing', trial_end: TRIAL_END } },
    );
    const bill = invoice({ billing_reason: 'subscription_cycle' }, { periodStart: endedAt });
    const paid = stripeEvent('invoice.paid', bill, { created: endedAt });
    const expected = ['payment_succeeded', 'trial_converted', 'trial_started'];
    expect(names(created(TRIAL), ended, paid).toSorted()).toEqual(expected);
    expect(names(created(TRIAL), paid, ended).toSorted()).toEqual(expected);
    expect(names(paid, created(TRIAL), ended).toSorted()).toEqual(expected);
  });

  it('takes, within one second, what was updated for newer than what said that the trial ends', () => {
    const ending = stripeEvent('customer.subscription.trial_will_end', subscription(TRIAL), {
      created: CREATED + 20 * DAY,
    });
    const team = { ...TRIAL, items: { data: [item({ price: price(TEAM) })] } };
    const upgraded = updated(team, { items: { data: [item()] } });
    const { person } = take(take(newPerson('user_1'), upgraded).person, ending);
    expect(traitsOf(person, null)['plan']).toBe('team');
  });

  it('converts a trial with the invoice that begins where it ended, whichever arrives first', () => {
    const paid = stripeEvent('invoice.paid', invoice({}, { periodStart: TRIAL_END }));
    const events = [created(TRIAL), paid] as const;
    const expected = ['payment_succeeded', 'trial_converted', 'trial_started'];
    expect(names(...events).toSorted()).toEqual(expected);
    expect(names(...events.toReversed()).toSorted()).toEqual(expected);
  });

  it('never calls a zero invoice a payment', () => {
    expect(names(stripeEvent('invoice.paid', invoice({ amount_paid: 0 })))).toEqual([]);
  });

  describe('after the end', () => {
    const canceled = { status: 'canceled', ended_at: CREATED + 30 * DAY };
    const end = stripeEvent('customer.subscription.deleted', subscription(canceled), {
      created: CREATED + 30 * DAY,
    });
    const { person } = take(newPerson('user_1'), end);
    const recovered = (at: number) =>
      stripeEvent('customer.subscription.updated', subscription(), {
        created: at,
        previous: { status: 'past_due' },
      });

    it('lets nothing late bring a canceled subscription back', () => {
      for (const at of [CREATED, CREATED + 30 * DAY, CREATED + 31 * DAY]) {
        const late = take(person, recovered(at));
        expect(late.person.subscriptions).toEqual(person.subscriptions);
        expect(traitsOf(late.person, null)).toMatchObject({ plan: null, mrr: 0 });
        expect(traitsOf(late.person, null)).toMatchObject({ previousPlan: 'pro' });
      }
    });

    it('tells what happened before the end at its own time, and nothing that claims to be later', () => {
      const before = take(person, recovered(CREATED + 20 * DAY)).moments;
      expect(before).toMatchObject([
        { name: 'payment_recovered', occurredAt: (CREATED + 20 * DAY) * 1000 },
      ]);
      expect(take(person, recovered(CREATED + 31 * DAY)).moments).toEqual([]);
    });
  });

  it('shows the same plan, value and period for a subscription in the shape of 2020', () => {
    const facets = [subscription(), subscriptionOf2020()].map((object) => {
      const { person } = take(
        newPerson('user_1'),
        stripeEvent('customer.subscription.created', object),
      );
      const { plan, mrr, currentPeriodEndsAt, seats } = traitsOf(person, null);
      return { plan, mrr, currentPeriodEndsAt, seats };
    });
    expect(facets[0]).toEqual({
      plan: 'pro',
      mrr: 49,
      currentPeriodEndsAt: CREATED + 30 * DAY,
      seats: 1,
    });
    expect(facets[1]).toEqual(facets[0]);
  });
});
