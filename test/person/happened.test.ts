// How a moment is made: the defaults that every teller of one relies on.

import { describe, expect, it } from 'vitest';

import { happened } from '../../src/person/moment.ts';

describe('happened', () => {
  it('a moment has a key that begins with its name, and happens once by a row of the outbox', () => {
    expect(happened('user_signed_in', { key: ['sess_1'], at: 7 })).toEqual({
      name: 'user_signed_in',
      key: ['user_signed_in', 'sess_1'],
      keyAt: 7,
      occurredAt: 7,
      subscriptionId: null,
      properties: {},
      once: 'seen',
    });
  });

  it('a key has its own time where its teller gives one', () => {
    const moment = happened('trial_ending', { key: ['sub_1', 9], at: 7, keyAt: 9000 });
    expect(moment).toMatchObject({ keyAt: 9000, occurredAt: 7 });
  });

  it('a moment keeps the subscription, the properties and the mark of its teller', () => {
    const said = { subscriptionId: 'sub_1', properties: { plan: 'pro' }, once: 'mark' } as const;
    expect(happened('trial_converted', { key: ['sub_1'], at: 7, ...said })).toMatchObject(said);
  });
});
