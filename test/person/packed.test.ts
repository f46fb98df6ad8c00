// A person in a row's text, and back.

import * as fc from 'fast-check';
import { expect, it } from 'vitest';

import type { Money } from '../../src/person/ledger.ts';
import { packed, unpacked } from '../../src/person/packed.ts';
import { newPerson } from '../../src/person/person.ts';

function payment(index: number): Money {
  return {
    id: `in_${index}`.padEnd(27, 'x'),
    at: 1_790_000_000_000 + index * 2_592_000_000,
    minor: 4900,
    currency: 'usd',
    subscriptionId: 'sub_1',
  };
}

function paidBy(entries: readonly Money[]) {
  const ledger = { totals: { usd: 4900 }, firstPaidAt: 1, entries };
  return { ...newPerson('user_ada'), ledgers: { cus_1: ledger, '': ledger } };
}

const MONEY: fc.Arbitrary<Money> = fc
  .record({
    id: fc.constantFrom('in_1', 'in_2', '__proto__', ''),
    at: fc.constantFrom(0, 1),
    minor: fc.integer({ min: -2, max: 2 }),
    currency: fc.constantFrom('usd', 'jpy'),
    subscriptionId: fc.constantFrom('sub_1', 'sub_2', null, undefined),
    charge: fc.constantFrom(undefined, { id: 'ch_1', at: 1 }, { id: 'ch_1', at: null }),
  })
  .map(({ subscriptionId, charge, ...entry }) => ({
    ...entry,
    ...(subscriptionId === undefined ? {} : { subscriptionId }),
    ...(charge === undefined ? {} : { charge }),
  }));

it('is read as it was written, to the letter, whatever was paid', () => {
  fc.assert(
    fc.property(fc.array(MONEY), (entries) => {
      const person = paidBy(entries);
      expect(JSON.stringify(unpacked(packed(person)))).toBe(JSON.stringify(person));
    }),
    { numRuns: 1000 },
  );
});

it('is read where every payment is whole, as older versions wrote it, and where none is known', () => {
  const person = paidBy([payment(1), payment(2)]);
  expect(unpacked(JSON.stringify(person))).toEqual(person);
  expect(unpacked(packed(newPerson('user_ada')))).toEqual(newPerson('user_ada'));
});

it('takes 50 characters for one more payment of the same subscription', () => {
  const entries = Array.from({ length: 32 }, (_, index) => payment(index));
  const [few, many] = [2, 32].map((count) => packed(paidBy(entries.slice(0, count))).length);
  // Two ledgers, thirty payments more in each.
  expect(((many ?? 0) - (few ?? 0)) / 60).toBeLessThanOrEqual(51);
});
