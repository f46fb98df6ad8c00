// Trials, cancellations, pauses and dunning: golden, from Stripe's payloads.

import { describe, expect, it } from 'vitest';

import { paymentMethod } from '../../src/samples/stripe-money.ts';
import { CREATED, DAY, item, stripeEvent, subscription } from '../../src/samples/stripe.ts';
import { odd } from '../support/odd.ts';
import { changed, ended, FREE, having, life, made, paid, PRO } from '../support/stripe-life.ts';
import type { Subscription } from '../support/stripe-life.ts';

const TRIAL_END = CREATED + 14 * DAY;
const OVER = { trial_start: CREATED, trial_end: TRIAL_END };
const TRIAL = { ...OVER, status: 'trialing' };
const periodFrom = (at: number) =>
  having(item({ current_period_start: at, current_period_end: at + 30 * DAY }));
const FIRST = { ...OVER, ...periodFrom(TRIAL_END) };
const start = made(0, TRIAL);
const firstPaid = paid(0, { billing_reason: 'subscription_create' });
const active = changed(14, FIRST, { status: 'trialing' });

describe('a trial', () => {
  it('converts by an invoice of zero once it is worth something', () => {
    const settled = paid(14, { amount_paid: 0, amount_due: 0 });
    for (const events of [
      [start, active, settled],
      [start, settled, active],
      [settled, start, active],
    ]) {
      const { names, moments } = life(events);
      expect(names.toSorted()).toEqual(['trial_converted', 'trial_started']);
      const converted = moments.find(({ name }) => name === 'trial_converted');
      expect(converted?.properties).toMatchObject({ plan: 'pro', mrr: 49, amount: 0 });
    }
    const { names } = life([start, active, settled, ended(40, FIRST)]);
    expect(names.at(-1)).toBe('subscription_canceled');
  });

  it('is not converted by the invoice of zero it begins with, nor while it is free', () => {
    const first = paid(0, { amount_paid: 0, amount_due: 0, billing_reason: 'subscription_create' });
    expect(life([first, start]).names).toEqual(['trial_started']);
    const free = changed(14, { ...OVER, ...FREE }, { status: 'trialing', ...PRO });
    const settled = paid(14, { amount_paid: 0, amount_due: 0 });
    expect(life([start, free, settled]).names).toEqual(['trial_started', 'trial_expired']);
  });

  it('converts by the invoice itself where its lines are on another page', () => {
    const lines = { object: 'list', data: [], has_more: true } as const;
    const bill = paid(14, { lines, period_start: CREATED, period_end: TRIAL_END });
    expect(life([start, active, bill]).names).toEqual([
      'trial_started',
      'payment_succeeded',
      'trial_converted',
    ]);
    const later = paid(44, { lines, period_start: TRIAL_END, period_end: CREATED + 44 * DAY });
    expect(life([start, active, bill, later]).names.slice(3)).toEqual([
      'payment_succeeded',
      'subscription_renewed',
    ]);
  });

  it.each([
    ['on a price of 0', changed(14, { ...OVER, ...FREE }, { status: 'trialing', ...PRO })],
    ['on a price of 0 while it runs', changed(10, { ...TRIAL, ...FREE }, PRO)],
    ['canceled', ended(14, OVER)],
    ['paused', changed(14, { ...OVER, status: 'paused' }, { status: 'trialing' })],
    ['unpaid', changed(14, { ...OVER, status: 'unpaid' }, { status: 'trialing' })],
  ])('expires in one word when it ends %s', (_how, event) => {
    expect(life([start, event]).names).toEqual(['trial_started', 'trial_expired']);
    expect(life([start, event]).traits).toMatchObject({ trialUsed: true, mrr: 0 });
  });

  it('that paused at its end converts when it is paid later, whichever is told first', () => {
    const by = odd<Subscription['status_details']>({
      paused: { subscription: { type: 'trial_end_without_payment_method' } },
    });
    const paused = changed(
      14,
      { ...OVER, status: 'paused', status_details: by },
      { status: 'trialing' },
    );
    const back = { ...OVER, ...periodFrom(CREATED + 20 * DAY) };
    const resumed = changed(20, back, { status: 'paused', status_details: by });
    const bill = paid(20, { billing_reason: 'subscription_update' });
    for (const events of [
      [start, paused, resumed, bill],
      [start, paused, bill, resumed],
    ]) {
      const { names } = life(events);
      expect(names).toEqual([
        'trial_started',
        'trial_expired',
        'payment_succeeded',
        'trial_converted',
      ]);
    }
  });

  it('without a card expires once, and what comes late revives nothing', () => {
    const due = changed(14, { ...FIRST, status: 'past_due' }, { status: 'active' });
    const over = ended(20, {
      ...FIRST,
      cancellation_details: { reason: 'payment_failed', feedback: null },
    });
    const noise = changed(14, { ...FIRST, status: 'past_due' }, { latest_invoice: 'in_1' });
    const { names, traits } = life([start, active, due, over, noise, active]);
    expect(new Set(names)).toEqual(
      new Set(['trial_started', 'subscription_past_due', 'trial_expired']),
    );
    expect(traits).toMatchObject({ plan: 'free', subscriptionStatus: 'canceled' });
  });

  it('that is extended says so, and leaves no second start', () => {
    const later = CREATED + 21 * DAY;
    const { names, told } = life([
      start,
      changed(5, { ...TRIAL, trial_end: later }, { trial_end: TRIAL_END }),
    ]);
    expect(names).toEqual(['trial_started', 'trial_extended']);
    expect(told).toMatchObject({ from: TRIAL_END, trial_ends_at: later });
  });

  it('that is canceled and taken back leaves no end', () => {
    const set = changed(3, { ...TRIAL, cancel_at: TRIAL_END }, { cancel_at: null });
    const undone = changed(4, TRIAL, { cancel_at: TRIAL_END });
    const { names, traits } = life([start, set, undone]);
    expect(names).toEqual(['trial_started', 'cancellation_scheduled', 'cancellation_undone']);
    expect(traits).toMatchObject({ cancelAt: null, cancellationFeedback: null });
  });

  it('is no trial again for somebody who pays already', () => {
    const gift = changed(
      40,
      { ...TRIAL, trial_end: CREATED + 60 * DAY },
      { status: 'active', trial_end: null },
    );
    expect(life([made(0), firstPaid, gift]).names).not.toContain('trial_started');
  });

  it('is not converted by somebody who pays already and was given free days', () => {
    const given = { trial_start: CREATED + 20 * DAY, trial_end: CREATED + 40 * DAY };
    const gift = changed(20, { ...given, status: 'trialing' }, { status: 'active' });
    const back = { ...given, ...periodFrom(given.trial_end) };
    const over = changed(40, back, { status: 'trialing' });
    const { names } = life([made(0), firstPaid, gift, over, paid(40)]);
    expect(names.slice(2)).toEqual(['payment_succeeded', 'subscription_renewed']);
    const ends = ended(50, back);
    expect(life([made(0), firstPaid, gift, over, ends]).names.at(-1)).toBe('subscription_canceled');
  });

  it('is converted after a fee for setting it up', () => {
    expect(life([start, firstPaid, active, paid(14)]).names.at(-1)).toBe('trial_converted');
  });

  it('that was never paid has come to nothing, also when its customer cancels it while it is owed', () => {
    const due = changed(14, { ...FIRST, status: 'past_due' }, { status: 'active' });
    const asked = { reason: 'cancellation_requested', feedback: 'unused' } as const;
    const over = ended(16, { ...FIRST, cancellation_details: asked });
    const { names, told } = life([start, active, due, over]);
    expect(names).toEqual(['trial_started', 'subscription_past_due', 'trial_expired']);
    expect(told).toMatchObject({ reason: 'voluntary', feedback: 'unused' });
    const { names: later } = life([start, active, due, paid(15), over]);
    expect(later.at(-1)).toBe('subscription_canceled');
  });

  it('has come to nothing at a time, although the news of it comes after it was paid in the end', () => {
    const due = changed(14, { ...FIRST, status: 'past_due' }, { status: 'active' });
    const unpaid = changed(20, { ...FIRST, status: 'unpaid' }, { status: 'past_due' });
    const back = changed(30, FIRST, { status: 'unpaid' });
    const settled = { status_transitions: { paid_at: CREATED + 30 * DAY } };
    const bill = paid(14, settled);
    const inOrder = life([start, active, due, unpaid, bill, back]).names;
    expect(inOrder).toContain('trial_expired');
    expect(life([start, active, due, bill, back, unpaid]).names.toSorted()).toEqual(
      inOrder.toSorted(),
    );
  });

  it('is converted once, and renewed by nothing, where its invoice comes before the news of it', () => {
    const free = made(0, FREE);
    const trying = changed(5, TRIAL, { ...FREE, status: 'active', trial_end: null });
    const { names } = life([free, paid(14), trying, active, paid(14)]);
    expect(names).toContain('trial_converted');
    expect(names).not.toContain('subscription_renewed');
  });

  it('is not kept to be decided once more where an invoice comes again', () => {
    const bill = paid(30);
    const free = changed(40, FREE, PRO);
    const early = changed(35, FREE, { latest_invoice: 'in_1' });
    const { names } = life([made(0), firstPaid, bill, early, bill, free]);
    expect(names.filter((name) => name === 'subscription_renewed')).toHaveLength(1);
  });

  it.each([
    ['null where nothing is known to pay', [], null],
    [
      'true where its customer has a card',
      [stripeEvent('payment_method.attached', paymentMethod())],
      true,
    ],
    [
      'true where its customer has a default',
      [
        stripeEvent('customer.updated', {
          id: 'cus_1',
          invoice_settings: { default_payment_method: 'pm_1' },
        }),
      ],
      true,
    ],
  ])('says before it ends whether it will convert: %s', (_when, known, expected) => {
    const ending = stripeEvent('customer.subscription.trial_will_end', subscription(TRIAL));
    const { moments } = life([start, ...known, ending]);
    expect(moments.at(-1)).toMatchObject({
      name: 'trial_ending',
      properties: { will_convert: expected },
    });
  });
});

