// Clerk Billing, from its events to the moments: purchases come and go under one subscription, and nothing says what
// was before.

import { describe, expect, it } from 'vitest';

import { readClerk } from '../../src/intake/clerk/events.ts';
import { applyEvent } from '../../src/person/apply.ts';
import { newPerson } from '../../src/person/person.ts';
import type { Person } from '../../src/person/person.ts';
import { traitsOf } from '../../src/person/traits.ts';
import {
  CLERK_CREATED as BEGAN,
  clerkItem,
  clerkPayment,
  clerkPlan,
  clerkSubscription,
  MONTH,
} from '../../src/samples/clerk-billing.ts';
import { clerkEvent } from '../../src/samples/clerk.ts';
import { freeItem, TEAM_PLAN } from '../support/clerk-plans.ts';
import { READ_OPTIONS } from '../support/read-options.ts';

type Sent = ReturnType<typeof clerkEvent>;

const DAY = 86_400_000;

function take(person: Person, json: Sent) {
  const body = { json, deliveryId: 'msg_1', receivedAt: BEGAN + 400 * DAY };
  const reading = readClerk(body, READ_OPTIONS);
  if (reading.kind === 'ignored') return { person, moments: [] };
  if (reading.kind !== 'event') throw new Error(`expected an event, got ${reading.kind}`);
  const { id, type, customerId, news } = reading;
  return applyEvent(person, { provider: 'clerk', id, type, customerId, news });
}

function live(...events: readonly Sent[]) {
  let person = newPerson('user_2abcDEF');
  const moments = [];
  for (const event of events) {
    const step = take(person, event);
    person = step.person;
    moments.push(...step.moments);
  }
  return {
    person,
    moments,
    names: moments.map(({ name }) => name),
    traits: traitsOf(person, null),
  };
}

/** An item event; `at` is when it happened and when the item was changed last. */
function item(type: string, at: number, overrides: Parameters<typeof clerkItem>[0] = {}): Sent {
  return clerkEvent(`subscriptionItem.${type}`, clerkItem({ updated_at: at, ...overrides }), at);
}

function free(type: 'active' | 'ended' | 'updated', at: number): Sent {
  const status = type === 'updated' ? 'active' : type;
  return clerkEvent(`subscriptionItem.${type}`, freeItem({ updated_at: at, status }), at);
}

const TEAM = (at: number) => ({
  id: 'csub_item_2',
  created_at: at,
  period_start: at,
  period_end: at + MONTH,
  plan_id: TEAM_PLAN.id,
  plan: clerkPlan(TEAM_PLAN),
});

const signUp = free('active', BEGAN - DAY);
const bought = item('active', BEGAN);

