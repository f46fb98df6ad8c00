// Whether an unreadable webhook names somebody: by whole ids and addresses, wherever they stand in it.

import { describe, expect, it } from 'vitest';

import { isNaming } from '../../src/outbox/parked/naming.ts';

const IDS = ['user_2abc', 'Ada@Example.test', '+4915155501234', 'cus_1'];

describe('isNaming', () => {
  it.each([
    ['an id', { metadata: { clerkUserId: 'user_2abc' } }],
    ['an address in another case', { customer_email: 'ADA@example.TEST' }],
    ['an address within a sentence', { note: 'Paid by <ada@example.test>.' }],
    ['behind a line break', { note: 'To:\nada@example.test\n' }],
    ['a phone number', { phone: '+4915155501234' }],
    ['a phone number as a number', { phone: 4_915_155_501_234 }],
    ['a phone number without its plus', { phone: '4915155501234', paid_at: 1_764_000_000 }],
    ['an id in an address of a page', { url: 'https://pay.test/cus_1/in_1' }],
    [
      'an address in an address of a page',
      { url: 'https://pay.test/x?email=ada%40Example.test&a=%' },
    ],
    ['an id as a key', { by_customer: { cus_1: 1 } }],
    ['deep inside', { a: [[{ b: ['x', 'user_2abc'] }]] }],
  ])('finds %s', (_, body) => {
    expect(isNaming(JSON.stringify(body), IDS)).toBe(true);
  });

  it.each([
    ['a longer id', { id: 'user_2abcd', customer: 'cus_12' }],
    [
      'an address that only ends like it',
      { email: 'xada@example.test', other: 'x.ada@example.test' },
    ],
    ['an address that only begins like it', { email: 'ada@example.tests' }],
    ['a longer number', { phone: 49_151_555_012_345, amount: 1.4915155501234 }],
    ['nobody', {}],
  ])('does not take %s for theirs', (_, body) => {
    expect(isNaming(JSON.stringify(body), IDS)).toBe(false);
  });

  it('resolves escapes, and reads what is no JSON as it is', () => {
    expect(isNaming('{"email":"ada\\u0040example.test"}', IDS)).toBe(true);
    expect(isNaming('not json: user_2abc', IDS)).toBe(true);
    expect(isNaming('{}', [''])).toBe(false);
    expect(isNaming('{"note":"ada\\u0040example.test', IDS)).toBe(false);
  });

  it('resolves escapes however deep they stand', () => {
    const [open, close] = ['{"a":['.repeat(5000), ']}'.repeat(5000)];
    expect(isNaming(`${open}"ada\\u0040example.test"${close}`, IDS)).toBe(true);
    expect(isNaming(`${open}"bob\\u0040example.test"${close}`, IDS)).toBe(false);
  });
});
