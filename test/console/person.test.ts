// What a person's page is made of: since when a trait is as it is, and in which group it stands.

import { describe, expect, it } from 'vitest';

import { personView, sinceOf } from '../../src/console/browser/person.ts';
import type { Traits } from '../../src/person/facet.ts';
import { newPerson } from '../../src/person/person.ts';

function told(at: number, traits: Traits) {
  const common = { userId: 'user_1', messageId: String(at), timestamp: '' };
  const message = { ...common, type: 'identify', traits } as const;
  const shown = { message, state: 'landed', parked: null, mail: null } as const;
  return { seq: at, at, webhook: null, landedAt: null, tookMs: null, messages: [shown] };
}

describe('since when a trait is as it is', () => {
  it('is when the newest value was first told, where what is kept shows another one before it', () => {
    const entries = [
      told(4, { plan: 'team', seats: 2, name: 'Ada' }),
      told(3, { plan: 'team', seats: 1, name: 'Ada' }),
      told(2, { plan: 'pro', seats: 2, name: 'Ada' }),
    ];
    expect(Object.fromEntries(sinceOf(entries))).toEqual({ plan: 3, seats: 4 });
  });

  it('is nothing anybody knows of somebody who was told once, or never', () => {
    expect(sinceOf([told(1, { plan: 'pro' })]).size).toBe(0);
    expect(sinceOf([]).size).toBe(0);
  });
});

describe('a trait that is a time', () => {
  it.each([
    ['trialEndsAt', 1_800_000_000, 1_800_000_000_000],
    ['trial_ends_at', 1_800_000_000, 1_800_000_000_000],
    ['seats', 1_800_000_000, 0],
    ['cancelAt', null, 0],
    ['cancelAt', '2026-11-28', 0],
    ['lastAt', 7, 0],
  ])('is a date as well: %s %s', (name, value, unixAt) => {
    const entries = [] as const;
    const timeline = {
      kind: 'person',
      person: newPerson('user_1'),
      traits: { [name]: value },
      entries,
    } as const;
    const [group] = personView(timeline, null).groups;
    expect(group?.traits[0]).toMatchObject({ name, value, unixAt });
  });
});

describe('the groups of traits', () => {
  it('hold each once, in either case, with what Customer.io shows otherwise', () => {
    const traits = { first_name: 'Ada', plan: 'pro', favourite: 'tea' };
    const difference = { trait: 'plan', told: 'pro', shown: 'free', kind: 'lost' } as const;
    const shown = { problem: null, differences: [difference] };
    const timeline = { kind: 'person', person: newPerson('user_1'), traits, entries: [] } as const;
    const { groups } = personView(timeline, shown as never);
    expect(groups.map(({ label, traits: all }) => [label, all.map(({ name }) => name)])).toEqual([
      ['Who they are', ['first_name']],
      ['What they pay', ['plan']],
      ['Your own', ['favourite']],
    ]);
    expect(groups[0]?.traits[0]?.unixAt).toBe(0);
    expect(groups[1]?.traits[0]?.difference).toBe(difference);
    expect(groups[0]?.traits[0]?.difference).toBeNull();
  });
});