describe('a purchase', () => {
  it('tells no purchase while the plan is free, whatever says so', () => {
    const container = clerkSubscription({ items: [freeItem({ payer: null })] });
    const events = ['created', 'active', 'updated'].map((type) =>
      clerkEvent(`subscription.${type}`, container),
    );
    const { names, person } = live(signUp, ...events, free('updated', BEGAN));
    expect(names).toEqual([]);
    expect(person.subscriptions).toEqual({});
  });

  it('starts a purchase when its item becomes active, and takes the end of the free one for no churn', () => {
    const { names, traits, moments } = live(signUp, free('ended', BEGAN - 53), bought);
    expect(names).toEqual(['subscription_started']);
    expect(moments[0]).toMatchObject({ properties: { plan: 'pro', currency: 'usd', mrr: 20 } });
    expect(traits).toMatchObject({
      plan: 'pro',
      mrr: 20,
      subscriptionId: 'csub_1',
      currentPeriodEndsAt: (BEGAN + MONTH) / 1000,
    });
  });

  it('starts a purchase once, whether its item or the subscription says so first', () => {
    const container = clerkEvent('subscription.active', clerkSubscription(), BEGAN + 10);
    expect(live(bought, container).names).toEqual(['subscription_started']);
    expect(live(container, bought).names).toEqual(['subscription_started']);
  });

  it.each([
    ['is bought', {}, 'subscription_started'],
    ['is tried', { is_free_trial: true, period_end: BEGAN + 7 * DAY }, 'trial_started'],
  ])(
    'begins once what %s, although other news of it comes first, or is newer',
    (_how, more, told) => {
      const container = (at: number) =>
        clerkEvent(
          'subscription.updated',
          clerkSubscription({ updated_at: at, items: [clerkItem({ updated_at: at, ...more })] }),
          at,
        );
      const active = item('active', BEGAN, more);
      expect(live(container(BEGAN), active, container(BEGAN + 50)).names).toEqual([told]);
      expect(live(container(BEGAN + 50), active, active).names).toEqual([told]);
      const { names, traits } = live(container(BEGAN + DAY / 2), active);
      expect(names).toEqual([told]);
      expect(traits).toMatchObject({ plan: 'pro', previousPlan: null });
    },
  );

  it('begins once more by somebody who comes back, although other news of it comes first', () => {
    const at = BEGAN + 90 * DAY;
    const over = [
      item('canceled', BEGAN + DAY, { status: 'canceled' }),
      free('active', BEGAN + MONTH),
    ];
    const again = [item('updated', at, TEAM(at)), item('active', at, TEAM(at))];
    const { moments, traits } = live(bought, ...over, ...again);
    expect(moments.at(-1)).toMatchObject({
      name: 'subscription_started',
      properties: { plan: 'team', returning: true, previous_plan: 'pro' },
    });
    expect(traits).toMatchObject({ plan: 'team', previousPlan: 'pro' });
  });

  it('does not begin when what is owed is paid, long after it was first seen by an update', () => {
    const at = BEGAN + 2 * MONTH;
    const period = { period_start: at, period_end: at + MONTH };
    const due = item('pastDue', at + 60_000, { ...period, status: 'past_due', past_due_at: at });
    const { names } = live(item('updated', BEGAN + DAY), due, item('active', at + DAY / 2, period));
    expect(names).toEqual(['subscription_past_due', 'payment_recovered']);
  });

  it('takes a purchase first seen by an update for a baseline', () => {
    const { names, traits } = live(item('updated', BEGAN + DAY));
    expect(names).toEqual([]);
    expect(traits).toMatchObject({ plan: 'pro', mrr: 20 });
  });

  it('tells a renewal when a purchase is paid for its next period', () => {
    const renewedAt = BEGAN + MONTH;
    const renewed = item('updated', renewedAt, {
      period_start: renewedAt,
      period_end: renewedAt + MONTH,
    });
    const paid = clerkEvent('paymentAttempt.updated', clerkPayment(), renewedAt);
    const { names, moments } = live(bought, renewed, paid);
    expect(names).toEqual(['subscription_started', 'payment_succeeded', 'subscription_renewed']);
    expect(moments[1]).toMatchObject({
      key: ['payment_succeeded', 'cpa_1'],
      subscriptionId: 'csub_1',
      properties: {
        amount: 22,
        currency: 'usd',
        billing_reason: 'subscription_cycle',
        plan: 'pro',
      },
    });
  });

  it('knows no value of a purchase by the seat, or by a year whose price is not told', () => {
    const tiers = [{ amount_per_block: 500 }];
    const perSeat = clerkPlan({ unit_prices: [{ name: 'seats', block_size: 1, tiers }] });
    const yearly = clerkPlan({ annual_monthly_amount: undefined });
    expect(live(item('active', BEGAN, { plan: perSeat })).traits['mrr']).toBeNull();
    expect(
      live(item('active', BEGAN, { plan: yearly, interval: 'annual' })).traits['mrr'],
    ).toBeNull();
    expect(live(item('active', BEGAN, { interval: 'annual' })).traits).toMatchObject({
      mrr: 18,
      billingInterval: 'year',
    });
  });
});

