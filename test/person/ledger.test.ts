// The ledger: exact under repetition and in any order, bounded, and put together when a customer moves.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { counted, joinLedgers, paidTraits } from '../../src/person/ledger.ts';
import type { Ledger, Ledgers, Money } from '../../src/person/ledger.ts';

const DAY = 86_400_000;
const FIRST = 1_764_000_000_000;

function payment(index: number, minor = 100): Money {
  return { id: `in_${index}`, at: FIRST + index * DAY, minor, currency: 'usd' };
}

function refundOf(charge: string, about: { readonly at: number; readonly minor: number }): Money {
  const { at, minor } = about;
  return { id: `${charge}:${at}`, at, minor, currency: 'usd', charge: { id: charge, at: FIRST } };
}

function all(moneys: readonly Money[], key = 'cus_1'): Ledgers {
  return moneys.reduce<Ledgers>((ledgers, money) => counted(ledgers, key, money), {});
}

function only(ledgers: Ledgers): Ledger {
  const [ledger] = Object.values(ledgers);
  if (ledger === undefined) throw new Error('expected a ledger');
  return ledger;
}

const range = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('a ledger', () => {
  it('comes to the same in any order, with anything repeated, of payments, refunds and failed refunds', () => {
    const failed = { id: 're_1', at: FIRST + 9 * DAY, minor: 30, currency: 'usd' };
    const moneys = [
      ...range(12).map((index) => payment(index, 100 + index)),
      refundOf('ch_1', { at: FIRST + DAY, minor: -30 }),
      refundOf('ch_1', { at: FIRST + 2 * DAY, minor: -20 }),
      { ...failed, charge: { id: 'ch_1', at: null } },
    ];
    const sum = moneys.reduce((total, { minor }) => total + minor, 0);
    const arrivals = fc.tuple(
      fc.shuffledSubarray(moneys, { minLength: moneys.length }),
      fc.array(fc.constantFrom(...moneys), { maxLength: 8 }),
    );
    fc.assert(
      fc.property(arrivals, ([shuffled, again]) => {
        expect(paidTraits(all([...shuffled, ...again]), 'usd')).toEqual({
          firstPaidAt: FIRST / 1000,
          lastPaidAt: (FIRST + 11 * DAY) / 1000,
          totalPaid: sum / 100,
        });
      }),
    );
  });

  it('keeps the newest of each kind, and the sum of all', () => {
    const refunds = range(40).map((index) =>
      refundOf('ch_1', { at: FIRST + index * DAY, minor: -1 }),
    );
    const ledgers = all([...range(100).map((index) => payment(index)), ...refunds]);
    expect(only(ledgers).entries).toHaveLength(64);
    expect(paidTraits(ledgers, 'usd')).toMatchObject({
      firstPaidAt: FIRST / 1000,
      lastPaidAt: (FIRST + 99 * DAY) / 1000,
      totalPaid: 99.6,
    });
  });

  it('counts back a refund that failed after the refund itself has left it', () => {
    const first = refundOf('ch_0', { at: FIRST + 1, minor: -50 });
    const failed = { ...payment(60, 50), id: 're_1', charge: { id: 'ch_0', at: null } };
    const others = range(40).map((index) =>
      refundOf('ch_1', { at: FIRST + (index + 1) * DAY, minor: -1 }),
    );
    expect(paidTraits(all([payment(0), first, failed, ...others]), 'usd').totalPaid).toBe(0.6);
  });

  it('takes off a refund that leaves one ledger where another has the payments', () => {
    const refunds = range(40).map((index) =>
      refundOf('ch_1', { at: FIRST + index * DAY, minor: -1 }),
    );
    const named = all([payment(0)], '');
    const ledgers = refunds.reduce<Ledgers>((known, each) => counted(known, 'cus_1', each), named);
    expect(paidTraits(ledgers, 'usd').totalPaid).toBe(0.6);
  });

  it('counts nothing twice that has left it, and so nothing older than all it knows', () => {
    const ledgers = all(range(100).map((index) => payment(index)));
    expect(counted(ledgers, 'cus_1', payment(3))).toBe(ledgers);
    expect(counted(ledgers, 'cus_1', payment(98))).toBe(ledgers);
  });

  it('takes off no refund of a charge from before anything was counted', () => {
    const early = refundOf('ch_0', { at: FIRST + DAY, minor: -100 });
    const old = { ...early, charge: { id: 'ch_0', at: FIRST - 8 * DAY } };
    expect(paidTraits(all([payment(0), old]), 'usd').totalPaid).toBe(1);
    expect(paidTraits(all([old, payment(0)]), 'usd').totalPaid).toBe(1);
    expect(paidTraits(all([old]), 'usd').totalPaid).toBe(0);
    // A debit that took a week to settle was charged before it was paid.
    const slow = { ...early, charge: { id: 'ch_0', at: FIRST - 7 * DAY } };
    expect(paidTraits(all([payment(0), slow]), 'usd').totalPaid).toBe(0);
  });

  it('knows a payment whichever ledger has it', () => {
    const named = all([payment(0)], '');
    expect(counted(named, 'cus_1', payment(0))).toBe(named);
  });

  it('is put together without counting anything twice, also when that is repeated', () => {
    const [ours, theirs] = [all([payment(0), payment(1)]), all([payment(1), payment(2)])];
    const both = joinLedgers(only(ours), only(theirs));
    expect(both.totals).toEqual({ usd: 300 });
    expect(joinLedgers(both, only(theirs))).toEqual(both);
  });

  it('is put together without counting again what has left the other one', () => {
    // The customer had 40 payments when it moved, ten came after, and it moves back to somebody who still knows the 40.
    const [before, after] = [
      all(range(40).map((n) => payment(n))),
      all(range(50).map((n) => payment(n))),
    ];
    expect(joinLedgers(only(after), only(before)).totals).toEqual({ usd: 5000 });
    // Each knows a part, and the same is handed over again.
    const [ours, theirs] = [all(range(20).map((n) => payment(n + 100))), before];
    const once = joinLedgers(only(theirs), only(ours));
    expect(once.totals).toEqual({ usd: 6000 });
    expect(joinLedgers(only(theirs), once).totals).toEqual({ usd: 6000 });
  });

  it('adds up in the digits of the currency', () => {
    const yen = { ...payment(0, 500), currency: 'jpy' };
    expect(paidTraits(all([yen]), 'jpy').totalPaid).toBe(500);
    expect(paidTraits(all([yen]), 'usd').totalPaid).toBe(0);
  });
});
