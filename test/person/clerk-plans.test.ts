// Clerk Billing's plans that are planned, come back, or cost nothing: golden, from its payloads.

import { describe, expect, it } from 'vitest';

import { readClerk } from '../../src/intake/clerk/events.ts';
import { applyEvent } from '../../src/person/apply.ts';
import type { Moment } from '../../src/person/moment.ts';
import { newPerson } from '../../src/person/person.ts';
import { traitsOf } from '../../src/person/traits.ts';
import {
  CLERK_CREATED as BEGAN,
  clerkItem,
  clerkPlan,
  MONTH,
} from '../../src/samples/clerk-billing.ts';
import { clerkEvent } from '../../src/samples/clerk.ts';
import { freeItem, TEAM_PLAN } from '../support/clerk-plans.ts';
import { READ_OPTIONS } from '../support/read-options.ts';

const DAY = 86_400_000;

type Item = Parameters<typeof clerkItem>[0];
type Sent = ReturnType<typeof clerkEvent>;

function item(type: string, at: number, overrides: Item = {}): Sent {
  return clerkEvent(`subscriptionItem.${type}`, clerkItem({ updated_at: at, ...overrides }), at);
}

function live(...events: readonly Sent[]) {
  let person = newPerson('user_2abcDEF');
  const moments: Moment[] = [];
  for (const json of events) {
    const body = { json, deliveryId: 'msg_1', receivedAt: BEGAN + 400 * DAY };
    const reading = readClerk(body, READ_OPTIONS);
    if (reading.kind !== 'event') throw new Error(`expected an event, got ${reading.kind}`);
    const step = applyEvent(person, { provider: 'clerk', ...reading });
    person = step.person;
    moments.push(...step.moments);
  }
  const names = moments.map(({ name }) => name);
  return { names, told: moments.at(-1)?.properties, traits: traitsOf(person, 'free') };
}

const bought = item('active', BEGAN);
const endsAt = BEGAN + MONTH;
const team = {
  id: 'csub_item_2',
  created_at: BEGAN + DAY,
  period_start: endsAt,
  period_end: endsAt + MONTH,
  plan_id: TEAM_PLAN.id,
  plan: clerkPlan(TEAM_PLAN),
};

describe('a plan that will follow', () => {
  const planned = item('upcoming', BEGAN + DAY, { ...team, status: 'upcoming' });
  const abandoned = item('abandoned', BEGAN + 2 * DAY, { ...team, status: 'abandoned' });

  it('is told, and told again when it is taken back', () => {
    const expected = { plan: 'pro', currency: 'usd', to_plan: 'team', effective_at: endsAt / 1000 };
    expect(live(bought, planned)).toMatchObject({
      names: ['subscription_started', 'plan_change_scheduled'],
      told: expected,
    });
    const { names, told } = live(bought, planned, abandoned, planned);
    expect(names).toEqual([
      'subscription_started',
      'plan_change_scheduled',
      'plan_change_unscheduled',
    ]);
    expect(told).toEqual(expected);
  });

  it('keeps the end of the running one from being told only as long as it is planned', () => {
    const canceled = item('canceled', BEGAN + 3 * DAY, {
      status: 'canceled',
      canceled_at: BEGAN + 3 * DAY,
    });
    const over = item('ended', endsAt, {
      status: 'ended',
      canceled_at: BEGAN + 3 * DAY,
      ended_at: endsAt,
    });
    expect(live(bought, canceled, planned, over).names).not.toContain('subscription_canceled');
    expect(live(bought, planned, abandoned, canceled, over).names.at(-1)).toBe(
      'subscription_canceled',
    );
  });

  it('is no change of plan where another one is taken back, or the same plan follows', () => {
    const other = item('abandoned', BEGAN + 2 * DAY, { ...team, id: 'x', status: 'abandoned' });
    expect(live(bought, planned, other).names.at(-1)).toBe('plan_change_scheduled');
    const same = item('upcoming', BEGAN + DAY, { id: 'csub_item_3', status: 'upcoming' });
    expect(live(bought, same).names).toEqual(['subscription_started']);
  });
});

