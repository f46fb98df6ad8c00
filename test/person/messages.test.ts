// Traits and messages: the merge, the names on the wire, and ids that are the same for ever.

import { describe, expect, it } from 'vitest';

import type { SubscriptionFacet } from '../../src/person/facet.ts';
import { messageId } from '../../src/person/message-id.ts';
import {
  identifyMessage,
  nextIdentifyAt,
  removalMessage,
  trackMessage,
} from '../../src/person/messages.ts';
import type { MessageOptions } from '../../src/person/messages.ts';
import type { Moment } from '../../src/person/moment.ts';
import { toMajor } from '../../src/person/money.ts';
import { newPerson } from '../../src/person/person.ts';
import type { Person } from '../../src/person/person.ts';
import { BILLING_TRAITS, traitsOf } from '../../src/person/traits.ts';

const OPTIONS: MessageOptions = {
  traitCase: 'camel',
  events: {},
  freePlan: null,
  mapping: { plans: {}, traits: {} },
  onUserDeleted: 'delete',
};

function facet(overrides: Partial<SubscriptionFacet>): SubscriptionFacet {
  return {
    asOf: 1,
    rank: 2,
    id: 'sub_1',
    purchaseId: overrides.id ?? 'sub_1',
    customerId: 'cus_1',
    status: 'active',
    plan: 'pro',
    items: [{ priceId: 'price_pro', quantity: 1 }],
    seats: 1,
    monthlyMinor: 4900,
    currency: 'usd',
    billingInterval: 'month',
    createdAt: 100,
    trialStartsAt: null,
    trialEndsAt: null,
    currentPeriodStartsAt: 100,
    currentPeriodEndsAt: 200,
    cancelAt: null,
    canceledAt: null,
    endedAt: null,
    cancellation: { reason: 'unknown', feedback: null },
    collectionPaused: false,
    resumesAt: null,
    ...overrides,
  };
}

function person(...facets: SubscriptionFacet[]): Person {
  const subscriptions = Object.fromEntries(facets.map((each) => [each.id, each]));
  return { ...newPerson('user_1'), subscriptions, customers: ['cus_1'] };
}

const MOMENT: Moment = {
  name: 'payment_succeeded',
  key: ['payment_succeeded', 'in_1'],
  keyAt: 1_764_000_000_000,
  occurredAt: 1_764_000_060_000,
  subscriptionId: 'sub_1',
  properties: { amount: 49, recipient: 'x', reply_to: 'y', from_address: 'z' },
  once: 'seen',
};

describe('traitsOf', () => {
  it('has no trait of billing but the free plan before there was any', () => {
    expect(traitsOf(newPerson('user_1'), 'free')).toEqual({ plan: 'free' });
    expect(traitsOf(newPerson('user_1'), null)).toEqual({ plan: null });
    expect(traitsOf(person(facet({ status: 'incomplete' })), 'free')).toEqual({
      plan: 'free',
      stripeCustomerId: 'cus_1',
    });
  });

  it('has every billing trait once there was any, null where nothing holds', () => {
    const ended = facet({ status: 'canceled', endedAt: 300, canceledAt: 300 });
    const traits = traitsOf(person(ended), 'free');
    expect(Object.keys(traits).toSorted()).toEqual([...BILLING_TRAITS].toSorted());
    expect(traits).toMatchObject({ plan: 'free', previousPlan: 'pro', mrr: 0, seats: null });
  });

  it('shows the most valuable live subscription, and sums all of its currency', () => {
    const traits = traitsOf(
      person(
        facet({}),
        facet({ id: 'sub_2', plan: 'team', monthlyMinor: 9900 }),
        facet({ id: 'sub_3', plan: 'eur', monthlyMinor: 100, currency: 'eur' }),
      ),
      null,
    );
    expect(traits).toMatchObject({ plan: 'team', mrr: 148, subscriptionsCount: 3 });
  });

  it('counts no revenue in a trial or while collection is paused', () => {
    expect(traitsOf(person(facet({ status: 'trialing' })), null)).toMatchObject({ mrr: 0 });
    expect(traitsOf(person(facet({ collectionPaused: true })), null)).toMatchObject({ mrr: 0 });
  });

  it('guesses no value it cannot know', () => {
    expect(traitsOf(person(facet({ monthlyMinor: null })), null)).toMatchObject({ mrr: null });
  });
});