describe('a cancellation', () => {
  const at = CREATED + 30 * DAY;
  const asked = { reason: 'cancellation_requested', feedback: null } as const;
  const scheduled = changed(5, { cancel_at: at, cancellation_details: asked }, { cancel_at: null });

  it('has its feedback told when that comes after it, once, without the words', () => {
    const details = { ...asked, feedback: 'too_expensive', comment: 'private words' } as const;
    const given = changed(
      5,
      { cancel_at: at, cancellation_details: details },
      {
        cancellation_details: { feedback: null, comment: null },
      },
    );
    const { names, told, traits, person } = life([made(0), scheduled, given]);
    expect(names.slice(1)).toEqual(['cancellation_scheduled', 'cancellation_feedback_given']);
    expect(told).toEqual({
      plan: 'pro',
      currency: 'usd',
      feedback: 'too_expensive',
      cancel_at: at,
    });
    expect(traits['cancellationFeedback']).toBe('too_expensive');
    expect(JSON.stringify(person)).not.toContain('private words');
    const undone = changed(6, { cancellation_details: details }, { cancel_at: at });
    expect(life([made(0), scheduled, given, undone]).traits['cancellationFeedback']).toBeNull();
  });

  it('that moves earlier is scheduled anew, and one that moves later is not', () => {
    const earlier = changed(9, { cancel_at: at - DAY }, { cancel_at: at });
    expect(life([earlier])).toMatchObject({
      names: ['cancellation_scheduled'],
      told: { cancel_at: at - DAY },
    });
    expect(life([changed(9, { cancel_at: at + DAY }, { cancel_at: at })]).names).toEqual([]);
  });

  it.each([
    ['voluntary', 'cancellation_requested', true],
    ['involuntary', 'payment_failed', null],
  ] as const)('that is %s says whether it was immediate: %s, %s', (reason, theirs, immediate) => {
    const { told } = life([
      made(0),
      ended(10, { cancellation_details: { reason: theirs, feedback: null } }),
    ]);
    expect(told).toMatchObject({ reason, immediate });
  });
});

