// A change of plan that release 0.1.0 has told under the name it had there is not told again when its webhook is sent again.

import { DatabaseSync } from 'node:sqlite';

import { expect, it } from 'vitest';

import { platformOver } from '../../src/cli/node-sqlite.ts';
import { readStripe } from '../../src/intake/stripe/events.ts';
import { accept } from '../../src/outbox/people/accept.ts';
import { momentKey } from '../../src/outbox/people/seen.ts';
import { openStorage } from '../../src/outbox/storage.ts';
import { CREATED, DAY, item, price, stripeEvent, subscription } from '../../src/samples/stripe.ts';
import { READ_OPTIONS } from '../support/read-options.ts';

const NOW = (CREATED + DAY) * 1000;
const OPTIONS = {
  traitCase: 'camel',
  events: {},
  freePlan: null,
  mapping: READ_OPTIONS,
  onUserDeleted: 'delete',
} as const;
const recurring = { interval: 'year', interval_count: 1, usage_type: 'licensed' } as const;
const yearly = price({
  id: 'price_year',
  unit_amount: 48_000,
  unit_amount_decimal: '48000',
  recurring,
});
const list = (...data: ReturnType<typeof item>[]) => ({ object: 'list', data }) as const;
const addOn = (quantity: number) =>
  item({
    id: 'si_2',
    quantity,
    price: price({
      id: 'price_x',
      product: 'prod_x',
      lookup_key: 'x',
      unit_amount: 100,
      unit_amount_decimal: '100',
    }),
  });

/** What is told of the change from one list of items to another, where `told` has been told before. */
function told(
  was: ReturnType<typeof list>,
  is: ReturnType<typeof list>,
  before?: readonly (string | number)[],
) {
  const tables = openStorage(platformOver(new DatabaseSync(':memory:'))).tables();
  if (before !== undefined) tables.seen.remember(momentKey(before), NOW);
  const json = stripeEvent('customer.subscription.updated', subscription({ items: is }), {
    created: CREATED,
    previous: { items: was },
  });
  const reading = readStripe({ json, deliveryId: null, receivedAt: NOW }, READ_OPTIONS);
  if (reading.kind !== 'event') throw new Error(`expected an event, got ${reading.kind}`);
  const { id, type, customerId, news } = reading;
  const event = { provider: 'stripe', id, type, customerId, news };
  const { told: names = [] } = accept(tables, { userId: 'user_1', event, now: NOW }, OPTIONS);
  return names.filter((name) => name !== 'identify');
}

const monthly = list(item());

it.each([
  {
    name: 'billing_interval_changed',
    former: ['plan_downgraded', 'sub_1', 'price_pro', 'price_year'],
    was: monthly,
    is: list(item({ price: yearly })),
  },
  {
    name: 'plan_changed',
    former: ['seats_changed', 'sub_1', 'price_pro*1+price_x*1', 'price_pro*1+price_x*2'],
    was: list(item(), addOn(1)),
    is: list(item(), addOn(2)),
  },
] as const)('$name, when it was told as $former.0', ({ name, former, was, is }) => {
  expect(told(was, is)).toEqual([name]);
  expect(told(was, is, [...former, CREATED])).toEqual([]);
  // Another second is another change.
  expect(told(was, is, [...former, CREATED - 1])).toEqual([name]);
});