describe('messages', () => {
  it('writes a moment with its key fields, and nothing that could redirect a mail', () => {
    expect(trackMessage('user_1', MOMENT, OPTIONS)).toEqual({
      type: 'track',
      userId: 'user_1',
      event: 'payment_succeeded',
      messageId: messageId(MOMENT.key, MOMENT.keyAt),
      timestamp: '2025-11-24T16:01:00.000Z',
      properties: { amount: 49, subscription_id: 'sub_1' },
    });
  });

  it('sends no half of a character in any property', () => {
    const half = { ...MOMENT, subscriptionId: 'sub_\ud83d', properties: { plan: '\ude00 pro' } };
    expect(trackMessage('user_1', half, OPTIONS)?.properties).toEqual({
      plan: '\ufffd pro',
      subscription_id: 'sub_\ufffd',
    });
  });

  it('renames events and drops them as configured', () => {
    const renamed = { ...OPTIONS, events: { payment_succeeded: 'Paid' } };
    expect(trackMessage('user_1', MOMENT, renamed)?.event).toBe('Paid');
    const dropped = { ...OPTIONS, events: { payment_succeeded: false } as const };
    expect(trackMessage('user_1', MOMENT, dropped)).toBeNull();
  });

  it('writes our traits in snake case when asked, and leaves the user’s own names alone', () => {
    const traits = { firstName: 'Ada', trialEndsAt: null, myTrait: 1 };
    const message = identifyMessage(newPerson('user_1'), traits, {
      ...OPTIONS,
      traitCase: 'snake',
    });
    expect(message.traits).toEqual({ first_name: 'Ada', trial_ends_at: null, myTrait: 1 });
  });

  it('removes a person by the exact semantic event', () => {
    expect(removalMessage('user_1', 0, OPTIONS).event).toBe('User Deleted');
    const suppress = { ...OPTIONS, onUserDeleted: 'suppress' } as const;
    expect(removalMessage('user_1', 0, suppress).event).toBe('User Suppressed');
  });
});

describe('messageId', () => {
  it('makes a message id like a ULID, the same for the same happening', () => {
    const id = messageId(['payment_succeeded', 'in_1'], 1_764_000_000_000);
    expect(id).toMatch(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/);
    expect(messageId(['payment_succeeded', 'in_1'], 1_764_000_000_000)).toBe(id);
    expect(messageId(['payment_succeeded', 'in_2'], 1_764_000_000_000)).not.toBe(id);
  });

  it('keeps the shape of a message id for times no clock shows', () => {
    for (const at of [-1, 0, Number.NaN, Number.MAX_SAFE_INTEGER]) {
      expect(messageId(['a'], at)).toMatch(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/);
    }
  });
});

describe('nextIdentifyAt', () => {
  it('dates an identify now or a whole second after the one before, never more than a minute ahead', () => {
    expect(nextIdentifyAt(0, 10_500)).toBe(10_500);
    expect(nextIdentifyAt(10_400, 10_500)).toBe(11_000);
    expect(nextIdentifyAt(999_000, 10_500)).toBe(70_500);
  });
});

describe('toMajor', () => {
  it.each([
    [4900, 'usd', 49],
    [4900, 'jpy', 4900],
    [4900, 'kwd', 4.9],
    [4900, 'isk', 49],
    [4900, 'ugx', 49],
    [4999, null, 49.99],
  ])('reads %i %s as %d', (minor, currency, major) => {
    expect(toMajor(minor, currency)).toBe(major);
  });
});
