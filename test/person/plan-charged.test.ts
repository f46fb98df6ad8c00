// An invoice of bare ids never names a plan that it does not charge: where it comes before the change it pays for, or after
// another, and PLANS does not say, its plan is null, not the other one.

import { describe, expect, it } from 'vitest';

import {
  CREATED,
  invoice,
  item,
  price,
  stripeEvent,
  subscription,
  TEAM,
} from '../../src/samples/stripe.ts';
import { told } from '../support/wire.ts';

const items = { object: 'list', data: [item({ price: price(TEAM) })] } as const;
const started = stripeEvent('customer.subscription.created', subscription());
const upgraded = stripeEvent('customer.subscription.updated', subscription({ items }), {
  created: CREATED + 60,
  previous: { items: subscription().items },
});

/** Of the upgrade: the credit for what was comes first. */
function ofUpgrade(type: string) {
  const { lines, ...rest } = invoice({ id: 'in_2', billing_reason: 'subscription_update' });
  const [line] = lines?.data ?? [];
  const charged = (id: string, amount: number) => ({
    ...line,
    amount,
    pricing: { price_details: { price: id, product: id } },
  });
  const data = [charged('price_pro', -4900), charged('price_team', 9900)];
  return stripeEvent(type, { ...rest, lines: { object: 'list', data } });
}

const plans = { price_pro: 'Pro', price_team: 'Team' };

function plansOf(events: Parameters<typeof told>[0], options = {}): unknown[] {
  return told(events, { options })
    .filter(({ event }) => event.startsWith('payment_'))
    .map((each: Readonly<Record<string, unknown>>) => each['plan']);
}

describe.each(['invoice.paid', 'invoice.payment_failed'])('%s of an upgrade', (type) => {
  it('names the plan that is charged once the subscription has it', () => {
    expect(plansOf([started, upgraded, ofUpgrade(type)])).toEqual(['team']);
  });

  it('names none, and not the plan of before, where it comes first', () => {
    expect(plansOf([started, ofUpgrade(type), upgraded])).toEqual([null]);
  });

  it('names it in any order with PLANS', () => {
    expect(plansOf([started, ofUpgrade(type), upgraded], { plans })).toEqual(['Team']);
    expect(plansOf([ofUpgrade(type), started, upgraded], { plans })).toEqual(['Team']);
  });
});

it('names none where the subscription has changed its plan since', () => {
  const paid = stripeEvent('invoice.paid', invoice());
  expect(plansOf([started, paid, upgraded])).toEqual(['pro']);
  expect(plansOf([started, upgraded, paid])).toEqual([null]);
});

it('names the plan where an add-on of it is charged', () => {
  const addOn = price({ id: 'price_seat', product: 'prod_seat', lookup_key: 'seat' });
  const both = [item(), item({ id: 'si_2', price: { ...addOn, unit_amount: 100 } })];
  const sold = subscription({ items: { object: 'list', data: both } });
  const paid = stripeEvent('invoice.paid', invoice({}, { priceId: 'price_seat' }));
  const created = stripeEvent('customer.subscription.created', sold);
  expect(plansOf([created, paid])).toEqual(['pro']);
});
