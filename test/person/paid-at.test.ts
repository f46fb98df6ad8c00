// Since when a purchase is paid for: the earliest time, whatever comes first, and unknown where an older release did not note it.

import { describe, expect, it } from 'vitest';

import { hadPaid, isPaidBefore, joinedPaidAt, withPaid } from '../../src/person/paid-at.ts';

const NOT = { wasPaid: false, convertedBy: null };
const OLDER = { wasPaid: true, convertedBy: null };

describe('the time of the first payment', () => {
  it('is the earliest, in any order, and stays the very same where nothing is new', () => {
    const first = withPaid(NOT, { paidAt: 5 }, { wasPaid: true });
    expect(withPaid(first, { paidAt: 9 }, { wasPaid: true })).toBe(first);
    const later = withPaid(NOT, { paidAt: 9 }, { wasPaid: true });
    expect(withPaid(later, { paidAt: 5 }, { wasPaid: true })).toEqual(first);
    expect(withPaid(first, { paidAt: 9 }, { convertedBy: 'in_1' })).toEqual({
      ...first,
      convertedBy: 'in_1',
    });
  });

  it('tells what was paid by a time from what was paid after it', () => {
    const marks = withPaid(NOT, { paidAt: 5 }, { wasPaid: true });
    expect([4, 5, 6].map((at) => hadPaid(marks, at))).toEqual([false, true, true]);
    expect([4, 5, 6].map((at) => isPaidBefore(marks, at))).toEqual([false, false, true]);
  });

  it('is long ago where an older release has not noted it, and no other takes its place', () => {
    expect(hadPaid(OLDER, 1)).toBe(true);
    expect(isPaidBefore(OLDER, 1)).toBe(false);
    expect(withPaid(OLDER, { paidAt: 5 }, { wasPaid: true })).toBe(OLDER);
  });

  it('is of both who know a part of it', () => {
    const [five, nine] = [
      { ...OLDER, paidAt: 5 },
      { ...OLDER, paidAt: 9 },
    ];
    expect([joinedPaidAt(five, nine), joinedPaidAt(nine, five)]).toEqual([5, 5]);
    expect([joinedPaidAt(NOT, nine), joinedPaidAt(nine, NOT)]).toEqual([9, 9]);
    expect([joinedPaidAt(OLDER, nine), joinedPaidAt(nine, OLDER)]).toEqual([undefined, undefined]);
  });
});