describe('dunning', () => {
  const FAILED: Subscription = {
    status_details: { paused: { subscription: { type: 'final_payment_failure' } } },
  };
  const due = changed(30, { status: 'past_due' }, { status: 'active' });
  const unpaid = changed(40, { status: 'unpaid' }, { status: 'past_due' });

  it('ends unpaid, and whatever ends it then is involuntary', () => {
    const over = ended(50, {
      cancellation_details: { reason: 'cancellation_requested', feedback: null },
    });
    const { names, told } = life([made(0), firstPaid, due, unpaid, over]);
    expect(names.slice(2)).toEqual([
      'subscription_past_due',
      'subscription_unpaid',
      'subscription_canceled',
    ]);
    expect(told).toMatchObject({ reason: 'involuntary', immediate: null });
    expect(life([made(0), due, unpaid, changed(45, {}, { status: 'unpaid' })]).names.at(-1)).toBe(
      'payment_recovered',
    );
  });

  it('recovers once when the card is changed by two events', () => {
    const card = changed(31, {}, { default_payment_method: 'pm_old' });
    const recovered = changed(31, {}, { status: 'past_due' });
    for (const events of [
      [card, recovered],
      [recovered, card],
    ]) {
      expect(life([made(0), due, ...events]).names.slice(1)).toEqual([
        'subscription_past_due',
        'payment_recovered',
      ]);
    }
  });

  it.each([
    ['as Stripe tells it', FAILED],
    ['as older versions tell it', {}],
  ])('that paused, %s, recovers with the payment', (_how, by) => {
    const paused = changed(40, { status: 'paused', ...by }, { status: 'past_due' });
    const resumed = changed(45, {}, { status: 'paused', ...by });
    const held = life([made(0), due, paused]);
    expect(held.told).toMatchObject({ reason: 'payment_failed', resumes_at: null });
    expect(held.traits['subscriptionStatus']).toBe('paused');
    expect(life([made(0), due, paused, resumed]).names.slice(3)).toEqual([
      'subscription_resumed',
      'payment_recovered',
    ]);
  });
});

describe('a pause', () => {
  const until = CREATED + 60 * DAY;

  it('says why, and until when', () => {
    const collection = changed(
      5,
      { pause_collection: { behavior: 'void', resumes_at: until } },
      { pause_collection: null },
    );
    expect(life([made(0), collection])).toMatchObject({
      names: ['subscription_started', 'subscription_paused'],
      told: { reason: 'collection', resumes_at: until },
      traits: { subscriptionStatus: 'paused', pausedUntil: until, mrr: 0 },
    });
    const requested = changed(5, { status: 'paused' }, { status: 'active' });
    expect(life([made(0), requested]).told).toMatchObject({ reason: 'requested' });
    const resumed = changed(9, {}, { status: 'paused' });
    const back = life([made(0), requested, resumed]);
    expect(back.told).toMatchObject({ reason: 'requested' });
    expect(back.traits).toMatchObject({ subscriptionStatus: 'active', pausedUntil: null });
  });
});
