// A person as the first release (0.1.0) stored them: the first events after the upgrade tell nothing twice and nothing false.

import { describe, expect, it } from 'vitest';

import { readClerk } from '../../src/intake/clerk/events.ts';
import { applyEvent } from '../../src/person/apply.ts';
import type { SubscriptionFacet } from '../../src/person/facet.ts';
import { newPerson } from '../../src/person/person.ts';
import type { Person } from '../../src/person/person.ts';
import { traitsOf } from '../../src/person/traits.ts';
import { clerkItem, CLERK_CREATED as BEGAN, MONTH } from '../../src/samples/clerk-billing.ts';
import { clerkEvent } from '../../src/samples/clerk.ts';
import { CREATED, DAY } from '../../src/samples/stripe.ts';
import { READ_OPTIONS } from '../support/read-options.ts';
import { changed, ended, paid, PRO, take } from '../support/stripe-life.ts';

/** Every field that release wrote, and no other. */
const OLD: SubscriptionFacet = {
  id: 'sub_1',
  purchaseId: 'sub_1',
  asOf: CREATED * 1000,
  rank: 0,
  customerId: 'cus_1',
  status: 'active',
  plan: 'pro',
  items: [{ priceId: 'price_pro', quantity: 1 }],
  seats: 1,
  monthlyMinor: 4900,
  currency: 'usd',
  billingInterval: 'month',
  createdAt: CREATED,
  trialStartsAt: null,
  trialEndsAt: null,
  currentPeriodStartsAt: CREATED,
  currentPeriodEndsAt: CREATED + 30 * DAY,
  cancelAt: null,
  canceledAt: null,
  endedAt: null,
  cancellation: { reason: 'unknown', feedback: null },
  collectionPaused: false,
  resumesAt: null,
};

const OLD_MARKS = {
  trialEnds: [],
  convertedBy: null,
  wasPaid: true,
  trialExpired: false,
  undecided: [],
  hasSuccessor: false,
  planChange: null,
};

function knowing(facet: SubscriptionFacet): Person {
  const marks = { [facet.purchaseId]: OLD_MARKS };
  return { ...newPerson('user_1'), subscriptions: { [facet.id]: facet }, marks };
}

describe('a Stripe subscription of the first release', () => {
  it('tells a renewal as one, its end as one, and no change of plan', () => {
    const renewed = take(knowing(OLD), changed(30, PRO, PRO));
    expect(renewed.moments).toEqual([]);
    const bill = take(renewed.person, paid(30));
    expect(bill.moments.map(({ name }) => name)).toEqual([
      'payment_succeeded',
      'subscription_renewed',
    ]);
    const over = take(bill.person, ended(40));
    expect(over.moments).toMatchObject([
      { name: 'subscription_canceled', properties: { subscriptions_left: 0 } },
    ]);
  });

  it('shows what nothing was known of as that', () => {
    const unknown = { ...OLD, monthlyMinor: null };
    expect(traitsOf(knowing(unknown), null)).toMatchObject({ mrr: null, mrrIsPartial: true });
    expect(traitsOf(knowing(OLD), null)).toMatchObject({
      mrr: 49,
      mrrIsPartial: false,
      hasUsage: false,
      discounted: false,
      trialUsed: false,
    });
  });
});

describe('a Clerk subscription of the first release', () => {
  const began = BEGAN / 1000;
  const clerk: SubscriptionFacet = {
    ...OLD,
    id: 'csub_1',
    purchaseId: 'csub_item_1',
    asOf: BEGAN,
    rank: 2,
    customerId: null,
    items: [{ priceId: 'cplan_pro', quantity: null }],
    seats: null,
    monthlyMinor: 2000,
    createdAt: began,
  };

  function after(
    facet: SubscriptionFacet,
    type: string,
    overrides: Parameters<typeof clerkItem>[0],
  ) {
    const at = BEGAN + MONTH;
    const json = clerkEvent(type, clerkItem({ updated_at: at, ...overrides }), at);
    const reading = readClerk({ json, deliveryId: 'msg_1', receivedAt: at }, READ_OPTIONS);
    if (reading.kind !== 'event') throw new Error(`expected an event, got ${reading.kind}`);
    return applyEvent(knowing(facet), { provider: 'clerk', ...reading });
  }

  it('tells a renewal as no change of plan, interval or seats', () => {
    const next = { period_start: BEGAN + MONTH, period_end: BEGAN + 2 * MONTH };
    expect(after(clerk, 'subscriptionItem.updated', next).moments).toEqual([]);
  });

  it('that has ended stays so in the new word, and its end is not told again', () => {
    const old = { ...clerk, status: 'ended', rank: 3 as const, endedAt: began + 86_400 };
    expect(traitsOf(knowing(old), null)).toMatchObject({
      subscriptionStatus: 'canceled',
      previousPlan: 'pro',
    });
    const again = after(old, 'subscriptionItem.ended', {
      status: 'ended',
      ended_at: BEGAN + MONTH,
    });
    expect(again.moments).toEqual([]);
  });

  it('keeps its end untold by what was planned in the old shape', () => {
    const news = [{ kind: 'planned', subscriptionId: 'csub_1' } as const];
    const event = { provider: 'clerk', id: 'msg_1', type: 'x', customerId: null, news };
    const { person, moments } = applyEvent(knowing(clerk), event);
    expect(moments).toEqual([]);
    expect(person.marks['csub_item_1']).toMatchObject({ hasSuccessor: true });
  });
});
