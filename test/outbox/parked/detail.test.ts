// The list of parked things shows no personal data that an upstream has quoted.

import { describe, expect, it } from 'vitest';

import { withoutPersonal } from '../../../src/outbox/parked/detail.ts';

const MESSAGE = {
  type: 'track',
  event: 'payment_failed',
  userId: 'user_2abcDEF',
  properties: { plan: 'Pro', address: { city: 'Zürich' }, amount: 19.9 },
  traits: { firstName: 'Ada', lastName: 'Lovelace', phone: '+41 79 555 01 23' },
};

describe('withoutPersonal', () => {
  it.each([
    ['"traits" is invalid: expected an object', '"traits" is invalid: expected an object'],
    ['properties must be below 32 KB', 'properties must be below 32 KB'],
    ['ADA lovelace is blocked', '… … is blocked'],
    ['first_name Ada-Lovelace', 'first_name …-…'],
    ['phone +41 79 555-01-23', 'phone +… … …-…-…'],
    ['no such person in zürich', 'no such person in …'],
    ['user_2abcDEF is unknown', '…_… is unknown'],
    ['taken by ada@example.test', 'taken by …'],
    ['mail to "Ada" <ada@example.test>, and `Grace`', 'mail to … … and …'],
    ["belongs to 'Grace Hopper', born 19061209", 'belongs to …, born …'],
  ])('%s', (detail, shown) => {
    expect(withoutPersonal(detail, MESSAGE)).toBe(shown);
  });

  it('hides what is quoted also where the message is none', () => {
    expect(withoutPersonal('bad "Grace"', null)).toBe('bad …');
  });
});