describe('another plan', () => {
  const at = BEGAN + 5 * DAY;
  const team = item('active', at, TEAM(at));
  const replaced = item('ended', at - 53, { status: 'ended', ended_at: at - 53 });

  it('tells another plan as an upgrade and no churn, whichever of the two items is told first', () => {
    for (const events of [
      [replaced, team],
      [team, replaced],
    ]) {
      const { moments, traits } = live(bought, ...events);
      expect(moments.slice(1)).toMatchObject([
        {
          name: 'plan_upgraded',
          properties: { from_plan: 'pro', to_plan: 'team', from_mrr: 20, mrr: 50 },
        },
      ]);
      expect(traits).toMatchObject({ plan: 'team', previousPlan: 'pro', mrr: 50 });
    }
  });

  it('tells an upgrade although the old plan was canceled before, and its end not reached', () => {
    const canceled = item('canceled', BEGAN + DAY, {
      status: 'canceled',
      canceled_at: BEGAN + DAY,
    });
    const { names } = live(bought, canceled, replaced, team);
    expect(names).toEqual([
      'subscription_started',
      'cancellation_scheduled',
      'plan_upgraded',
      'cancellation_undone',
    ]);
  });

  it('tells a downgrade once, when it takes effect, and the end of the old plan as no churn', () => {
    const endsAt = BEGAN + MONTH;
    const plan = clerkPlan({
      id: 'cplan_basic',
      slug: 'basic',
      amount: 900,
      annual_monthly_amount: 800,
    });
    const basic = { ...TEAM(endsAt), created_at: at, plan, plan_id: 'cplan_basic' };
    const planned = item('upcoming', at, { ...basic, status: 'upcoming' });
    const effective = item('active', endsAt, basic);
    const over = item('ended', endsAt, { status: 'ended', canceled_at: at, ended_at: endsAt });
    for (const events of [
      [over, effective],
      [effective, over],
    ]) {
      const { names, traits } = live(bought, planned, ...events);
      expect(names).toEqual(['subscription_started', 'plan_change_scheduled', 'plan_downgraded']);
      expect(traits).toMatchObject({ plan: 'basic', previousPlan: 'pro', subscriptionsCount: 1 });
    }
  });
});

describe('the end', () => {
  const canceledAt = BEGAN + 10 * DAY;
  const endsAt = BEGAN + MONTH;
  const canceled = item('canceled', canceledAt, { status: 'canceled', canceled_at: canceledAt });
  const ended = item('ended', endsAt, {
    status: 'ended',
    canceled_at: canceledAt,
    ended_at: endsAt,
  });
  const back = free('active', endsAt + 120_000);

  it('schedules the end by canceling, and tells it once, whoever says so first', () => {
    for (const events of [
      [ended, back],
      [back, ended],
    ]) {
      const { names, moments, traits } = live(bought, canceled, ...events);
      expect(names).toEqual([
        'subscription_started',
        'cancellation_scheduled',
        'subscription_canceled',
      ]);
      expect(moments[1]).toMatchObject({ properties: { cancel_at: endsAt / 1000 } });
      expect(moments[2]).toMatchObject({
        properties: { plan: 'pro', reason: 'voluntary', mrr: 20, immediate: false },
      });
      expect(traits).toMatchObject({ plan: 'free', previousPlan: 'pro', mrr: 0 });
    }
  });

  it('calls the end after a payment that stayed due involuntary', () => {
    const due = item('pastDue', endsAt, { status: 'past_due', past_due_at: endsAt });
    const { names, moments } = live(bought, due, free('active', endsAt + 7 * DAY));
    expect(names).toEqual([
      'subscription_started',
      'subscription_past_due',
      'subscription_canceled',
    ]);
    expect(moments[2]).toMatchObject({ properties: { reason: 'involuntary' } });
  });

  it('says when it was canceled, also where nobody chose the end', () => {
    const { traits } = live(bought, free('active', endsAt + 7 * DAY));
    expect(traits).toMatchObject({ canceledAt: (endsAt + 7 * DAY) / 1000 });
    expect(live(bought, canceled, ended).traits).toMatchObject({ canceledAt: canceledAt / 1000 });
  });

  it('starts again with whoever comes back after the end', () => {
    const again = item('active', endsAt + 9 * DAY, { ...TEAM(endsAt + 9 * DAY) });
    const { names, traits } = live(bought, canceled, ended, back, again, bought);
    expect(names.slice(3)).toEqual(['subscription_started']);
    expect(traits).toMatchObject({ plan: 'team', mrr: 50, subscriptionsCount: 1 });
  });

  it('neither tells the end twice nor undoes it by what comes late or again', () => {
    const { names, traits } = live(bought, canceled, ended, back, canceled, bought, ended, signUp);
    expect(names).toHaveLength(3);
    expect(traits).toMatchObject({ plan: 'free', mrr: 0 });
  });
});

