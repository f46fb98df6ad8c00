// Any order of what Stripe sends about money, with anything repeated, tells the same: names, properties and traits.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  charge,
  dispute,
  oneOffCharge,
  oneOffIntent,
  owedInvoice,
  refund,
} from '../../src/samples/stripe-money.ts';
import {
  checkoutSession,
  CREATED,
  DAY,
  invoice,
  stripeEvent,
  subscription,
} from '../../src/samples/stripe.ts';
import type { StripeEventJson } from '../../src/samples/stripe.ts';
import { olden } from '../support/stripe-2020.ts';
import { wire } from '../support/wire.ts';

const PLANS = { price_pro: 'Pro' };

const started = stripeEvent('customer.subscription.created', subscription());

/** What is done in a month, and what it comes to. Each has ids of its own. */
type Month = { readonly events: readonly StripeEventJson[]; readonly cents: number };

function monthOf(index: number, kind: number): Month {
  const at = CREATED + index * 30 * DAY;
  const id = `in_${index}`;
  const facts = { id, created: at, status_transitions: { paid_at: at + 60 }, total: 4900 };
  const send = (type: string, object: Parameters<typeof stripeEvent>[1], later = 60) =>
    stripeEvent(type, object, { created: at + later, id: `evt_${index}_${type}_${later}` });
  const paid = (overrides: Parameters<typeof invoice>[0] = {}) => {
    const object = invoice({ ...facts, ...overrides });
    return [send('invoice.paid', object), send('invoice.payment_succeeded', object)];
  };
  const charged = charge({ id: `ch_${index}`, created: at, payment_intent: `pi_${index}` });
  const refunded = (before: number, after: number) =>
    stripeEvent(
      'charge.refunded',
      { ...charged, amount_refunded: after },
      {
        created: at + after,
        previous: { amount_refunded: before },
      },
    );
  const owed = owedInvoice({ id, created: at });
  const about = { charge: `ch_${index}`, created: at };
  const kinds: readonly (() => Month)[] = [
    () => ({ events: paid(), cents: 4900 }),
    () => ({ events: paid({ amount_due: 0, amount_paid: 0 }), cents: 0 }),
    () => ({ events: paid({ amount_paid: 0, amount_remaining: 0 }), cents: 4900 }),
    () => ({ events: paid({ total: 5900 }), cents: 4900 }),
    () => ({
      events: [...paid(), refunded(0, 1000), refunded(1000, 3000)],
      cents: 1900,
    }),
    () => ({
      events: [
        ...paid(),
        refunded(0, 1000),
        send('refund.failed', refund({ ...about, id: `re_${index}`, amount: 1000 }), 2000),
        send('refund.updated', refund({ ...about, id: `re_${index}`, amount: 1000 }), 2000),
      ],
      cents: 4900,
    }),
    () => ({
      events: [
        send('invoice.payment_failed', invoice({ ...facts, status: 'open', amount_paid: 0 })),
        send('invoice.overdue', owed),
        send('invoice.marked_uncollectible', owed, 120),
        send('invoice.voided', owed, 180),
        ...paid(),
      ],
      cents: 4900,
    }),
    () => ({
      events: [
        ...paid(),
        send('charge.dispute.created', dispute({ ...about, status: 'warning_needs_response' })),
        send('charge.dispute.closed', dispute({ ...about, id: `dp_${index}`, status: 'lost' }), 90),
      ],
      cents: 4900,
    }),
    () => ({ events: oneOff(index, at), cents: 4900 }),
  ];
  return kinds[kind % kinds.length]?.() ?? { events: [], cents: 0 };
}

/** All three events that tell of it; the charge as an old API version sends it, which leaves no doubt. */
function oneOff(index: number, at: number): StripeEventJson[] {
  const ids = { payment_intent: `pi_once_${index}` };
  const none = { invoice: null };
  const session = { ...ids, id: `cs_${index}`, mode: 'payment', subscription: null } as const;
  return [
    stripeEvent(
      'charge.succeeded',
      { ...oneOffCharge({ ...ids, id: `ch_once_${index}` }), ...none },
      { created: at },
    ),
    stripeEvent(
      'payment_intent.succeeded',
      { ...oneOffIntent({ id: ids.payment_intent }), ...none },
      { created: at },
    ),
    stripeEvent('checkout.session.completed', checkoutSession(session), { created: at + 1 }),
  ];
}

function said(events: readonly StripeEventJson[]) {
  const { tracks, traits } = wire(events, { options: { plans: PLANS } });
  const lines = tracks.map(({ event, messageId, properties }) =>
    JSON.stringify([event, messageId, Object.entries(properties).toSorted(byName)]),
  );
  return { lines: lines.toSorted(), traits };
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

const months = fc.array(fc.nat({ max: 8 }), { minLength: 1, maxLength: 10 });

describe('any months of money', () => {
  it('come to what was paid, less what went back', () => {
    fc.assert(
      fc.property(months, (kinds) => {
        const all = kinds.map((kind, index) => monthOf(index, kind));
        const { traits } = wire([started, ...all.flatMap(({ events }) => events)]);
        const cents = all.reduce((sum, month) => sum + month.cents, 0);
        const isUnknown = traits['totalPaid'] === null;
        expect(isUnknown ? 0 : Math.round(Number(traits['totalPaid']) * 100)).toBe(cents);
      }),
      { numRuns: 300 },
    );
  });

  it('tell the same in any order, with anything repeated, in every shape', () => {
    const arrivals = fc.record({
      kinds: months,
      order: fc.infiniteStream(fc.nat({ max: 1_000_000 })),
      again: fc.array(fc.nat(), { maxLength: 8 }),
      isOld: fc.boolean(),
    });
    fc.assert(
      fc.property(arrivals, ({ kinds, order, again, isOld }) => {
        const events = kinds
          .flatMap((kind, index) => monthOf(index, kind).events)
          .map((event) => (isOld ? olden(event) : event));
        const repeated = [...events, ...again.flatMap((at) => events[at % events.length] ?? [])];
        const keyed = repeated.map((event) => ({ event, key: order.next().value }));
        const shuffled = keyed.toSorted((a, b) => a.key - b.key).map(({ event }) => event);
        expect(said([started, ...shuffled])).toEqual(said([started, ...events]));
      }),
      { numRuns: 600 },
    );
  });
});