describe('the words of both providers', () => {
  const free = (at: number, period: number | null) =>
    clerkEvent('subscriptionItem.active', freeItem({ updated_at: at, period_end: period }), at);

  it.each([null, -1, 0])('reads the free plan with a period end of %s for none', (period) => {
    const { names, traits } = live(free(BEGAN - DAY, period), bought, free(endsAt, period));
    expect(names).toEqual(['subscription_started', 'subscription_canceled']);
    expect(traits).toMatchObject({ plan: 'free', subscriptionStatus: 'canceled', mrr: 0 });
  });

  const other = (at: number) =>
    clerkEvent(
      'subscriptionItem.active',
      freeItem({ updated_at: at, plan: { ...freeItem().plan, slug: 'starter' } }),
      at,
    );

  it.each([
    ['from the first', [other(BEGAN - DAY)], 'starter'],
    ['while something is paid for', [other(BEGAN - DAY), bought], 'pro'],
    ['once nothing is', [other(BEGAN - DAY), bought, other(endsAt)], 'starter'],
    ['newest first', [other(BEGAN), free(BEGAN - DAY, null)], 'starter'],
    ['newest last', [free(BEGAN - DAY, null), other(BEGAN)], 'starter'],
  ])(
    'names the free plan of Clerk in plan, rather than FREE_PLAN, and tells nothing: %s',
    (_when, events, plan) => {
      const { names, traits } = live(...events);
      expect(traits['plan']).toBe(plan);
      expect(names.filter((name) => !/^subscription_(started|canceled)$/.test(name))).toEqual([]);
      expect(live(events[0] ?? bought).names).toEqual([]);
    },
  );

  it('knows who comes back, and the plan they had', () => {
    const at = endsAt + 9 * DAY;
    const again = item('active', at, {
      ...team,
      created_at: at,
      period_start: at,
      period_end: at + MONTH,
    });
    const { told, traits } = live(bought, free(endsAt, null), again);
    expect(told).toMatchObject({ plan: 'team', returning: true, previous_plan: 'pro', mrr: 50 });
    expect(traits).toMatchObject({ plan: 'team', previousPlan: 'pro' });
    expect(live(bought).told).toMatchObject({ returning: false, previous_plan: null });
  });

  it('names the free plan as the one before the first that is bought', () => {
    const { told, traits } = live(free(BEGAN - DAY, null), bought);
    expect(told).toMatchObject({ returning: false, previous_plan: 'free' });
    expect(traits).toMatchObject({ plan: 'pro', previousPlan: 'free' });
  });

  it('ends a purchase that the free plan has taken over from, also when that is heard first', () => {
    const back = free(endsAt, null);
    for (const events of [
      [bought, back],
      [back, bought],
    ]) {
      const { names, traits } = live(...events);
      expect(names).toEqual(['subscription_started', 'subscription_canceled']);
      expect(traits).toMatchObject({ plan: 'free', subscriptionStatus: 'canceled', mrr: 0 });
    }
  });

  it('tells another interval of a plan as that, and a longer trial as longer', () => {
    const yearly = item('updated', BEGAN + DAY, { interval: 'annual' });
    const { names, told } = live(bought, yearly);
    expect(names.at(-1)).toBe('billing_interval_changed');
    expect(told).toMatchObject({ from_interval: 'month', interval: 'year', from_mrr: 20, mrr: 18 });
    const trial = (type: string, at: number, days: number) =>
      item(type, at, { is_free_trial: true, period_end: BEGAN + days * DAY });
    const extended = live(trial('active', BEGAN, 14), trial('updated', BEGAN + DAY, 21));
    expect(extended.names).toEqual(['trial_started', 'trial_extended']);
    expect(extended.traits).toMatchObject({ trialUsed: true, subscriptionStatus: 'trialing' });
  });

  it('says before a trial ends what will be charged, and whether it will', () => {
    const trial = { is_free_trial: true, period_end: BEGAN + 14 * DAY };
    const ending = item('freeTrialEnding', BEGAN + 11 * DAY, trial);
    expect(live(ending).told).toMatchObject({ mrr: 20, cancel_at: null, will_convert: true });
    const canceled = { ...trial, status: 'canceled' as const, canceled_at: BEGAN + DAY };
    const lost = item('freeTrialEnding', BEGAN + 11 * DAY, canceled);
    expect(live(lost).told).toMatchObject({
      cancel_at: trial.period_end / 1000,
      will_convert: false,
    });
  });
});