describe('a trial', () => {
  const trialEnds = BEGAN + 14 * DAY;
  const trial = { is_free_trial: true, period_end: trialEnds };
  const started = item('active', BEGAN, trial);
  const paying = item('updated', trialEnds, {
    period_start: trialEnds,
    period_end: trialEnds + MONTH,
  });
  const paid = clerkEvent(
    'paymentAttempt.updated',
    clerkPayment({
      subscription_items: [
        clerkItem({ payer: null, period_start: trialEnds, period_end: trialEnds + MONTH }),
      ],
    }),
    trialEnds + 1000,
  );

  it('starts a trial, tells that it is about to end, and converts it with the first payment', () => {
    const ending = item('freeTrialEnding', BEGAN + 11 * DAY, trial);
    const { names, moments } = live(started, ending, paying, paid);
    expect(names).toEqual([
      'trial_started',
      'trial_ending',
      'payment_succeeded',
      'trial_converted',
    ]);
    expect(moments[1]).toMatchObject({ properties: { trial_ends_at: trialEnds / 1000 } });
    expect(moments[3]).toMatchObject({ properties: { mrr: 20, amount: 22, invoice_id: 'cpa_1' } });
  });

  it('converts a trial in whichever order the payment and the item arrive', () => {
    expect(live(started, paid, paying).names).toEqual(live(started, paying, paid).names);
  });

  it('is converted by paying for another plan before it ends, in whichever order that arrives', () => {
    const at = BEGAN + 3 * DAY;
    const nested = { payer: null, subscription_id: null, ...TEAM(at) };
    const bill = { billing_date: at, paid_at: at, subscription_items: [clerkItem(nested)] };
    const attempt = clerkPayment({ charge_type: 'checkout', ...bill });
    const buying = clerkEvent('paymentAttempt.updated', attempt, at);
    const better = item('active', at, TEAM(at));
    for (const events of [
      [buying, better],
      [better, buying],
    ]) {
      const { names, moments, traits } = live(started, ...events);
      expect(names.toSorted()).toEqual([
        'payment_succeeded',
        'plan_upgraded',
        'trial_converted',
        'trial_started',
      ]);
      expect(moments.map(({ subscriptionId }) => subscriptionId)).toEqual(
        moments.map(() => 'csub_1'),
      );
      expect(traits).toMatchObject({ plan: 'team', trialUsed: true, mrr: 50 });
    }
  });

  it('tells a trial that came to nothing as expired, and nothing as canceled', () => {
    const { names } = live(started, free('active', trialEnds));
    expect(names).toEqual(['trial_started', 'trial_expired']);
  });
});

