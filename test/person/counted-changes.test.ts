// What a changed mapping would change of many moments: each change once, with how often it is there.

import { describe, expect, it } from 'vitest';

import { countedChanges } from '../../src/person/counted-changes.ts';

const options = (plans: Readonly<Record<string, string>>, event?: string) => ({
  traitCase: 'camel' as const,
  events: event === undefined ? {} : { plan_changed: event },
  freePlan: null,
  mapping: { plans, traits: {} },
  onUserDeleted: 'delete' as const,
});

const sent = (day: number, properties: Readonly<Record<string, string>>) => ({
  timestamp: `2026-11-0${day}T12:00:00.000Z`,
  event: 'plan_changed',
  properties,
  namings: [],
});

describe('changes of many moments', () => {
  it('are one where the same differs, whatever stays as it was', () => {
    const change = { was: options({ price_a: 'A' }), would: options({ price_a: 'Gold' }) };
    const tracks = [
      sent(2, { plan: 'A', from_plan: 'X' }),
      sent(3, { plan: 'A', from_plan: 'Y' }),
      sent(1, { plan: 'A', from_plan: 'A' }),
    ];
    const counted = countedChanges(tracks, change);
    expect(counted.map(({ count, properties }) => [count, properties])).toEqual([
      [2, ['plan']],
      [1, ['plan', 'from_plan']],
    ]);
    expect(counted[0]).toMatchObject({ first: tracks[0]?.timestamp, last: tracks[1]?.timestamp });
  });

  it('are one where the name alone differs, whatever the plans', () => {
    const change = { was: options({}), would: options({}, 'Changed') };
    const counted = countedChanges([sent(1, { plan: 'A' }), sent(2, { plan: 'B' })], change);
    expect(counted).toMatchObject([{ count: 2, would: { event: 'Changed' } }]);
  });

  it('are several where what they would be differs', () => {
    const change = {
      was: options({ price_a: 'A', price_b: 'B' }),
      would: options({ price_a: 'Gold', price_b: 'Silver' }),
    };
    const counted = countedChanges([sent(1, { plan: 'A' }), sent(2, { plan: 'B' })], change);
    expect(counted.map(({ would }) => would.properties['plan'])).toEqual(['Gold', 'Silver']);
  });
});