describe('what Clerk leaves out', () => {
  const omitted = { created_at: undefined, updated_at: undefined, subscription_id: undefined };

  it('makes no second subscription of an item that does not name its container', () => {
    const container = clerkEvent('subscription.updated', clerkSubscription(), BEGAN + DAY);
    const bare = item('active', BEGAN, omitted);
    for (const events of [
      [bare, container],
      [container, bare],
    ]) {
      expect(live(...events).traits).toMatchObject({ mrr: 20, subscriptionsCount: 1 });
    }
  });

  it('knows a later purchase for another although it tells no times', () => {
    const back = BEGAN + 60 * DAY;
    const over = free('active', BEGAN + MONTH);
    const unsaid = { created_at: undefined, updated_at: undefined };
    const again = item('active', back, { ...TEAM(back), ...unsaid });
    const { names } = live(item('active', BEGAN, omitted), over, again);
    expect(names).toEqual([
      'subscription_started',
      'subscription_canceled',
      'subscription_started',
    ]);
  });

  it('goes by the amount where an item tells no plan', () => {
    const nothing = { amount: 0, currency: 'USD' };
    expect(live(item('active', BEGAN, { plan: null, amount: nothing })).names).toEqual([]);
    const paid = { amount: 2000, currency: 'USD' };
    expect(live(item('active', BEGAN, { plan: null, amount: paid })).names).toEqual([
      'subscription_started',
    ]);
  });

  it('keeps the trial and the seats that an item inside a subscription leaves out', () => {
    const trialEnds = BEGAN + 14 * DAY;
    const about = { is_free_trial: true, period_end: trialEnds, seats: { quantity: 3 } };
    const inside = { payer: null, is_free_trial: undefined, period_end: trialEnds };
    const items = [clerkItem({ ...inside, updated_at: BEGAN + DAY })];
    const container = clerkSubscription({ items, updated_at: BEGAN + DAY });
    const { names, traits } = live(
      item('active', BEGAN, about),
      clerkEvent('subscription.updated', container, BEGAN + DAY),
    );
    expect(names).toEqual(['trial_started']);
    expect(traits).toMatchObject({ subscriptionStatus: 'trialing', seats: 3, mrr: 0 });
  });
});

describe('what is owed', () => {
  const owed = { status: 'past_due' as const, past_due_at: BEGAN + MONTH };
  const due = item('pastDue', BEGAN + MONTH, owed);

  it('keeps a purchase past due when it is canceled', () => {
    const canceled = item('canceled', BEGAN + MONTH + DAY, {
      ...owed,
      status: 'canceled',
      canceled_at: BEGAN + MONTH + DAY,
      period_end: BEGAN + 2 * MONTH,
    });
    const { names, traits } = live(bought, due, canceled);
    expect(names.slice(2)).toEqual(['cancellation_scheduled']);
    expect(traits['subscriptionStatus']).toBe('past_due');
  });

  it('tells what is paid in the end as a recovery, and as no start where the purchase was not known', () => {
    const recovered = item('active', BEGAN + MONTH + 3 * DAY, { period_start: BEGAN + MONTH });
    expect(live(bought, due, recovered).names.slice(2)).toEqual(['payment_recovered']);
    expect(live(recovered).names).toEqual([]);
  });

  it('tells a trial as expired that nobody paid for in the end', () => {
    const trialEnds = BEGAN + 14 * DAY;
    const started = item('active', BEGAN, { is_free_trial: true, period_end: trialEnds });
    const unpaid = item('pastDue', trialEnds, {
      ...owed,
      period_start: trialEnds,
      period_end: trialEnds + MONTH,
    });
    expect(live(started, unpaid, free('active', trialEnds + 5 * DAY)).names).toEqual([
      'trial_started',
      'subscription_past_due',
      'trial_expired',
    ]);
  });
});

describe('a payment attempt that failed', () => {
  it('tells a payment attempt that failed, with what Clerk does not say left open', () => {
    const attempt = clerkPayment({ status: 'failed', paid_at: null, failed_at: BEGAN + DAY });
    const event = clerkEvent('paymentAttempt.updated', attempt, BEGAN + DAY);
    expect(live(bought, event).moments[1]).toMatchObject({
      name: 'payment_failed',
      subscriptionId: 'csub_1',
      key: ['payment_failed', 'cpa_1', 'pa_1'],
      occurredAt: BEGAN + DAY,
      properties: { amount: 22, currency: 'usd', invoice_id: 'cpa_1', final: null, plan: 'pro' },
    });
  });
});
